package mlgate.owners_set_test

import data.mlgate.owners_set

test_owner_passes if {
	count(owners_set.deny) == 0 with input as {"owners": ["@ada"]}
}

test_no_owner_is_denied if {
	owners_set.deny == {"mlops.yaml names 0 owners; at least 1"} with input as {"owners": []}
}

test_own_number if {
	count(owners_set.deny) == 1 with input as {"owners": ["@ada"]} with data.params.min as 2
}
