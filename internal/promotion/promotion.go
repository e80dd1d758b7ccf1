// Package promotion decides from facts what happens to a stage: move it, leave it, refuse. It is
// pure: the same facts give the same decision, and nothing is moved here.
package promotion

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Facts are all that a decision rests on.
type Facts struct {
	Model    string
	Entries  []mlgate.Entry // of the registry, oldest first
	Holds    map[string]mlgate.Hold
	Stages   []mlgate.StageRule
	Commit   string // to be promoted on a merge
	Recipe   mlgate.Digest
	Evidence mlgate.Digest
	Artifact mlgate.Digest
	// Descends: by commit of a version, whether Commit is it or comes after it. Older: whether
	// Commit comes before it.
	Descends map[string]bool
	Older    map[string]bool
	// Same: by stage, whether the version there is of the recipe to be promoted.
	Same map[string]bool
	// Foreign: by stage, its newest assignment when another tool made it, or when it names a move that
	// the ledger does not know.
	Foreign map[string]mlgate.Entry
	// Lost: by stage, its newest move when its tag, or its version's, was deleted. Given are versions that
	// the ledger knows, whether they have a tag or not.
	Lost  map[string]Lost
	Given []string
	// Done are the moves that the ledger has for done, of all stages: for going back.
	Done []mlgate.Move
	// Approvals are what people said yes to.
	Approvals []mlgate.StageApproval
	// Since: by stage, when its version came there, as the ledger has it.
	Since  map[string]time.Time
	By     string
	Reason string
	Now    time.Time
}

// Action is what is to be done with one stage. The zero value moves nothing.
type Action int

// The actions.
const (
	Blocked    Action = iota // refused
	Nothing                  // it is there already
	Superseded               // the stage is ahead of this commit
	Held                     // a person pinned it, or another tool moved it
	Unapproved               // people must say yes first
	Soaking                  // it must stay longer in the stage before
	Move
)

// Decision is an action on one stage, with the words for people. Move is filled in for every action,
// so that a report can say what it would have been.
type Decision struct {
	Action Action
	Move   mlgate.Move
	Why    string
}

// OnMerge decides on every stage of `when: merge`, in the order of the file.
func OnMerge(f Facts) []Decision {
	var out []Decision
	for _, rule := range f.Stages {
		if rule.When == "merge" {
			out = append(out, onMerge(f, rule))
		}
	}
	return out
}

func onMerge(f Facts, rule mlgate.StageRule) Decision {
	d := Decision{Action: Move, Move: f.move(rule.To, "merge")}
	d.Move.Commit, d.Move.Recipe, d.Move.Evidence, d.Move.Artifact = f.Commit, f.Recipe, f.Evidence, f.Artifact
	if v, ok := versionAt(f.Entries, f.Commit); ok {
		d.Move.Version = v.Version
	} else {
		d.Move.Version, d.Move.Register = NextVersion(f.Entries, rule.Bump, f.Given...), true
	}
	now, filled := Current(f.Entries, rule.To)
	gone := f.Missing(rule.To)
	switch hold := f.Holds[rule.To]; {
	case gone != "" && rule.OnForeignMove != Adopt:
		d.Action, d.Why = Held, gone
	case filled && (now.Commit == f.Commit || f.Same[rule.To]):
		d.Move.Version = now.Version
		d.Action, d.Why = Nothing, fmt.Sprintf("%s is %s already", rule.To, now.Version)
	case hold.Held:
		d.Action, d.Why = Held, heldWords(hold)
	case f.stopped(rule):
		d.Action, d.Why = Held, f.strangeWords(rule.To)
	case filled && f.Older[now.Commit]:
		d.Action, d.Why = Superseded, fmt.Sprintf("%s is at %s, which is newer than this commit; going back is a rollback", rule.To, now.Version)
	default:
		d.Why = gone // `adopt`: it goes on, and says so
	}
	return d
}

// move starts a move of a stage from where it points.
func (f Facts) move(stage, why string) mlgate.Move {
	m := mlgate.Move{Model: f.Model, Stage: stage, Why: why, Reason: f.Reason, By: f.By, At: f.Now.UTC()}
	if now, ok := Current(f.Entries, stage); ok {
		m.From = now.Version
	}
	if of := Assignments(f.Entries, stage); len(of) > 0 {
		m.Revision = of[len(of)-1].Revision
	}
	return m
}

func heldWords(h mlgate.Hold) string {
	s := "held by " + h.By + " since " + h.At.UTC().Format("2006-01-02 15:04 UTC")
	if h.Reason != "" {
		s += ": " + h.Reason
	}
	return s + "; `mlgate unhold " + h.Stage + " --reason …` lifts it"
}

