package mlgate

// Repeats says that steps ran once for each of several seeds. Whoever runs them writes it: no file of
// evidence can.
type Repeats struct {
	Runs    string    `json:"runs"`              // "fixed": their number was chosen before the first; "conclusive": somebody looked at the gates after each
	Steps   []string  `json:"steps"`             // that ran once for each seed; the others ran once
	Seconds []float64 `json:"seconds"`           // of each run; the seeds are 0 and what follows
	Ended   string    `json:"ended,omitempty"`   // why there were no more
	Extends *Extended `json:"extends,omitempty"` // the first runs are of other evidence; absent: all are its own
}

// Extended names the evidence whose runs other evidence begins with.
type Extended struct {
	Evidence Digest `json:"evidence"` // of the same recipe
	Runs     int    `json:"runs"`     // that it has
}

// RunsFixed says of repeats that their number was fixed before the first, RunsConclusive that somebody
// looked after each whether there were enough: only a test that allows for that is honest then.
const (
	RunsFixed      = "fixed"
	RunsConclusive = "conclusive"
)

// SeedName is the variable by which a step learns its seed: 0 for the first run, then 1, 2 and so on.
const SeedName = "MLGATE_SEED"

// MaxRuns is how often the steps of one judgment run at most.
const MaxRuns = 100

// MeanOf is the mean: it goes step by step, so that large numbers do not overflow on the way.
func MeanOf(all []Number) Number {
	m := 0.0
	for i, n := range all {
		k := float64(i + 1)
		m = m*(float64(i)/k) + float64(n)/k
	}
	return Number(m)
}
