package mlgate.test_set_apart_test

import data.mlgate.test_set_apart

train(inputs) := {"name": "train", "inputs": inputs, "outputs": ["build/model.pkl"]}

evaluate(inputs) := {"name": "evaluate", "inputs": inputs, "outputs": ["build/metrics.json"]}

files(list) := [{"path": p, "sha256": s} | some [p, s] in list]

pipeline(t, e, list) := {
	"steps": [train(t), evaluate(e)],
	"head": {"metrics": [{"name": "acc", "value": 1, "file": "build/metrics.json"}], "inputs": files(list)},
}

test_apart_passes if {
	got := pipeline(["lib.py", "data/train.csv"], ["lib.py", "data/test.csv", "build/model.pkl"], [["data/train.csv", "aa"], ["data/test.csv", "bb"], ["lib.py", "cc"]])
	count(test_set_apart.deny) == 0 with input as got
	count(test_set_apart.warn) == 0 with input as got
}

test_shared_is_denied if {
	found := test_set_apart.deny with input as pipeline(["data/all.csv"], ["data/all.csv"], [["data/all.csv", "aa"]])
	{f.id | some f in found} == {"data/all.csv"}
}

test_shared_by_pattern_is_denied if {
	found := test_set_apart.deny with input as pipeline(["data/*.csv"], ["data/test.csv"], [["data/train.csv", "aa"], ["data/test.csv", "bb"]])
	{f.id | some f in found} == {"data/test.csv"}
}

test_copy_is_denied if {
	found := test_set_apart.deny with input as pipeline(["data/train.csv"], ["data/test.csv"], [["data/train.csv", "aa"], ["data/test.csv", "aa"]])
	{f.id | some f in found} == {"data/test.csv"}
}

test_one_step_warns if {
	step := {"name": "all", "inputs": ["data/all.csv"], "outputs": ["build"]}
	got := {"steps": [step], "head": {"metrics": [{"name": "acc", "value": 1, "file": "build/metrics.json"}]}}
	count(test_set_apart.warn) == 1 with input as got
	count(test_set_apart.deny) == 0 with input as got
}

test_several_training_steps if {
	got := {
		"steps": [train(["data/a.csv"]), {"name": "tune", "inputs": ["data/a.csv", "data/test.csv"], "outputs": ["build/tuned"]}, evaluate(["data/test.csv"])],
		"head": {"metrics": [{"name": "acc", "value": 1, "file": "build/metrics.json"}], "inputs": files([["data/a.csv", "aa"], ["data/test.csv", "bb"]])},
	}
	found := test_set_apart.deny with input as got
	{f.msg | some f in found} == {"data/test.csv is an input of tune and of the evaluation"}
}
