# METADATA
# title: The model card is there and filled in
# description: >-
#   Whoever takes the model into service has to know what it is for, what it was made from and where it
#   fails. That is written while the model is made, or never.
# custom:
#   fix: write MODEL_CARD.md beside mlops.yaml with a heading and a text for each section
#   params:
#     sections:
#       default: [Intended use, Training data, Evaluation, Limitations]
#       description: what headings the card must have; the words may be part of a longer heading, upper and lower case are the same
#     min_words:
#       default: 5
#       description: words that each section must have
package mlgate.model_card

deny contains msg if {
	not input.card
	msg := "there is no model card (MODEL_CARD.md, model_card.md, docs/model_card.md or model_card/README.md beside mlops.yaml)"
}

deny contains {"id": section, "msg": msg} if {
	some section in data.params.sections
	input.card
	not words_in[section]
	msg := sprintf("%s has no section %q", [input.card.path, section])
}

deny contains {"id": section, "msg": msg} if {
	some section, words in words_in
	words < data.params.min_words
	msg := sprintf("the section %q of %s has %d words; at least %v", [section, input.card.path, words, data.params.min_words])
}

deny contains {"id": "placeholder", "msg": msg} if {
	some line in lines
	regex.match(`(?i)\bTODO\b|\bTBD\b|more information needed|lorem ipsum`, line)
	msg := sprintf("%s still has a placeholder: %s", [input.card.path, substring(trim_space(line), 0, 60)])
}

lines := split(input.card.text, "\n")

# The level of each line that is a heading.
levels[i] := count(trim_space(mark)) if {
	some i, line in lines
	some mark in regex.find_n(`^#{1,6} `, line, 1)
}

# A heading counts when the section's name is part of it; what stands below it goes on to the next heading
# of the same level or a higher one.
words_in[section] := max(counts) if {
	some section in data.params.sections
	counts := {words_below(i) | some i, _ in levels; contains(lower(lines[i]), lower(section))}
	count(counts) > 0
}

words_below(i) := count(regex.find_n(`\S+`, concat("\n", array.slice(lines, i + 1, ends[i])), -1))

ends[i] := min(after | {count(lines)}) if {
	some i, own in levels
	after := {j | some j, level in levels; j > i; level <= own}
}
