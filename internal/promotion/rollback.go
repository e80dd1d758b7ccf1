package promotion

import (
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
	if strings.TrimSpace(f.Reason) == "" {
		return Decision{}, mistake("say why with --reason", "rolling back %q: there is no reason", stage)
	}
	way := back(f.Entries, stage, now)
	switch {
	case to == now.Version && gone: // it seems to be there: the tag says so from now on
	case to == now.Version:
		d := Decision{Action: Nothing, Move: f.move(stage, "rollback"), Why: fmt.Sprintf("%s is %s already", stage, to)}
		d.Move.Version = to
		return d, nil
	case to == "" && len(way) == 0:
		return Decision{}, mistake("`mlgate history` shows what there is; any other version needs `mlgate promote`", "rolling back %q: %s is the oldest that it ever had", stage, now.Version)
	case to == "":
		to = way[0]
	case !slices.Contains(way, to):
		return Decision{}, mistake("one of: "+orNone(way)+"; any other version needs `mlgate promote`, which judges it", "rolling back %q to %s: that is not what it had before %s", stage, to, now.Version)
	}
	at, ok := find(f.Entries, to)
	if !ok {
		return Decision{}, mistake("`mlgate history` shows what there is", "rolling back %q to %s: it is not registered", stage, to)
	}
	d := Decision{Action: Move, Move: f.move(stage, "rollback")}
	d.Move.Version, d.Move.Commit, d.Move.Evidence, d.Move.Artifact = at.Version, at.Commit, at.Evidence, at.Artifact
	return d, nil
}

// back are the versions that a stage had before the current one, newest first, less those that were
// left by going back. Coming to a version again undoes all that came after it.
func back(entries []mlgate.Entry, stage string, now mlgate.Entry) []string {
	var way []string
	for _, e := range Assignments(entries, stage) {
		if e.Removed {
			way = slices.DeleteFunc(way, func(v string) bool { return v == e.Version })
			continue
		}
		if i := slices.Index(way, e.Version); i >= 0 {
			way = way[:i]
		}
		way = append(way, e.Version)
	}
	way = slices.DeleteFunc(way, func(v string) bool {
		_, registered := find(entries, v)
		return v == now.Version || !registered
	})
	slices.Reverse(way)
	return way
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "(none)"
	}
	return strings.Join(names, ", ")
}
