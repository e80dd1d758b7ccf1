# METADATA
# title: The artifact keeps to its size
# description: >-
#   A model that outgrows its image, its phone or its memory is found out at deployment. Its size is
#   known the moment it is made.
# custom:
#   fix: "make the artifact smaller, or have the budget changed"
#   params:
#     max_mb:
#       default: 100
#       description: largest artifact, in MB (1,000,000 bytes)
package mlgate.size_budget

deny contains "the evidence has no artifact that could be weighed: name it in mlops.yaml (artifact: {path: …})" if not input.head.artifact

deny contains msg if {
	megabytes := input.head.artifact.size / 1000000
	megabytes > data.params.max_mb
	msg := sprintf("%s has %v MB; at most %v", [input.head.artifact.path, round(megabytes * 100) / 100, data.params.max_mb])
}
