package verify_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/verify"
)

// these are the tags of a model.
func these(entries []mlgate.Entry) func(context.Context, string) ([]mlgate.Entry, error) {
	return func(context.Context, string) ([]mlgate.Entry, error) { return entries, nil }
}

// course is a ledger with six moves, the fourth a rollback, the last two of a version of another tool, and their tags
// by name.
func course(t *testing.T) (s *shown, ids []string, tags map[string]mlgate.Entry) {
	s, tags = &shown{chain: mlgate.Chain{Head: "h"}}, map[string]mlgate.Entry{}
	for i, m := range []mlgate.Move{
		{Stage: "staging", Version: "v0.1.0", Commit: "aaaaaaa1", Register: true},
		{Stage: "staging", Version: "v0.2.0", Commit: "bbbbbbb2", Register: true},
		{Stage: "production", Version: "v0.2.0", Commit: "bbbbbbb2"},
		{Stage: "staging", Version: "v0.1.0", Commit: "aaaaaaa1", Why: "rollback"},
		{Stage: "staging", Version: "v9.0.0", Commit: "9999999f"},
		{Stage: "production", Version: "v9.0.0", Commit: "9999999f"},
	} {
		id := s.move(t, m, "done")
		ids = append(ids, id)
		n := strconv.Itoa(i*2 + 1)
		tags["#"+n] = mlgate.Entry{Ref: "churn#" + m.Stage + "#" + n, Stage: m.Stage, Version: m.Version, Commit: m.Commit, Move: id, Revision: n}
		if m.Register {
			tags["@"+m.Version] = mlgate.Entry{Ref: "churn@" + m.Version, Version: m.Version, Commit: m.Commit, Move: id}
		}
	}
	tags["@v9.0.0"] = mlgate.Entry{Ref: "churn@v9.0.0", Version: "v9.0.0", Commit: "9999999f"}
	s.move(t, mlgate.Move{Stage: "staging", Version: "v0.8.0", Commit: "c", Register: true}, "lost")
	s.move(t, mlgate.Move{Stage: "staging", Version: "v0.9.0", Commit: "c", Register: true}, "")
	return s, ids, tags
}

