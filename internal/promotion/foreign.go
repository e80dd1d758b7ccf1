package promotion

import (
	"fmt"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Adopt is the word under which automation goes on after another tool moved a stage.
const Adopt = "adopt"

// Newest is the newest assignment of a stage, or the taking back of one.
func Newest(entries []mlgate.Entry, stage string) (mlgate.Entry, bool) {
	of := Assignments(entries, stage)
	if len(of) == 0 {
		return mlgate.Entry{}, false
	}
	return of[len(of)-1], true
}

// Ours reports whether mlgate ever moved a stage. Before that, what other tools did is the history
// that it starts from.
func Ours(entries []mlgate.Entry, stage string) bool {
	for _, e := range Assignments(entries, stage) {
		if e.Move != "" {
			return true
		}
	}
	return false
}

// stopped reports whether automation leaves a stage alone because another tool moved it, and nobody
// accepted that.
func (f Facts) stopped(rule mlgate.StageRule) bool {
	strange, is := f.Foreign[rule.To]
	return is && rule.OnForeignMove != Adopt && f.Holds[rule.To].Adopted != strange.Ref
}

func (f Facts) strangeWords(stage string) string {
	e := f.Foreign[stage]
	did := "moved to " + e.Version
	if e.Removed {
		did = "taken from " + e.Version
	}
	who := "another tool"
	if e.By != "" {
		who += " for " + e.By
	}
	return fmt.Sprintf("%s by %s (tag %s); `mlgate unhold %s --reason …` accepts that and lets automation go on", did, who, e.Ref, stage)
}

// soak is how long a version must still stay in the stage before. An unknown beginning is now, and so
// is one in the future: a clock that is wrong never shortens it.
func (f Facts) soak(rule mlgate.StageRule) time.Duration {
	if rule.Soak == 0 {
		return 0
	}
	since, known := f.Since[rule.From]
	if !known || since.After(f.Now) {
		return rule.Soak
	}
	return max(0, rule.Soak-f.Now.Sub(since))
}
