# METADATA
# title: The random seed is recorded
# description: >-
#   Without the seed nobody can make the same model again, and a lucky draw looks like progress.
# custom:
#   fix: "put a seed into the params file that a step names under `params`, and use it"
#   params:
#     names:
#       default: [seed, random_seed, random_state]
#       description: last part of the parameter's dotted name
package mlgate.seed_recorded

deny contains msg if {
	count(seeds) == 0
	msg := sprintf("no parameter is called %s", [concat(", ", data.params.names)])
}

deny contains {"id": name, "msg": msg} if {
	some name, value in seeds
	lower(trim_space(value)) in {"", "null", "none", "~", "-1"}
	msg := sprintf("the parameter %s is %q: that is no seed", [name, value])
}

seeds[name] := value if {
	some name, value in input.params.head
	words := split(name, ".")
	words[count(words) - 1] in data.params.names
}
