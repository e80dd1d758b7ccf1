package mlgate.lock_file_test

import data.mlgate.lock_file

change(files, title) := {"files": files, "change": {"event": "pull_request", "title": title}}

test_no_lock_passes if {
	count(lock_file.deny) == 0 with input as change(["src/train.py", "src/uv.lock.py"], "Better features")
}

test_lock_in_passing_is_denied if {
	found := lock_file.deny with input as change(["src/train.py", "env/uv.lock"], "Better features")
	{f.id | some f in found} == {"env/uv.lock"}
}

test_title_explains if {
	count(lock_file.deny) == 0 with input as change(["uv.lock"], "Bump scikit-learn to 1.9")
}

test_manifest_explains if {
	count(lock_file.deny) == 0 with input as change(["uv.lock", "pyproject.toml"], "Better features")
}

test_no_title_is_denied if {
	count(lock_file.deny) == 1 with input as {"files": ["requirements.txt"], "change": {"event": "push"}}
}
