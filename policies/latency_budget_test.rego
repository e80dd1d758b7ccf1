package mlgate.latency_budget_test

import data.mlgate.latency_budget

metrics(m) := {"metrics": {"head": m}}

test_fast_passes if {
	count(latency_budget.deny) == 0 with input as metrics({"latency_p95_ms": 100, "accuracy": 0.9})
}

test_slow_is_denied if {
	found := latency_budget.deny with input as metrics({"latency_p50_ms": 10, "serve.latency_p95_ms": 101})
	{f.id | some f in found} == {"serve.latency_p95_ms"}
}

test_no_number_is_denied if {
	count(latency_budget.deny) == 1 with input as metrics({"latency_p95_ms": "NaN"})
}

test_unmeasured_is_denied if {
	count(latency_budget.deny) == 1 with input as metrics({"accuracy": 0.9})
}

test_own_metric_and_limit if {
	count(latency_budget.deny) == 1 with input as metrics({"p99": 11}) with data.params.metrics as ["p99"] with data.params.max_ms as 10
}
