package mlgate.slice_fairness_test

import data.mlgate.slice_fairness

metrics(m) := {"metrics": {"head": m}}

test_near_passes if {
	count(slice_fairness.deny) == 0 with input as metrics({"recall.a": 0.9, "recall.b": 0.8, "accuracy": 0.1})
}

test_far_is_denied if {
	found := slice_fairness.deny with input as metrics({"slice.de.recall": 0.9, "slice.fr.recall": 0.75})
	{f.msg | some f in found} == {"slice.*.recall: from 0.75 (slice.fr.recall) to 0.9 (slice.de.recall) it is 0.15; at most 0.1"}
}

test_nan_is_denied if {
	found := slice_fairness.deny with input as metrics({"recall.a": 0.9, "recall.b": "NaN"})
	{f.id | some f in found} == {"recall.b"}
}

test_no_slices_are_denied if {
	every m in [{"accuracy": 0.9}, {"recall.a": 0.9}] {
		count(slice_fairness.deny) == 1 with input as metrics(m)
	}
}

test_families_are_apart if {
	count(slice_fairness.deny) == 0 with input as metrics({"recall.a": 0.9, "recall.b": 0.9, "slice.x.recall": 0.1, "slice.y.recall": 0.1})
}

test_own_difference if {
	count(slice_fairness.deny) == 0 with input as metrics({"f1.a": 0.9, "f1.b": 0.5}) with data.params as {"metrics": ["f1.*"], "max_difference": 0.4}
}
