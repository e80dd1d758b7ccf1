package mlgate.license_allowed_test

import data.mlgate.license_allowed

card(lines) := {"card": {"path": "MODEL_CARD.md", "text": concat("\n", lines)}}

test_allowed_passes if {
	count(license_allowed.deny) == 0 with input as card(["---", "license: Apache-2.0", "tags: [a]", "---", "# Churn"])
}

test_card_that_is_nothing_but_front_matter_passes if {
	count(license_allowed.deny) == 0 with input as card(["---", "license: mit", "---"])
}

test_one_of_two_is_denied if {
	found := license_allowed.deny with input as card(["---", "license: [mit, cc-by-nc-4.0]", "---", ""])
	{f.id | some f in found} == {"cc-by-nc-4.0"}
}

test_no_licence_is_denied if {
	every lines in [["# Churn"], ["---", "tags: [a]", "---"], ["---", "license: [", "---"], ["# Churn", "---", "license: mit", "---"], ["---", "just text", "---"]] {
		count(license_allowed.deny) == 1 with input as card(lines)
	}
}

test_no_card_is_denied if {
	count(license_allowed.deny) == 1 with input as {"model": "churn"}
}

test_own_list if {
	count(license_allowed.deny) == 0 with input as card(["---", "license: acme-internal", "---"]) with data.params.allowed as ["acme-internal"]
}
