package policy

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

var draftName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,60}$`)

// Draft is a new policy that works, with its test: a beginning to write over. A name that no package
// can have is a Mistake.
func Draft(name string) (rule, test Module, err error) {
	if !draftName.MatchString(name) || name == "main" || name == "mlgate" || strings.HasSuffix(name, "_test") {
		return rule, test, &mlgate.Mistake{Err: fmt.Errorf("naming a policy %q: it is no name that a package can have", name), Fix: "lower-case letters, digits, - and _, a letter first; not main, mlgate or …_test"}
	}
	pkg := strings.ReplaceAll(name, "-", "_")
	rule = Module{Path: pkg + ".rego", Source: []byte(strings.ReplaceAll(draftRule, "NAME", pkg))}
	test = Module{Path: pkg + "_test.rego", Source: []byte(strings.ReplaceAll(draftTest, "NAME", pkg))}
	return rule, test, nil
}

const draftRule = `# METADATA
# title: The accuracy has a floor
# description: Why the rule exists stands here, for whoever meets it in a pull request.
# custom:
#   fix: what to do about it stands here
#   params:
#     floor:
#       default: 0.8
#       description: lowest accuracy; mlops.yaml may set it with {use, with}
package NAME

deny contains msg if {
	accuracy := input.metrics.head.accuracy
	accuracy < data.params.floor
	msg := sprintf("accuracy is %v; at least %v", [accuracy, data.params.floor])
}
`

const draftTest = `package NAME_test

import data.NAME

measured(accuracy) := {"metrics": {"head": {"accuracy": accuracy}}}

test_floor_passes if {
	count(NAME.deny) == 0 with input as measured(0.8)
}

test_below_is_denied if {
	NAME.deny == {"accuracy is 0.7; at least 0.8"} with input as measured(0.7)
}

test_own_floor if {
	count(NAME.deny) == 1 with input as measured(0.9) with data.params.floor as 0.95
}
`