// Every move that was done has its tags; one that is gone, or that another stands in for, is named, however old it is.
// What a person accepted, and what other tools put beside, is no finding.
func TestUntagged(t *testing.T) {
	t.Parallel()
	foreign := func(stage, n string) mlgate.Entry {
		return mlgate.Entry{Ref: "churn#" + stage + "#" + n, Stage: stage, Version: "v0.1.0", Commit: "aaaaaaa1", Revision: n}
	}
	on := func(version, commit, move string) mlgate.Entry {
		return mlgate.Entry{Ref: "churn@" + version, Version: version, Commit: commit, Move: move}
	}
	for name, c := range map[string]struct {
		gone    string // tags, by name
		put     []mlgate.Entry
		adopted string // by a person, of staging; ID: the id of the second move
		want    string // parts of the only finding, or of all
	}{
		"honest":                                 {},
		"a stage's tag is gone":                  {gone: "#1", want: "tags: the tag of v0.1.0 → staging is gone"},
		"the newest of a stage":                  {gone: "#9", want: "the tag of v9.0.0 → staging is gone|goes on without it"},
		"of a rollback":                          {gone: "#7", want: "tags: the tag of v0.1.0 → staging is gone, which the ledger has for done (rollback by somebody"},
		"a stage's tag of no move in its place":  {gone: "#3", put: []mlgate.Entry{foreign("staging", "3")}, want: "tag churn#staging#3: it names no move, and no tag is there of the move ID, which brought v0.2.0 of bbbbbbb to staging"},
		"of another stage, and of another time":  {gone: "#3", put: []mlgate.Entry{foreign("production", "3"), foreign("staging", "6")}, want: "tags: the tag of v0.2.0 → staging is gone"},
		"other tools' beside":                    {put: []mlgate.Entry{foreign("staging", "2"), foreign("production", "99"), {Ref: "churn@v0.2.0!", Version: "v0.2.0", Commit: "bbbbbbb2", Removed: true}}},
		"a version's tag is gone":                {gone: "@v0.2.0", want: "tags: the tag of v0.2.0 is gone, which the move ID brought to staging"},
		"a version's, with one that takes back":  {gone: "@v0.2.0", put: []mlgate.Entry{{Ref: "churn@v0.2.0!", Version: "v0.2.0", Commit: "bbbbbbb2", Removed: true}}, want: "tags: the tag of v0.2.0 is gone"},
		"a version's is moved":                   {gone: "@v0.2.0", put: []mlgate.Entry{on("v0.2.0", "ccccccc3", "")}, want: "tag churn@v0.2.0: it names no move, and is on ccccccc; no tag is there of the move ID, which registered v0.2.0 on bbbbbbb"},
		"a version's is replaced where it was":   {gone: "@v0.2.0", put: []mlgate.Entry{on("v0.2.0", "bbbbbbb2", "")}, want: "tag churn@v0.2.0: it names no move, and is on bbbbbbb"},
		"another tool's version is moved":        {gone: "@v9.0.0", put: []mlgate.Entry{on("v9.0.0", "ccccccc3", "")}, want: "tag churn@v9.0.0: it is on ccccccc, and the move"},
		"another tool's version is gone":         {gone: "@v9.0.0", want: "tags: the tag of v9.0.0 is gone"},
		"accepted without the tag":               {gone: "#3 @v0.2.0", adopted: "churn#staging#1 without ID"},
		"accepted without that of another":       {gone: "#1", adopted: "churn#staging#1 without ID", want: "the tag of v0.1.0 → staging is gone"},
		"accepted as it stands in its place":     {gone: "#3", put: []mlgate.Entry{foreign("staging", "3")}, adopted: "churn#staging#3"},
		"accepted, and that was another's place": {gone: "#3", put: []mlgate.Entry{foreign("staging", "6")}, adopted: "churn#staging#6", want: "the tag of v0.2.0 → staging is gone"},
	} {
		s, ids, tags := course(t)
		for _, id := range []string{ids[4], ids[5]} {
			m := map[string]string{ids[4]: "staging", ids[5]: "production"}[id]
			s.add(t, mlgate.KindPosition, "position/"+m, mlgate.Position{Format: 1, Stage: m, Move: id}, mlgate.Envelope{Key: m})
		}
		if c.adopted != "" {
			s.add(t, mlgate.KindHeld, "held/1", mlgate.Hold{Format: 1, Stage: "staging", Adopted: strings.ReplaceAll(c.adopted, "ID", ids[1])}, mlgate.Envelope{Key: "staging"})
			s.add(t, mlgate.KindHeld, "held/2", mlgate.Hold{Format: 1, Stage: "staging", Adopted: "later"}, mlgate.Envelope{Key: "staging"})
		}
		for _, gone := range strings.Fields(c.gone) {
			delete(tags, gone)
		}
		entries := c.put
		for _, e := range tags {
			entries = append(entries, e)
		}
		v, err := verify.Model(t.Context(), s, "churn", these(entries))
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, x := range v.Broken {
			if !strings.Contains(x.Why, "neither done nor lost") {
				said += x.At + ": " + x.Why + "; " + x.Fix + "\n"
			}
		}
		if n := strings.Count(said, "\n"); (c.want == "") != (n == 0) || n > 1 {
			t.Errorf("%s: %d findings:\n%s", name, n, said)
		}
		for _, want := range strings.Split(c.want, "|") {
			if want = strings.ReplaceAll(want, "ID", ids[1]); !strings.Contains(said, want) {
				t.Errorf("%s: %q is not said in:\n%s", name, want, said)
			}
		}
	}
}

// Tags of other tools on stages are named, those of versions counted.
func TestOthers(t *testing.T) {
	t.Parallel()
	v, err := verify.Model(t.Context(), &shown{}, "churn", these([]mlgate.Entry{{Ref: "churn#a#1", Stage: "a"}, {Ref: "churn@v1.0.0", Version: "v1.0.0"}, {Ref: "churn#a!#2", Stage: "a", Removed: true}}))
	if err != nil || v.Foreign != 3 || strings.Join(v.OnStages, " ") != "churn#a#1 churn#a!#2" || len(v.Broken) > 0 {
		t.Errorf("%+v, %v", v, err)
	}
}
