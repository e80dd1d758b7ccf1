package mlgate

import "slices"

// Finding is one thing that a gate, a policy or a governance rule says.
type Finding struct {
	Rule    string  `json:"rule"`             // "gate/accuracy", "policy/mlgate/metric-removed", "governance/demands", "step/train"
	Status  Status  `json:"status"`           // what it says
	Message string  `json:"message"`          // for people
	Fix     string  `json:"fix,omitempty"`    // what to do about it
	Title   string  `json:"title,omitempty"`  // of a policy, from its metadata
	Why     string  `json:"why,omitempty"`    // the policy exists, from its metadata
	Pos     Pos     `json:"pos,omitzero"`     // where it was asked for
	Waived  *Waiver `json:"waived,omitempty"` // the exception under which it does not count
}

// GateResult is what one gate says of one metric, with the numbers that led to it.
type GateResult struct {
	Finding
	Metric  string    `json:"metric"`            // name
	Pattern string    `json:"pattern,omitempty"` // that named the metric, where it is not its name
	Base    *Number   `json:"base,omitempty"`    // nil: absent on that side, or no baseline
	Head    *Number   `json:"head,omitempty"`    // nil: absent on that side
	Better  Direction `json:"better,omitempty"`  // higher or lower; empty: unknown
	Limits  []Limit   `json:"limits,omitempty"`  // resolved, in the metric's unit
	Unit    string    `json:"unit,omitempty"`    // of the metric
	Less    *Less     `json:"less,omitempty"`    // set: the metric rests on less than the baseline's
	How     string    `json:"how,omitempty"`     // of a derived metric: what it was computed from, with numbers
	Slices  *Slices   `json:"slices,omitempty"`  // set: it speaks for all metrics that the gate's pattern names, and Metric is the pattern
	Past    *GatePast `json:"past,omitempty"`    // what accepted versions measured, where the gate looks at them
	Test    *Test     `json:"test,omitempty"`    // that the bounds on the change were judged by; nil: by the numbers as they are
}

// Test is what a statistical test says of the change from baseline to head, or of a computed number itself. The
// interval is two-sided and leaves 1 − Confidence on either side: a bound beyond its end is kept, or broken, as surely as that.
type Test struct {
	Method     string  `json:"method"`           // "cautious welch", "tango exact", "cautious t", "delong", "miettinen-nurminen exact", "z"
	Confidence float64 `json:"confidence"`       // one-sided, as demanded: 0.95
	Number     bool    `json:"number,omitempty"` // it is about the number itself, not about its change, and min and max are judged by it
	Change     Number  `json:"change"`           // head − baseline, in the metric's unit; or the number itself
	Low        Number  `json:"low"`              // end of the interval
	High       Number  `json:"high"`             // end of the interval
	Of         string  `json:"of,omitempty"`     // "examples" or "repeats" that Head and Base count
	Head       int64   `json:"head,omitempty"`   // of this change
	Base       int64   `json:"base,omitempty"`   // of the baseline
	Pairs      int64   `json:"pairs,omitempty"`  // examples that both sides were measured on, which the test compares one by one
	Groups     int64   `json:"groups,omitempty"` // of a test of the number itself: parts that it is computed from, each with Head examples or more
	Needs      int64   `json:"needs,omitempty"`  // of them on each side would settle it in four of five cases, if the change is what it seems to be

	Bounds     []TestedBound `json:"bounds,omitempty"`     // what it says of each bound
	Correction Correction    `json:"correction,omitempty"` // by which p_broken was adjusted; absent: it was not
	Tests      int           `json:"tests,omitempty"`      // how many bounds were adjusted together
}

// NoTest is Test.Method where none could be made: nothing is shown then, and Low and High say nothing.
const NoTest = "none"

// TestedBound is what a test says of one bound on the change. Both p-values are one-sided: small means that
// the claim is shown.
type TestedBound struct {
	From     string  `json:"from"`              // the key in mlops.yaml
	Broken   float64 `json:"p_broken"`          // of numbers like these, or further beyond the bound, if it just held
	Adjusted float64 `json:"p_broken_adjusted"` // the same after the correction: at most 1 − confidence, and the gate fails
	Kept     float64 `json:"p_kept"`            // of numbers like these, or further within, if it was just broken: at most 1 − confidence, and the gate passes
}

// Slices counts the metrics that a gate with a pattern is about.
type Slices struct {
	Judged int `json:"judged"`           // by the gate's bounds
	Broken int `json:"broken,omitempty"` // of them: they fail or warn
	Small  int `json:"small,omitempty"`  // not judged: fewer examples than min_examples, here and in the baseline
	Folded int `json:"folded,omitempty"` // judged, and not among the results by name
}

// Less is how much evidence a metric rests on, and how much the baseline's does.
type Less struct {
	What string `json:"what"` // "examples", "repeats", "counted hits", "repeats that agree", "repeats that give its number", "numbers in the same unit", "standard errors", or what examples lack
	Head int64  `json:"head"` // of this change
	Base int64  `json:"base"` // of the baseline: more
}

// Limit is one resolved bound: the head must be Op Value.
type Limit struct {
	Op    string `json:"op"`    // ">=" or "<="
	Value Number `json:"value"` // in the metric's unit
	From  string `json:"from"`  // the key in mlops.yaml: min, max, max_drop, max_rise, min_drop, min_rise, max_change, ratchet, band, max_total_drop, max_total_rise
}

// The keys of mlops.yaml for limits on the number as it is.
const (
	MinKey = "min"
	MaxKey = "max"
)

// The keys of mlops.yaml for bounds on the change since the baseline.
const (
	MaxDropKey   = "max_drop"
	MaxRiseKey   = "max_rise"
	MinDropKey   = "min_drop"
	MinRiseKey   = "min_rise"
	MaxChangeKey = "max_change"
)

// OnChange reports whether the limit was computed from the baseline, and a test may judge it.
func (l Limit) OnChange() bool {
	return slices.Contains([]string{MaxDropKey, MaxRiseKey, MinDropKey, MinRiseKey, MaxChangeKey}, l.From)
}

// Change of one value between baseline and head; an empty side means absent there.
type ValueChange struct {
	Name string `json:"name"`          // dotted key
	Old  string `json:"old,omitempty"` // before
	New  string `json:"new,omitempty"` // after
}

// FileChange is one path that differs between two trees: mode and blob id on both sides, empty
// where absent. No renames are guessed.
type FileChange struct {
	Path             string
	OldMode, NewMode string
	OldID, NewID     string
}