// ByHand decides on a promotion that a person asked for. An empty version is the one that the
// stage's `from` points at, or the newest when it has no `from`.
func ByHand(f Facts, stage, version string) (Decision, error) {
	i := slices.IndexFunc(f.Stages, func(r mlgate.StageRule) bool { return r.To == stage })
	if i < 0 {
		return Decision{}, mistake("name one of: "+stageNames(f.Stages), "promoting to %q: mlops.yaml on the default branch has no such stage", stage)
	}
	rule := f.Stages[i]
	if err := f.sure(rule); err != nil {
		return Decision{}, err
	}
	version, err := wanted(f, rule, version)
	if err != nil {
		return Decision{}, err
	}
	at, ok := find(f.Entries, version)
	if !ok {
		return Decision{}, mistake("`mlgate history` shows what there is", "promoting %s %s: it is not registered", f.Model, version)
	}
	d := Decision{Action: Move, Move: f.move(stage, "manual")}
	d.Move.Version, d.Move.Commit, d.Move.Evidence, d.Move.Artifact = at.Version, at.Commit, at.Evidence, at.Artifact
	if now, ok := Current(f.Entries, stage); ok && now.Version == version {
		d.Action, d.Why = Nothing, fmt.Sprintf("%s is %s already", stage, version)
	} else if hold := f.Holds[stage]; hold.Held {
		d.Action, d.Why = Held, stage+" is "+heldWords(hold)
	} else if have := f.approved(d.Move); len(have) < rule.Approvals {
		d.Action, d.Why = Unapproved, fmt.Sprintf("%s needs %s for %s by others than %s and has %d%s: `mlgate approve %s`", version, mlgate.Counted(rule.Approvals, "approval"), stage, f.By, len(have), by(have), stage)
	} else if left := f.soak(rule); left > 0 {
		d.Action, d.Why = Soaking, fmt.Sprintf("%s must be in %s for %s before it goes to %s: %s to go", version, rule.From, rule.Soak, stage, left.Round(time.Second))
	}
	return d, nil
}

func wanted(f Facts, rule mlgate.StageRule, version string) (string, error) {
	if rule.From == "" {
		if version != "" {
			return version, nil
		}
		if all := Versions(f.Entries); len(all) > 0 {
			return all[0].Version, nil
		}
		return "", mistake("promote a commit of the default branch first", "promoting to %s: %s has no version yet", rule.To, f.Model)
	}
	from, ok := Current(f.Entries, rule.From)
	if !ok {
		return "", mistake("", "promoting to %s: it takes what is in %s, and nothing is there yet", rule.To, rule.From)
	}
	if version != "" && version != from.Version {
		return "", mistake(fmt.Sprintf("bring %s to %s first", version, rule.From), "promoting %s to %s: it takes what is in %s, and that is %s", version, rule.To, rule.From, from.Version)
	}
	return from.Version, nil
}

// Assignments are those of one stage by counter.
func Assignments(entries []mlgate.Entry, stage string) []mlgate.Entry {
	var of []mlgate.Entry
	for _, e := range entries {
		if e.Stage == stage {
			of = append(of, e)
		}
	}
	slices.SortStableFunc(of, func(a, b mlgate.Entry) int { return cmp.Compare(a.Counter(), b.Counter()) })
	return of
}

// Lineage are the versions that a stage came to be at, oldest first, each once: a move back to an earlier one
// takes back those after it.
func Lineage(entries []mlgate.Entry, stage string) []mlgate.Entry {
	var line []mlgate.Entry
	places := map[string]int{}
	for _, e := range Assignments(entries, stage) {
		if at, known := places[e.Version]; known && at < len(line) && line[at].Version == e.Version {
			line = line[:at+1]
		} else {
			places[e.Version], line = len(line), append(line, e)
		}
	}
	return line
}

// Current is where a stage points: its newest assignment by counter that was not taken back.
func Current(entries []mlgate.Entry, stage string) (mlgate.Entry, bool) {
	removed := map[string]bool{}
	for _, e := range slices.Backward(Assignments(entries, stage)) {
		if e.Removed {
			removed[e.Version] = true
			continue
		}
		if !removed[e.Version] {
			return e, true
		}
	}
	return mlgate.Entry{}, false
}

// Versions are the registered ones, newest first.
func Versions(entries []mlgate.Entry) []mlgate.Entry {
	removed := map[string]bool{}
	for _, e := range entries {
		if e.Stage == "" {
			removed[e.Version] = e.Removed
		}
	}
	var out []mlgate.Entry
	for _, e := range entries {
		if e.Stage == "" && !e.Removed && !removed[e.Version] {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b mlgate.Entry) int { return compareVersions(b.Version, a.Version) })
	return out
}

func find(entries []mlgate.Entry, version string) (mlgate.Entry, bool) {
	for _, e := range Versions(entries) {
		if e.Version == version {
			return e, true
		}
	}
	return mlgate.Entry{}, false
}

func versionAt(entries []mlgate.Entry, commit string) (mlgate.Entry, bool) {
	for _, e := range Versions(entries) {
		if e.Commit == commit {
			return e, true
		}
	}
	return mlgate.Entry{}, false
}

func stageNames(rules []mlgate.StageRule) string {
	var names []string
	for _, r := range rules {
		names = append(names, r.To)
	}
	if len(names) == 0 {
		return "(none: `promote` is empty)"
	}
	return strings.Join(names, ", ")
}

func mistake(fix, format string, args ...any) error {
	return &mlgate.Mistake{Err: fmt.Errorf(format, args...), Fix: fix}
}
