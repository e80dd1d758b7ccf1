# METADATA
# title: No slice is served much worse than another
# description: >-
#   An average hides whom the model fails. The distance between the best and the worst slice does not.
# custom:
#   fix: "look at the worst slice: more data for it, another threshold, or a model of its own"
#   params:
#     metrics:
#       default: ["slice.*.recall", "recall.*"]
#       description: patterns of metric names, each a family that is compared within itself; * is any characters
#     max_difference:
#       default: 0.1
#       description: largest distance between two slices, in the metric's unit
package mlgate.slice_fairness

deny contains msg if {
	count(families) == 0
	msg := sprintf("there are no two slices to compare: no two metrics are called %s", [concat(" or ", data.params.metrics)])
}

deny contains {"id": pattern, "msg": msg} if {
	some pattern, family in families
	numbers_only := [value | some value in family; is_number(value)]
	difference := max(numbers_only) - min(numbers_only)
	difference > data.params.max_difference + 0.000000001
	msg := sprintf("%s: from %v (%s) to %v (%s) it is %v; at most %v", [
		pattern, min(numbers_only), named(family, min(numbers_only)), max(numbers_only), named(family, max(numbers_only)),
		round(difference * 10000) / 10000, data.params.max_difference,
	])
}

deny contains {"id": name, "msg": msg} if {
	some family in families
	some name, value in family
	not is_number(value)
	msg := sprintf("%s is %v: that slice was not measured", [name, value])
}

families[pattern] := family if {
	some pattern in data.params.metrics
	family := {name: value | some name, value in input.metrics.head; glob.match(pattern, null, name)}
	count(family) > 1
}

named(family, value) := min({name | some name, v in family; v == value})
