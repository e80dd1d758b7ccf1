package mlgate.evaluation_changed_test

import data.mlgate.evaluation_changed

change(touched, old, new) := {
	"steps": [{"name": "train", "outputs": ["build/model"], "touched": ["train.py"]}, {"name": "evaluate", "outputs": ["build"], "touched": touched}],
	"head": {"metrics": [{"name": "acc", "value": new, "file": "build/metrics.json"}]},
	"metrics": {"head": {"acc": new}, "base": {"acc": old}},
}

test_jump_alone_passes if {
	count(evaluation_changed.deny) == 0 with input as change([], 0.5, 0.9)
}

test_edit_alone_passes if {
	count(evaluation_changed.deny) == 0 with input as change(["evaluate.py"], 0.8, 0.81)
}

test_both_are_denied if {
	every pair in [[0.5, 0.9], [0.9, 0.5], [0, 0.1], [-1, -2]] {
		found := evaluation_changed.deny with input as change(["evaluate.py"], pair[0], pair[1])
		{f.id | some f in found} == {"acc"}
	}
}

test_own_jump if {
	count(evaluation_changed.deny) == 0 with input as change(["evaluate.py"], 0.5, 0.9) with data.params.jump_percent as 90
}
