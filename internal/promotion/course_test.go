package promotion_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// A rollback compares tags with what the ledger has: a version whose tag, or whose tag on the stage, somebody moved,
// deleted or replaced is not passed over in silence, and one that was left by going back is not come back to.
func TestRollbackBesideTheLedger(t *testing.T) {
	t.Parallel()
	var whole []mlgate.Entry
	var done []mlgate.Move
	moved := func(version, commit, seen, counter string) {
		id := "move" + counter
		if !slices.ContainsFunc(whole, func(e mlgate.Entry) bool { return e.Version == version }) {
			whole = append(whole, mlgate.Entry{Ref: "m@" + version, Version: version, Commit: commit, Move: id})
		}
		whole = append(whole, mlgate.Entry{Ref: "m#staging#" + counter, Stage: "staging", Version: version, Commit: commit, Revision: counter, Move: id})
		done = append([]mlgate.Move{{ID: id, Stage: "staging", Version: version, Commit: commit, Revision: seen}}, done...)
	}
	moved("v0.1.0", "a", "", "1")
	moved("v0.2.0", "b", "1", "4")
	moved("v0.3.0", "c", "4", "5")
	moved("v0.2.0", "b", "5", "7") // back
	moved("v0.4.0", "d", "7", "8")
	for name, c := range map[string]struct {
		drop, to string
		put      []mlgate.Entry
		hold     string
		want     string // the version, or what is said
		others   string
	}{
		"whole":                                {want: "v0.2.0"},
		"the version's tag is gone":            {drop: "m@v0.2.0", want: "the tag of that version, made of b, is gone", others: "--to: v0.1.0"},
		"gone, and named":                      {drop: "m@v0.2.0", to: "v0.2.0", want: `to v0.2.0, which it had before: the tag of that version, made of b, is gone`},
		"gone, and gone past":                  {drop: "m@v0.2.0", to: "v0.1.0", want: "v0.1.0"},
		"the version's tag is moved":           {drop: "m@v0.2.0", put: []mlgate.Entry{version("v0.2.0", "d")}, want: "made of b, was moved to d", others: "--to: v0.1.0"},
		"moved to the one before":              {drop: "m@v0.2.0", put: []mlgate.Entry{version("v0.2.0", "a")}, to: "v0.1.0", want: "v0.1.0"},
		"moved, and named":                     {drop: "m@v0.2.0", put: []mlgate.Entry{version("v0.2.0", "a")}, to: "v0.2.0", want: "was moved to a"},
		"taken back by another tool":           {drop: "m@v0.2.0", put: []mlgate.Entry{{Version: "v0.2.0", Commit: "b", Removed: true}}, want: "v0.1.0"},
		"the tag on the stage is gone":         {drop: "m#staging#7", want: "the tag on staging of the move that brought it, move7, is gone", others: "--to: v0.2.0, v0.1.0"},
		"gone, and named all the same":         {drop: "m#staging#7", to: "v0.2.0", want: "v0.2.0"},
		"gone, what was left is not come to":   {drop: "m#staging#7", to: "v0.3.0", want: "not what it had before"},
		"an older one is gone":                 {drop: "m#staging#4", want: "v0.2.0"},
		"moved on the stage":                   {drop: "m#staging#7", put: []mlgate.Entry{{Ref: "x", Stage: "staging", Version: "v0.4.0", Commit: "d", Revision: "7", Move: "move7"}}, want: "is gone or on another commit"},
		"replaced on the stage, by the oldest": {drop: "m#staging#7", put: []mlgate.Entry{assigned("staging", "v0.1.0", "a", "7")}, want: "move7, is gone"},
		"replaced by the newest":               {drop: "m#staging#7", put: []mlgate.Entry{assigned("staging", "v0.4.0", "d", "7")}, want: "move7, is gone"},
		"the newest replaced":                  {drop: "m#staging#8", put: []mlgate.Entry{assigned("staging", "v0.2.0", "b", "8")}, want: "to v0.4.0, which it had before: the tag on staging"},
		"another tool moved it on":             {put: []mlgate.Entry{version("v9.0.0", "e"), assigned("staging", "v9.0.0", "e", "9")}, want: "v0.4.0"},
		"a person accepted that it is gone":    {drop: "m#staging#7", hold: "m#staging#5 without move7", want: "v0.3.0"},
	} {
		f := promotion.Facts{Model: "m", Done: done, Reason: "odd", Holds: map[string]mlgate.Hold{"staging": {Adopted: c.hold}}}
		f.Entries = append(slices.DeleteFunc(slices.Clone(whole), func(e mlgate.Entry) bool { return e.Ref == c.drop }), c.put...)
		d, err := promotion.Rollback(f, "staging", c.to)
		got, waits := d.Move.Version, new(mlgate.Waiting)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) || !strings.HasSuffix(got, c.others) || err == nil && got != c.want {
			t.Errorf("%s: %s; want %s … %s", name, got, c.want, c.others)
		}
		if c.to == "" && err != nil && !errors.As(err, &waits) {
			t.Errorf("%s: %v is not to be waited for", name, err)
		}
	}
}
