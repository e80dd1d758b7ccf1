package bundle

import (
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// longest is how long a run may have taken, in seconds: a year, which is more than any timeout.
const longest = 366 * 24 * 3600

// repeatsFit reports whether what evidence says of runs for several seeds agrees with itself: as many
// repeats of each metric as runs, and who chose their number said once.
func repeatsFit(e mlgate.Evidence) bool {
	if e.Repeats == nil {
		return fits(e, "", 0)
	}
	n := len(e.Repeats.Seconds)
	if slices.ContainsFunc(e.Repeats.Seconds, func(s float64) bool { return !(s >= 0 && s <= longest) }) {
		return false // a budget counts them
	}
	for _, name := range e.Repeats.Steps {
		if !stepName().MatchString(name) {
			return false
		}
	}
	return (e.Repeats.Runs == mlgate.RunsFixed || e.Repeats.Runs == mlgate.RunsConclusive) && len(e.Repeats.Ended) <= maxText && n >= 1 && n <= mlgate.MaxRuns && len(e.Repeats.Steps) <= maxSteps && fits(e, e.Repeats.Runs, n)
}

func fits(e mlgate.Evidence, runs string, n int) bool {
	for _, m := range e.Metrics {
		if m.Runs != "" && (m.Runs != runs || len(m.Repeats) != n) {
			return false
		}
	}
	return true
}
