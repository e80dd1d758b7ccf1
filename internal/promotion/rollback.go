package promotion

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Rollback decides on going back: to the version that the stage had before, or to the one named,
// which must be one of those. Nothing is judged again, and a hold does not stop it. Twice goes back
// twice: what was left behind is never returned to.
func Rollback(f Facts, stage, to string) (Decision, error) {
	now, ok := Current(f.Entries, stage)
	gone := f.Missing(stage) != "" && !f.Lost[stage].Version
	if gone && to == "" {
		return Decision{}, &mlgate.Waiting{Reason: fmt.Sprintf("rolling back %q: %s; or name the version to go to with --to", stage, f.Missing(stage))}
	}
	if !ok {
		return Decision{}, mistake("`mlgate status` names the stages", "rolling back %q: nothing is in that stage of %s", stage, f.Model)
	}
	now = f.named([]mlgate.Entry{now})[0]
	if strings.TrimSpace(f.Reason) == "" {
		return Decision{}, mistake("say why with --reason", "rolling back %q: there is no reason", stage)
	}
	if to == now.Version && !gone {
		d := Decision{Action: Nothing, Move: f.move(stage, "rollback"), Why: fmt.Sprintf("%s is %s already", stage, to)}
		d.Move.Version = to
		return d, nil
	}
	at, err := f.target(stage, to, now)
	if err != nil {
		return Decision{}, err
	}
	d := Decision{Action: Move, Move: f.move(stage, "rollback")}
	d.Move.Version, d.Move.Commit, d.Move.Evidence, d.Move.Artifact = at.Version, at.Commit, at.Evidence, at.Artifact
	return d, nil
}

// target is the version to go back to. One that the ledger has, and whose tags are not there or not as they were, is
// not passed over in silence.
func (f Facts) target(stage, to string, now mlgate.Entry) (mlgate.Entry, error) {
	way := f.back(stage, now)
	if to == "" && len(way) == 0 {
		return now, mistake("`mlgate history` shows what there is; any other version needs `mlgate promote`", "rolling back %q: %s is the oldest that it ever had", stage, now.Version)
	}
	e := now // where its newest tag is gone, it seems to be there: the tag says so from now on
	switch i := slices.IndexFunc(way, func(e mlgate.Entry) bool { return e.Version == to }); {
	case to == "":
		e = way[0]
	case i >= 0:
		e = way[i]
	case to != now.Version:
		return now, mistake("one of: "+cmp.Or(f.sound(way), "(none)")+"; any other version needs `mlgate promote`, which judges it", "rolling back %q to %s: that is not what it had before %s", stage, to, now.Version)
	}
	if err := f.overlooked(stage, e, to != "", way); err != nil {
		return now, err
	}
	at, ok := find(f.Entries, e.Version)
	if !ok {
		return now, mistake("`mlgate history` shows what there is", "rolling back %q to %s: it is not registered", stage, e.Version)
	}
	return at, nil
}

// back are the versions that a stage had before the current one, newest first, less those that were
// left by going back. Coming to a version again undoes all that came after it.
func (f Facts) back(stage string, now mlgate.Entry) []mlgate.Entry {
	var way []mlgate.Entry
	for _, e := range f.course(stage) {
		same := func(o mlgate.Entry) bool { return o.Version == e.Version }
		if e.Removed {
			way = slices.DeleteFunc(way, same)
			continue
		}
		if i := slices.IndexFunc(way, same); i >= 0 {
			way = way[:i]
		}
		way = append(way, e)
	}
	way = slices.DeleteFunc(way, func(e mlgate.Entry) bool {
		_, registered := find(f.Entries, e.Version)
		takenBack := slices.ContainsFunc(f.Entries, func(o mlgate.Entry) bool { return o.Stage == "" && o.Removed && o.Version == e.Version })
		return e.Version == now.Version || e.Commit == now.Commit || !registered && (takenBack || len(f.given(e.Version)) == 0)
	})
	slices.Reverse(way)
	return way
}
