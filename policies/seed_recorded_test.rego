package mlgate.seed_recorded_test

import data.mlgate.seed_recorded

params(p) := {"params": {"head": p}}

test_seed_passes if {
	every name in ["seed", "train.seed", "model.random_state"] {
		count(seed_recorded.deny) == 0 with input as params({name: "42"})
	}
}

test_no_seed_is_denied if {
	count(seed_recorded.deny) == 1 with input as params({"lr": "0.1", "seedling": "1"})
}

test_empty_seed_is_denied if {
	every value in ["", "null", "None", "-1"] {
		found := seed_recorded.deny with input as params({"train.seed": value})
		{f.id | some f in found} == {"train.seed"}
	}
}

test_own_name if {
	count(seed_recorded.deny) == 0 with input as params({"rng": "7"}) with data.params.names as ["rng"]
}
