package mlgate.data_pinned_test

import data.mlgate.data_pinned

inputs(list) := {"head": {"inputs": list}}

test_tracked_passes if {
	count(data_pinned.deny) == 0 with input as inputs([{"path": "data/train.csv", "sha256": "aa", "tracked": true}])
}

test_untracked_is_denied if {
	found := data_pinned.deny with input as inputs([{"path": "data/train.csv", "sha256": "aabbccddeeff00"}])
	{f.id | some f in found} == {"data/train.csv"}
}

test_pointer_passes if {
	count(data_pinned.deny) == 0 with input as inputs([{"path": "data/train.csv", "sha256": "aa"}, {"path": "data/train.csv.dvc", "sha256": "bb", "tracked": true}])
}

test_untracked_pointer_is_denied if {
	count(data_pinned.deny) == 2 with input as inputs([{"path": "data/train.csv", "sha256": "aa"}, {"path": "data/train.csv.dvc", "sha256": "bb"}])
}

test_allowed_pattern_passes if {
	count(data_pinned.deny) == 0 with input as inputs([{"path": "cache/x/y.bin", "sha256": "aa"}]) with data.params.allow as ["cache/**"]
}

test_no_input_is_denied if {
	count(data_pinned.deny) == 1 with input as {"head": {}}
}
