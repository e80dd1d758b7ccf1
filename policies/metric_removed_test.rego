package mlgate.metric_removed_test

import data.mlgate.metric_removed

test_same_metrics_pass if {
	count(metric_removed.deny) == 0 with input as {"metrics": {"base": {"a": 1}, "head": {"a": 2}}}
}

test_new_metric_passes if {
	count(metric_removed.deny) == 0 with input as {"metrics": {"base": {"a": 1}, "head": {"a": 1, "b": 2}}}
}

test_no_baseline_passes if {
	count(metric_removed.deny) == 0 with input as {"metrics": {"base": {}, "head": {"a": 1}}}
}

test_removed_metric_is_denied if {
	found := metric_removed.deny with input as {"metrics": {"base": {"a": 1, "b": 2}, "head": {"a": 1}}}
	count(found) == 1
	some f in found
	f.id == "b"
}

test_zero_is_there if {
	count(metric_removed.deny) == 0 with input as {"metrics": {"base": {"a": 0}, "head": {"a": 0}}}
}
