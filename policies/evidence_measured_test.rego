package mlgate.evidence_measured_test

import data.mlgate.evidence_measured

stages := [{"to": "staging", "when": "merge"}, {"to": "production", "when": "manual"}]

case(origin, targets) := {"head": {"origin": origin}, "targets": targets, "stages": stages}

test_measured_passes if {
	got := case("measured", ["production"])
	count(evidence_measured.deny | evidence_measured.warn) == 0 with input as got
}

test_claimed_to_production_is_denied if {
	found := evidence_measured.deny with input as case("claimed", ["production"])
	{f.id | some f in found} == {"production"}
	count(evidence_measured.warn) == 0 with input as case("claimed", ["production"])
}

test_claimed_elsewhere_warns if {
	count(evidence_measured.deny) == 0 with input as case("claimed", ["staging"])
	count(evidence_measured.warn) == 1 with input as case("claimed", ["staging"])
}

test_own_stages if {
	count(evidence_measured.deny) == 1 with input as case("claimed", ["staging"]) with data.params.stages as ["staging"]
}
