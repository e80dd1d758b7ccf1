# METADATA
# title: What goes to production was measured here
# description: >-
#   A metrics file that somebody committed is a claim. Only numbers that steps of this pipeline made are
#   bound to the commit, the data and the parameters that they are said to be of.
# custom:
#   fix: "declare the steps that write the metrics in mlops.yaml, so that mlgate runs them"
#   params:
#     stages:
#       default: [production]
#       description: stages that want measured numbers
package mlgate.evidence_measured

deny contains {"id": stage, "msg": msg} if {
	input.head.origin != "measured"
	some stage in input.targets
	stage in data.params.stages
	msg := sprintf("the evidence is %s, not measured: not for %s", [input.head.origin, stage])
}

warn contains {"id": stage.to, "msg": msg} if {
	input.head.origin != "measured"
	some stage in input.stages
	stage.to in data.params.stages
	not stage.to in input.targets
	msg := sprintf("the evidence is %s, not measured: promoting it to %s will be refused", [input.head.origin, stage.to])
}
