package governance

import (
	"fmt"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Horizon is the longest time that a waiver may still run: an exception without an end is a rule.
const Horizon = 183 * 24 * time.Hour

// Waive marks what the waivers excuse, and says which of them do nothing. A waiver excuses one
// literal rule until its last day ends, in UTC. What could not be decided is never excused.
func Waive(gates []mlgate.GateResult, findings []mlgate.Finding, waivers []mlgate.Waiver, now time.Time) []mlgate.Finding {
	var out []mlgate.Finding
	for i := range waivers {
		w := &waivers[i]
		end := w.Until.AddDate(0, 0, 1)
		switch {
		case !now.Before(end):
			out = append(out, about(w, "waiver/expired", fmt.Sprintf("the waiver of %s ended on %s and excuses nothing any more", w.Rule, day(w.Until)), "take it out"))
		case end.Sub(now) > Horizon:
			out = append(out, about(w, "waiver/too-long", fmt.Sprintf("the waiver of %s runs until %s and is not used: an exception lasts at most %d days", w.Rule, day(w.Until), int(Horizon.Hours()/24)), "give it an earlier end"))
		case !use(w, gates, findings):
			out = append(out, about(w, "waiver/unused", fmt.Sprintf("the waiver of %s excuses nothing here", w.Rule), "take it out when it is no longer needed"))
		}
	}
	return out
}

// about is a finding on a waiver itself. An unused one does not change the verdict.
func about(w *mlgate.Waiver, rule, message, fix string) mlgate.Finding {
	status := mlgate.Warn
	if rule == "waiver/unused" {
		status = mlgate.Pass
	}
	return mlgate.Finding{Rule: rule, Status: status, Message: message, Fix: fix, Pos: w.Pos}
}

func use(w *mlgate.Waiver, gates []mlgate.GateResult, findings []mlgate.Finding) bool {
	used := false
	mark := func(f *mlgate.Finding) {
		if f.Rule == w.Rule && f.Status > mlgate.Unknown && f.Status < mlgate.Pass {
			f.Waived, used = w, true
		}
	}
	for i := range gates {
		mark(&gates[i].Finding)
	}
	for i := range findings {
		mark(&findings[i])
	}
	return used
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
