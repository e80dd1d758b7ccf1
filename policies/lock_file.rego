# METADATA
# title: Locked dependencies change only with a word about it
# description: >-
#   Another version of a library moves metrics as much as another model does. When the lock file changes
#   in passing, the difference is put down to the model.
# custom:
#   fix: "change the dependencies in a pull request of their own, or name the change in the title"
#   params:
#     locks:
#       default: [uv.lock, poetry.lock, Pipfile.lock, pdm.lock, pixi.lock, conda-lock.yml, requirements.lock, requirements.txt, renv.lock, Manifest.toml]
#       description: names of lock files
#     manifests:
#       default: [pyproject.toml, Pipfile, requirements.in, pixi.toml, environment.yml, DESCRIPTION, Project.toml]
#       description: names of the files that locks are made from; one that changes too is explanation enough
#     words:
#       default: [dependenc, deps, bump, upgrade, lock]
#       description: words of the title that explain the change
package mlgate.lock_file

deny contains {"id": path, "msg": msg} if {
	some path in input.files
	base(path) in data.params.locks
	not explained
	msg := sprintf("%s changes, and neither the title nor a manifest says why", [path])
}

explained if {
	some word in data.params.words
	contains(lower(object.get(input.change, "title", "")), word)
}

explained if {
	some path in input.files
	base(path) in data.params.manifests
}

base(path) := words[count(words) - 1] if words := split(path, "/")
