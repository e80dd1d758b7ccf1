# METADATA
# title: No metric is silently removed
# description: >-
#   A metric that the baseline has and this change does not is denied: what is not measured any more
#   cannot get worse.
# custom:
#   fix: write it again, or remove this policy in a change of its own that says why
package mlgate.metric_removed

deny contains {"id": name, "msg": msg} if {
	some name, _ in input.metrics.base
	not name in object.keys(input.metrics.head)
	msg := sprintf("the metric %s is gone: the baseline has it, this change does not", [name])
}
