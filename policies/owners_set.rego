# METADATA
# title: The model has owners
# description: >-
#   Somebody must be there to ask when the model does harm, and to say yes when its demands change.
# custom:
#   fix: "name them in mlops.yaml: owners: [\"@acme/risk\"]"
#   params:
#     min:
#       default: 1
#       description: how many owners at least
package mlgate.owners_set

deny contains msg if {
	count(input.owners) < data.params.min
	msg := sprintf("mlops.yaml names %d owners; at least %v", [count(input.owners), data.params.min])
}
