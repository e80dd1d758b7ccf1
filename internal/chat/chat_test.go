package chat_test

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/chat"
)

var sha, digest = strings.Repeat("a", 40), strings.Repeat("b", 64)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body string
		ours bool
		want chat.Command
		says string
	}{
		{"looks good", false, chat.Command{}, ""},
		{"hello\n/mlgate plan", false, chat.Command{}, ""},
		{" /mlgate plan", false, chat.Command{}, ""},
		{"> /mlgate plan", false, chat.Command{}, ""},
		{"/mlgateplan", false, chat.Command{}, ""},
		{"/mlgate", true, chat.Command{}, "nothing is asked for"},
		{"/mlgate plan", true, chat.Command{Verb: "plan"}, ""},
		{"/mlgate\tplan \r\nthanks", true, chat.Command{Verb: "plan"}, ""},
		{"/mlgate plan b", true, chat.Command{Verb: "plan", Model: "b"}, ""},
		{"/mlgate plan b c", true, chat.Command{Verb: "plan"}, "or nothing"},
		{"/mlgate plan --all", true, chat.Command{Verb: "plan"}, "or nothing"},
		{"/mlgate why gate/accuracy churn", true, chat.Command{Verb: "why", Name: "gate/accuracy", Model: "churn"}, ""},
		{"/mlgate why gate/accuracy <churn>", true, chat.Command{Verb: "why"}, "the name of a model"},
		{"/mlgate rerun", true, chat.Command{Verb: "rerun"}, ""},
		{"/mlgate why gate/accuracy", true, chat.Command{Verb: "why", Name: "gate/accuracy"}, ""},
		{"/mlgate why", true, chat.Command{Verb: "why"}, "one name"},
		{"/mlgate override gate/accuracy @" + sha + " new labels", true, chat.Command{Verb: "override", Name: "gate/accuracy", Pin: sha, Reason: "new labels"}, ""},
		{"/mlgate override gate/accuracy @" + sha, true, chat.Command{Verb: "override"}, "a reason"},
		{"/mlgate override gate/accuracy @" + sha[:7] + " x", true, chat.Command{Verb: "override"}, "full commit id"},
		{"/mlgate override gate/accuracy " + sha + " x", true, chat.Command{Verb: "override"}, "full commit id"},
		{"/mlgate override governance/demands @" + sha + " x", true, chat.Command{Verb: "override"}, "gate/… or policy/…"},
		{"/mlgate promote production @" + digest, true, chat.Command{Verb: "promote", Name: "production", Pin: digest}, ""},
		{"/mlgate promote production @" + digest[:12], true, chat.Command{Verb: "promote"}, "full digest"},
		{"/mlgate promote production", true, chat.Command{Verb: "promote"}, "full digest"},
		{"/mlgate promote --help @" + digest, true, chat.Command{Verb: "promote"}, "takes the stage"},
		{"/mlgate Plan", true, chat.Command{Verb: "Plan"}, "nothing that can be asked for"},
		{"/mlgate approve production", true, chat.Command{Verb: "approve"}, "nothing that can be asked for"},
		{"/mlgate why gate/\u202eyx", true, chat.Command{}, "cannot be seen"},
		{"/mlgate plan\u200b", true, chat.Command{}, "cannot be seen"},
		{"/mlgate why " + strings.Repeat("x", 1000), true, chat.Command{}, "at most 1000"},
	} {
		got, ours, err := chat.Parse(c.body)
		if ours != c.ours || got != c.want || (err == nil) != (c.says == "") || (err != nil && !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%q: %+v, %v, %v", c.body, got, ours, err)
		}
	}
}

// Any comment gives an answer; what acts is pinned in full.
func FuzzParse(f *testing.F) {
	f.Add("/mlgate override gate/a @" + sha + " why\nmore")
	f.Add("/mlgate promote a @" + digest)
	f.Fuzz(func(t *testing.T, body string) {
		c, ours, err := chat.Parse(body)
		if ours != strings.HasPrefix(body, "/mlgate") && ours {
			t.Error("taken for ours")
		}
		if err == nil && c.Acts() && len(c.Pin) < 40 {
			t.Errorf("%+v", c)
		}
	})
}
