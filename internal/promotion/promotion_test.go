package promotion_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

var stages = []mlgate.StageRule{{To: "staging", When: "merge"}, {To: "production", When: "manual", From: "staging"}}

func version(v, commit string) mlgate.Entry { return mlgate.Entry{Version: v, Commit: commit} }
func assigned(stage, v, commit, n string) mlgate.Entry {
	return mlgate.Entry{Stage: stage, Version: v, Commit: commit, Revision: n}
}

var two = []mlgate.Entry{
	version("v0.1.0", "a"), assigned("staging", "v0.1.0", "a", "1"), assigned("production", "v0.1.0", "a", "2"), version("v0.2.0", "b"), assigned("staging", "v0.2.0", "b", "3"),
}

func TestOnMerge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		facts   promotion.Facts
		action  promotion.Action
		version string
	}{
		{"first", promotion.Facts{Commit: "a"}, promotion.Move, "v0.1.0"},
		{"next", promotion.Facts{Entries: two, Commit: "c", Descends: map[string]bool{"b": true}}, promotion.Move, "v0.3.0"},
		{"again", promotion.Facts{Entries: two, Commit: "b"}, promotion.Nothing, "v0.2.0"},
		{"older", promotion.Facts{Entries: two, Commit: "z", Older: map[string]bool{"b": true}}, promotion.Superseded, "v0.3.0"},
		{"held", promotion.Facts{Entries: two, Commit: "c", Holds: map[string]mlgate.Hold{"staging": {Held: true, Stage: "staging"}}}, promotion.Held, "v0.3.0"},
		{"another tool moved it", promotion.Facts{Entries: two, Commit: "c", Foreign: map[string]mlgate.Entry{"staging": {Ref: "m#staging#3"}}}, promotion.Held, "v0.3.0"},
		{"and a person accepted that", promotion.Facts{Entries: two, Commit: "c", Foreign: map[string]mlgate.Entry{"staging": {Ref: "m#staging#3"}}, Holds: map[string]mlgate.Hold{"staging": {Adopted: "m#staging#3"}}}, promotion.Move, "v0.3.0"},
		{"and an older one was accepted", promotion.Facts{Entries: two, Commit: "c", Foreign: map[string]mlgate.Entry{"staging": {Ref: "m#staging#3"}}, Holds: map[string]mlgate.Hold{"staging": {Adopted: "m#staging#2"}}}, promotion.Held, "v0.3.0"},
		{"released", promotion.Facts{Entries: two, Commit: "c", Holds: map[string]mlgate.Hold{"staging": {Stage: "staging"}}}, promotion.Move, "v0.3.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.facts.Stages = stages
			got := promotion.OnMerge(c.facts)
			if len(got) != 1 || got[0].Action != c.action || got[0].Move.Version != c.version {
				t.Errorf("got %+v, want action %d to %s", got, c.action, c.version)
			}
		})
	}
}

func TestByHand(t *testing.T) {
	t.Parallel()
	f := promotion.Facts{Model: "m", Entries: two, Stages: stages, Now: time.Unix(0, 0)}
	d, err := promotion.ByHand(f, "production", "")
	if err != nil || d.Action != promotion.Move || d.Move.Version != "v0.2.0" || d.Move.From != "v0.1.0" || d.Move.Revision != "2" || d.Move.Commit != "b" {
		t.Errorf("got %+v, %v", d, err)
	}
	for text, ask := range map[string][2]string{"no such stage": {"nowhere", ""}, "that is v0.2.0": {"production", "v0.1.0"}} {
		if _, err := promotion.ByHand(f, ask[0], ask[1]); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v: %v, want %q", ask, err, text)
		}
	}
	f.Holds = map[string]mlgate.Hold{"production": {Held: true, By: "Ada", Reason: "odd"}}
	if d, err := promotion.ByHand(f, "production", ""); err != nil || d.Action != promotion.Held || !strings.Contains(d.Why, "held by Ada") {
		t.Errorf("held: got %+v, %v", d, err)
	}
}

