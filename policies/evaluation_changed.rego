# METADATA
# title: A jump does not come together with another way to measure
# description: >-
#   When one change edits the evaluation and a metric jumps, nobody can say whether the model got better
#   or the ruler longer.
# custom:
#   fix: "bring the new evaluation in a change of its own, so that the baseline is measured with it, and the model after it"
#   params:
#     jump_percent:
#       default: 10
#       description: change of a metric, in percent of the baseline, that counts as a jump
package mlgate.evaluation_changed

deny contains {"id": name, "msg": msg} if {
	count(touched) > 0
	some name in jumps
	msg := sprintf("%s went from %v to %v while this change edits the evaluation (%s)", [
		name, input.metrics.base[name], input.metrics.head[name], concat(", ", touched),
	])
}

# A file is of the evaluation when it is an input of a step that writes metrics.
touched contains path if {
	some step in input.steps
	writes_metrics(step)
	some path in step.touched
}

writes_metrics(step) if {
	some metric in object.get(input.head, "metrics", [])
	some output in step.outputs
	within(metric.file, output)
}

within(path, output) if path == output

within(path, output) if startswith(path, concat("", [output, "/"]))

jumps contains name if {
	some name, new in input.metrics.head
	old := input.metrics.base[name]
	is_number(new)
	is_number(old)
	new != old
	abs(new - old) * 100 >= data.params.jump_percent * abs(old)
}
