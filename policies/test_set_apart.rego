# METADATA
# title: What is tested with was not trained on
# description: >-
#   A model that saw its test set is good at that test set and at nothing else; no gate on its metrics
#   can tell.
# custom:
#   fix: "give training and evaluation inputs of their own, in steps of their own"
#   params:
#     code:
#       default: ["*.py", "*.r", "*.R", "*.jl", "*.sh", "*.awk", "*.ipynb", "*.yaml", "*.yml", "*.toml", "*.txt", "*.lock"]
#       description: names of inputs that are no data and may be shared
package mlgate.test_set_apart

deny contains {"id": pattern, "msg": msg} if {
	some pattern in evaluation_data
	some step in training_steps
	pattern in step.inputs
	msg := sprintf("%s is an input of %s and of the evaluation", [pattern, step.name])
}

deny contains {"id": file.path, "msg": msg} if {
	some [file, step] in trained_on
	some pattern in evaluation_data
	not pattern in step.inputs
	glob.match(pattern, ["/"], file.path)
	msg := sprintf("%s is an input of %s and, by the pattern %s, of the evaluation", [file.path, step.name, pattern])
}

deny contains {"id": tested.path, "msg": msg} if {
	some tested in tested_with
	some [file, step] in trained_on
	file.path != tested.path
	file.sha256 == tested.sha256
	msg := sprintf("%s, which is tested with, has the same content as %s, an input of %s", [tested.path, file.path, step.name])
}

warn contains msg if {
	count(evaluation_steps) > 0
	count(training_steps) == 0
	msg := "no step comes before the evaluation: whether it tests with what it trained on cannot be told"
}

# A step evaluates when it writes a file that metrics were read from.
evaluation_steps contains step if {
	some step in input.steps
	some metric in object.get(input.head, "metrics", [])
	some output in step.outputs
	within(metric.file, output)
}

# Every other step may have had a hand in training.
training_steps contains step if {
	some step in input.steps
	not step in evaluation_steps
}

made contains output if {
	some step in input.steps
	some output in step.outputs
}

evaluation_data contains pattern if {
	some step in evaluation_steps
	some pattern in step.inputs
	is_data(pattern)
	not is_made(pattern)
}

trained_on contains [file, step] if {
	some file in object.get(input.head, "inputs", [])
	is_data(file.path)
	some step in training_steps
	some pattern in step.inputs
	glob.match(pattern, ["/"], file.path)
}

tested_with contains file if {
	some file in object.get(input.head, "inputs", [])
	some pattern in evaluation_data
	glob.match(pattern, ["/"], file.path)
}

is_data(path) if {
	words := split(path, "/")
	every pattern in data.params.code {
		not glob.match(pattern, [], words[count(words) - 1])
	}
}

is_made(path) if {
	some output in made
	within(path, output)
}

within(path, output) if path == output

within(path, output) if startswith(path, concat("", [output, "/"]))