func TestRollback(t *testing.T) {
	t.Parallel()
	f := promotion.Facts{Entries: append(two[:len(two):len(two)], assigned("production", "v0.2.0", "b", "4")), Reason: "odd", Holds: map[string]mlgate.Hold{"production": {Held: true}}}
	d, err := promotion.Rollback(f, "production", "")
	if err != nil || d.Action != promotion.Move || d.Move.Version != "v0.1.0" || d.Move.From != "v0.2.0" || d.Move.Why != "rollback" {
		t.Errorf("got %+v, %v", d, err)
	}
	for name, bad := range map[string]func() error{
		"no reason":       func() error { g := f; g.Reason = " "; _, err := promotion.Rollback(g, "production", ""); return err },
		"nothing there":   func() error { _, err := promotion.Rollback(f, "canary", ""); return err },
		"unknown version": func() error { _, err := promotion.Rollback(f, "production", "v9.0.0"); return err },
		"nothing before":  func() error { g := f; g.Entries = two[:2]; _, err := promotion.Rollback(g, "staging", ""); return err },
	} {
		if bad() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestRollbackTwice(t *testing.T) {
	t.Parallel()
	var entries []mlgate.Entry
	for i, v := range []string{"v0.1.0", "v0.2.0", "v0.3.0", "v0.4.0"} {
		entries = append(entries, version(v, v), assigned("production", v, v, strconv.Itoa(i+1)))
	}
	entries = append(entries, version("v0.5.0", "never there"))
	back := func(to string) string {
		d, err := promotion.Rollback(promotion.Facts{Entries: entries, Reason: "odd"}, "production", to)
		if err != nil {
			return err.Error()
		}
		entries = append(entries, assigned("production", d.Move.Version, d.Move.Commit, strconv.Itoa(len(entries))))
		return d.Move.Version
	}
	for _, step := range []struct{ to, want string }{
		{"v0.5.0", "not what it had before"}, {"", "v0.3.0"}, {"v0.4.0", "not what it had before"}, {"", "v0.2.0"}, {"v0.1.0", "v0.1.0"}, {"", "the oldest that it ever had"},
	} {
		if got := back(step.to); !strings.Contains(got, step.want) {
			t.Errorf("back to %q: %s, want %s", step.to, got, step.want)
		}
	}
}

func TestNextVersion(t *testing.T) {
	t.Parallel()
	for want, have := range map[string][]string{
		"v0.1.0": nil, "v0.10.0": {"v0.9.3", "v0.2.0"}, "v2.1.0": {"v1.9.0", "v2.0.0-rc.1"}, "v0.3.0": {"v0.2.0", "not a version"},
	} {
		var entries []mlgate.Entry
		for _, v := range have {
			entries = append(entries, version(v, v))
		}
		if got := promotion.NextVersion(entries, ""); got != want {
			t.Errorf("after %v comes %s, want %s", have, got, want)
		}
	}
}

func TestSoak(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	rules := []mlgate.StageRule{{To: "staging", When: "merge"}, {To: "production", When: "manual", From: "staging", Soak: 24 * time.Hour}}
	for name, c := range map[string]struct {
		since map[string]time.Time
		want  promotion.Action
		says  string
	}{
		"long enough":      {map[string]time.Time{"staging": now.Add(-24 * time.Hour)}, promotion.Move, ""},
		"not yet":          {map[string]time.Time{"staging": now.Add(-23 * time.Hour)}, promotion.Soaking, "1h0m0s to go"},
		"nobody knows":     {nil, promotion.Soaking, "24h0m0s to go"},
		"clock that jumps": {map[string]time.Time{"staging": now.Add(time.Hour)}, promotion.Soaking, "24h0m0s to go"},
	} {
		d, err := promotion.ByHand(promotion.Facts{Model: "m", Entries: two, Stages: rules, Now: now, Since: c.since}, "production", "")
		if err != nil || d.Action != c.want || !strings.Contains(d.Why, c.says) {
			t.Errorf("%s: got %+v, %v", name, d, err)
		}
	}
}

func TestBump(t *testing.T) {
	t.Parallel()
	for bump, want := range map[string]string{"": "v0.3.0", "minor": "v0.3.0", "major": "v1.0.0", "patch": "v0.2.1"} {
		if got := promotion.NextVersion(two, bump); got != want {
			t.Errorf("bump %q: %s, want %s", bump, got, want)
		}
		if got := promotion.NextVersion(nil, bump); got != "v0.1.0" {
			t.Errorf("the first version with bump %q: %s", bump, got)
		}
	}
}

func TestApprovals(t *testing.T) {
	t.Parallel()
	rules := []mlgate.StageRule{{To: "staging", When: "merge"}, {To: "production", When: "manual", From: "staging", Approvals: 2}}
	yes := func(who ...string) (all []mlgate.StageApproval) {
		for _, w := range who {
			all = append(all, mlgate.StageApproval{Stage: "production", Version: "v0.2.0", From: "v0.1.0", Revision: "2", By: w})
		}
		return all
	}
	for name, c := range map[string]struct {
		said []mlgate.StageApproval
		want promotion.Action
	}{
		"two others":                        {yes("kim", "lee"), promotion.Move},
		"nobody":                            {nil, promotion.Unapproved},
		"one":                               {yes("kim"), promotion.Unapproved},
		"one twice":                         {yes("kim", "Kim"), promotion.Unapproved},
		"one and who asks for it":           {yes("kim", "ada"), promotion.Unapproved},
		"two, of another version":           {[]mlgate.StageApproval{{Stage: "production", Version: "v0.1.0", By: "kim"}, {Stage: "production", Version: "v0.1.0", By: "lee"}}, promotion.Unapproved},
		"two, for another stage":            {[]mlgate.StageApproval{{Stage: "canary", Version: "v0.2.0", By: "kim"}, {Stage: "canary", Version: "v0.2.0", By: "lee"}}, promotion.Unapproved},
		"two, one without any name":         {yes("kim", ""), promotion.Unapproved},
		"two, of other evidence":            {[]mlgate.StageApproval{{Stage: "production", Version: "v0.2.0", From: "v0.1.0", Revision: "2", Evidence: "ff", By: "kim"}, {Stage: "production", Version: "v0.2.0", From: "v0.1.0", Revision: "2", Evidence: "ff", By: "lee"}}, promotion.Unapproved},
		"two, before it moved":              {[]mlgate.StageApproval{{Stage: "production", Version: "v0.2.0", From: "v0.0.9", Revision: "2", By: "kim"}, {Stage: "production", Version: "v0.2.0", From: "v0.0.9", Revision: "2", By: "lee"}}, promotion.Unapproved},
		"two, before it went and came back": {[]mlgate.StageApproval{{Stage: "production", Version: "v0.2.0", From: "v0.1.0", Revision: "0", By: "kim"}, {Stage: "production", Version: "v0.2.0", From: "v0.1.0", Revision: "0", By: "lee"}}, promotion.Unapproved},
		"one, with blanks around":           {yes("kim", " kim "), promotion.Unapproved},
	} {
		d, err := promotion.ByHand(promotion.Facts{Model: "m", Entries: two, Stages: rules, By: "Ada", Approvals: c.said}, "production", "")
		if err != nil || d.Action != c.want {
			t.Errorf("%s: got %+v, %v", name, d, err)
		}
	}
}

// A move back takes back what came after; a version counts once.
func TestLineage(t *testing.T) {
	t.Parallel()
	var entries []mlgate.Entry
	for i, v := range []string{"v0.1.0", "v0.2.0", "v0.3.0", "v0.2.0", "v0.4.0", "v0.5.0"} {
		entries = append(entries, assigned("production", v, v, strconv.Itoa(i+1)))
	}
	var got []string
	for _, e := range promotion.Lineage(append(entries, assigned("staging", "v0.9.0", "v0.9.0", "1")), "production") {
		got = append(got, e.Version)
	}
	if want := "v0.1.0 v0.2.0 v0.4.0 v0.5.0"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
