package mlgate.size_budget_test

import data.mlgate.size_budget

artifact(size) := {"head": {"artifact": {"path": "build/model.pkl", "size": size}}}

test_small_passes if {
	count(size_budget.deny) == 0 with input as artifact(100000000)
}

test_large_is_denied if {
	found := size_budget.deny with input as artifact(100500000)
	found == {"build/model.pkl has 100.5 MB; at most 100"}
}

test_own_budget if {
	count(size_budget.deny) == 1 with input as artifact(2000000) with data.params.max_mb as 1.5
}

test_no_artifact_is_denied if {
	count(size_budget.deny) == 1 with input as {"head": {}}
}
