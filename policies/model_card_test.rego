package mlgate.model_card_test

import data.mlgate.model_card

text := "w1 w2 w3 w4 w5 w6"

full := concat("\n", ["# Churn", "## Intended use", text, "## Training data", "### Source", text, "## Evaluation", text, "## Bias, risks and Limitations", text])

card(t) := {"card": {"path": "MODEL_CARD.md", "text": t}}

test_full_card_passes if {
	count(model_card.deny) == 0 with input as card(full)
}

test_no_card_is_denied if {
	some msg in model_card.deny with input as {"model": "churn"}
	contains(msg, "there is no model card")
}

test_missing_section_is_denied if {
	found := model_card.deny with input as card(replace(full, "## Evaluation", "## Other"))
	{f.id | some f in found} == {"Evaluation"}
}

test_empty_section_is_denied if {
	found := model_card.deny with input as card(replace(full, concat("\n", ["## Evaluation", text]), "## Evaluation"))
	{f.id | some f in found} == {"Evaluation"}
}

test_placeholder_is_denied if {
	found := model_card.deny with input as card(concat("\n", [full, "[More Information Needed]"]))
	{f.id | some f in found} == {"placeholder"}
}

test_own_sections if {
	found := model_card.deny with input as card(full) with data.params.sections as ["Ethics"]
	{f.id | some f in found} == {"Ethics"}
}
