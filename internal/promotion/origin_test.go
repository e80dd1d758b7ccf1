package promotion

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func TestBroughtBy(t *testing.T) {
	t.Parallel()
	squash := mlgate.Merged{Number: 7, Branch: "main", Commit: "c3"}
	for _, c := range []struct {
		name   string
		commit string
		later  []string
		known  []mlgate.Merged
		want   int
	}{
		{"squash, merge commit, queue: the newest", "c3", nil, []mlgate.Merged{squash}, 7},
		{"rebase: an earlier one of several", "c1", []string{"c2", "c3"}, []mlgate.Merged{squash}, 7},
		{"of another push", "c1", []string{"c2"}, []mlgate.Merged{squash}, 0},
		{"into another branch", "c3", nil, []mlgate.Merged{{Number: 7, Branch: "release", Commit: "c3"}}, 0},
		{"its commit came here without it", "c3", nil, []mlgate.Merged{{Number: 7, Branch: "main", Commit: "other"}}, 0},
		{"none", "c3", nil, nil, 0},
		{"no number", "c3", nil, []mlgate.Merged{{Branch: "main", Commit: "c3"}}, 0},
		{"the second of two", "c3", nil, []mlgate.Merged{{Number: 6, Branch: "main", Commit: "c9"}, squash}, 7},
	} {
		if got, ok := BroughtBy(c.commit, "main", c.later, c.known); got.Number != c.want || ok != (c.want > 0) {
			t.Errorf("%s: got #%d, want #%d", c.name, got.Number, c.want)
		}
	}
}

func TestBumpOf(t *testing.T) {
	t.Parallel()
	for labels, want := range map[string]string{"": "minor", "bug": "minor", "bump:patch": "patch", "bump:patch bump:major": "major", "bump:minor bump:patch": "minor", "Bump:major": "minor"} {
		if got := BumpOf(strings.Fields(labels)); got != want {
			t.Errorf("%q: got %s, want %s", labels, got, want)
		}
	}
}

func TestSaid(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("a", 40)
	for _, c := range []struct{ name, message, from, back string }{
		{"cherry-pick -x", "Fix\n\nMore.\n\n(cherry picked from commit " + id + ")", id, ""},
		{"revert", "Revert \"Fix\"\n\nThis reverts commit " + id + ".\n", "", id},
		{"revert of a merge", "Revert\n\nThis reverts commit " + id + ", reversing\nchanges made to b.", "", id},
		{"not a whole id", "This reverts commit abc1234.", "", ""},
		{"within a line", "see: This reverts commit " + id + ".", "", ""},
		{"none", "Fix", "", ""},
		{"longer than an id", "This reverts commit " + id + "a.", "", ""},
	} {
		if from, back := Said(c.message); from != c.from || back != c.back {
			t.Errorf("%s: got %q, %q", c.name, from, back)
		}
	}
}
