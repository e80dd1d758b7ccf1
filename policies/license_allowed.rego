# METADATA
# title: The model's licence is one that may be used
# description: >-
#   A model made from a base model or from data takes over conditions. What may not be used is cheap to
#   refuse before it is in service, and dear afterwards.
# custom:
#   fix: "write the licence into the front matter of the model card (license: apache-2.0), or have the list of allowed ones changed"
#   params:
#     allowed:
#       default: [apache-2.0, mit, bsd-2-clause, bsd-3-clause, cc0-1.0, cc-by-4.0, mpl-2.0]
#       description: licence names, in lower case, as the front matter of a model card writes them
package mlgate.license_allowed

deny contains "there is no model card that could name a licence" if not input.card

deny contains msg if {
	input.card
	count(licences) == 0
	msg := sprintf("%s names no licence in its front matter", [input.card.path])
}

deny contains {"id": licence, "msg": msg} if {
	some licence in licences
	not licence in data.params.allowed
	msg := sprintf("%s names the licence %s; allowed are %s", [input.card.path, licence, concat(", ", data.params.allowed)])
}

front := found[0][1] if found := regex.find_all_string_submatch_n(`^---\r?\n((?s:.*?))\r?\n---\s`, concat("", [input.card.text, "\n"]), 1)

licences contains lower(value) if {
	yaml.is_valid(front)
	fields := yaml.unmarshal(front)
	some value in as_list(fields.license)
	is_string(value)
}

as_list(v) := v if is_array(v)

as_list(v) := [v] if is_string(v)
