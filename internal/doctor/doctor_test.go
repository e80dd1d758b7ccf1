package doctor

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func TestGuarded(t *testing.T) {
	t.Parallel()
	both := []string{"deletion", "update"}
	for _, c := range []struct {
		sets  []mlgate.TagGuard
		model string
		want  bool
	}{
		{nil, "m", false},
		{[]mlgate.TagGuard{{Include: []string{"~ALL"}, Rules: both}}, "m", true},
		{[]mlgate.TagGuard{{Include: []string{"~ALL"}, Rules: []string{"deletion"}}, {Include: []string{"refs/tags/*"}, Rules: []string{"update"}}}, "m", true},
		{[]mlgate.TagGuard{{Include: []string{"~ALL"}, Rules: []string{"deletion", "creation"}}}, "m", false},
		{[]mlgate.TagGuard{{Include: []string{"refs/tags/*@v*"}, Rules: both}}, "m", false},
		{[]mlgate.TagGuard{{Include: []string{"refs/tags/*@v*", "*#*"}, Rules: both}}, "team/m", true},
		{[]mlgate.TagGuard{{Include: []string{"refs/tags/**/*"}, Rules: both}}, "m", true},
		{[]mlgate.TagGuard{{Include: []string{"refs/tags/other*"}, Rules: both}}, "m", false},
		{[]mlgate.TagGuard{{Include: []string{"["}, Rules: both}}, "m", false},
	} {
		if got := guarded(c.sets, c.model); got != c.want {
			t.Errorf("%+v for %s: %v", c.sets, c.model, got)
		}
	}
}

func TestUses(t *testing.T) {
	t.Parallel()
	const commit = "0123456789012345678901234567890123456789"
	for text, want := range map[string]State{
		"- uses: mlgate/mlgate@v1":                                               Advice,
		"- uses: mlgate/mlgate@v1.2.3":                                           Advice,
		"- uses: mlgate/mlgate@main":                                             Fault,
		"- uses: mlgate/mlgate@v":                                                Fault,
		"- uses: mlgate/mlgate@v2-beta":                                          Fault,
		"- uses: mlgate/mlgate@v1\n- uses: mlgate/mlgate/setup@main":             Fault,
		"- uses: mlgate/mlgate@main\n- uses: mlgate/mlgate/setup@v1":             Fault,
		"- uses: mlgate/mlgate@main # " + commit:                                 Fault,
		"- uses: \"mlgate/mlgate@" + commit + "\"":                               Fine,
		"- {uses: 'mlgate/mlgate/setup@" + commit + "', with: {path: x}}":        Fine,
		"- {uses: mlgate/mlgate@" + commit + "}\n- {uses: fork/mlgate@v2}":       Advice,
		"- uses: docker://ghcr.io/acme/mlgate:v1":                                Advice,
		"- uses: docker://ghcr.io/acme/mlgate:latest":                            Fault,
		"- uses: docker://ghcr.io/acme/mlgate@sha256:" + strings.Repeat("a", 64): Fine,
		"# uses: mlgate/mlgate@v1":                                               Skipped,
		"- uses: actions/checkout@v4":                                            Skipped,
		"- uses:":                                                                Skipped,
		"- uses: mlgate/mlgate":                                                  Fault,
		"- uses: mlgate/mlgate@0123":                                             Fault,
	} {
		got := pins(Facts{Workflow: []File{{"w.yml", text}}})
		if len(got) != 1 || got[0].State != want {
			t.Errorf("%s: %+v, want state %d", text, got, want)
		}
	}
}

func TestShallowCheckout(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"- uses: actions/checkout@v4\n  with:\n    fetch-depth: 0\n- run: mlgate ci":                            0,
		"- uses: actions/checkout@v4\n- run: mlgate ci":                                                         1,
		"- uses: actions/checkout@v4\n- run: make\n- uses: x/y@v1\n  with: {fetch-depth: 0}\n- run: mlgate run": 1,
		"- {uses: actions/checkout@v4, with: {fetch-depth: 2}}\n- run: mlgate run":                              1,
		"- {uses: actions/checkout@v4, with: {fetch-depth: 0}}\n- run: mlgate run":                              0,
		"- uses: actions/checkout@v4\n- run: make":                                                              0,
	} {
		if got := shallowCheckout(text); got != want {
			t.Errorf("%s: line %d, want %d", text, got, want)
		}
	}
}

// A deleted tag of a stage is a fault; that nobody could look is none, and is not fine either.
func TestLostTags(t *testing.T) {
	t.Parallel()
	for want, m := range map[State]Model{
		Fine: {Name: "m"}, Fault: {Name: "m", Lost: []string{"the tag of v0.2.0 is gone"}}, Unknown: {Name: "m", Tags: mlgate.ErrNotFound},
	} {
		if got := registry(Facts{Remote: true, Models: []Model{m}}); len(got) != 1 || got[0].State != want {
			t.Errorf("%+v: %+v, want state %d", m, got, want)
		}
	}
}
