package bundle

import "github.com/mlgate/mlgate/internal/mlgate"

// repeatsFit reports whether what evidence says of runs for several seeds agrees with itself: as many
// repeats of each metric as runs, and who chose their number said once.
func repeatsFit(e mlgate.Evidence) bool {
	if e.Repeats == nil {
		return fits(e, "", 0)
	}
	n := len(e.Repeats.Seconds)
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
