# METADATA
# title: Every input is pinned by what is committed
# description: >-
#   An input that git does not know can change under the same commit: then the numbers belong to nothing
#   that anybody can go back to, and a baseline is compared with other data.
# custom:
#   fix: "commit the file, or a pointer to it that holds its digest (NAME.dvc, Git LFS), and name the pointer as input of the step too"
#   params:
#     pointers:
#       default: [.dvc]
#       description: endings of files that hold the digest of the file of the same name
#     allow:
#       default: []
#       description: patterns of inputs that need no pin; * stays within a name, ** crosses
package mlgate.data_pinned

deny contains msg if {
	count(inputs) == 0
	msg := "the evidence names no input: no step of mlops.yaml declares what it reads"
}

deny contains {"id": file.path, "msg": msg} if {
	some file in inputs
	not pinned(file)
	not allowed(file)
	msg := sprintf("the input %s (%s) is not tracked by git", [file.path, substring(file.sha256, 0, 12)])
}

inputs := object.get(input.head, "inputs", [])

pinned(file) if file.tracked

pinned(file) if {
	some pointer in data.params.pointers
	some other in inputs
	other.path == concat("", [file.path, pointer])
	other.tracked
}

allowed(file) if {
	some pattern in data.params.allow
	glob.match(pattern, ["/"], file.path)
}
