# METADATA
# title: The latency keeps to its budget
# description: >-
#   An answer that comes too late is a wrong answer. What is measured on every change cannot creep.
# custom:
#   fix: "make the model faster, or have the budget changed"
#   params:
#     metrics:
#       default: ["*latency*_ms"]
#       description: patterns of metric names, in milliseconds; * is any characters
#     max_ms:
#       default: 100
#       description: largest value, in milliseconds
package mlgate.latency_budget

deny contains msg if {
	count(latencies) == 0
	msg := sprintf("no metric is called %s: no latency was measured", [concat(" or ", data.params.metrics)])
}

deny contains {"id": name, "msg": msg} if {
	some name, value in latencies
	is_number(value)
	value > data.params.max_ms
	msg := sprintf("%s is %v ms; at most %v", [name, value, data.params.max_ms])
}

deny contains {"id": name, "msg": msg} if {
	some name, value in latencies
	not is_number(value)
	msg := sprintf("%s is %v: that is no latency", [name, value])
}

latencies[name] := value if {
	some name, value in input.metrics.head
	some pattern in data.params.metrics
	glob.match(pattern, null, name)
}
