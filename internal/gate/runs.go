package gate

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// watched reports whether somebody looked at the repeats of either side while there came more.
func (s sided) watched() bool {
	return s.was && (s.head.Runs == mlgate.RunsConclusive || s.base.Runs == mlgate.RunsConclusive)
}

// single reports whether this change ran for several seeds and the baseline for one: then its one number
// is a repeat too, of the same spread.
func (s sided) single() bool {
	return s.was && s.head.Runs != "" && len(s.head.Repeats) > 1 && len(s.base.Repeats) < 2
}

// runs are the repeats of a metric, or its one number.
func runs(m mlgate.Metric) []float64 {
	if len(m.Repeats) == 0 {
		return []float64{float64(m.Value)}
	}
	return floats(m.Repeats)
}

// leastRuns of this change must be there before anything is decided by looking at them: fewer do not show
// whether its seeds differ as much as the baseline's, which the test takes them to.
const leastRuns = 3

// anytime compares the repeats of both sides by what may be looked at after every one. As long as they are
// too few, and where those of this change lie implausibly far apart, the difference may be anything.
func (s sided) anytime(level float64) stat.Estimate {
	head, base := runs(s.head), runs(s.base)
	e, err := stat.SequenceOfTwo(head, base, level)
	if err != nil || len(head) < leastRuns || s.wild() {
		return stat.NoSequence(float64(s.head.Value-s.base.Value), level)
	}
	return e
}

// wild reports whether the repeats of this change lie further apart beside the baseline's than chance allows.
func (s sided) wild() bool {
	head, is := spread(s.head)
	base, several := spread(s.base)
	if !is || !several {
		return false
	}
	widest, err := stat.WidestSpread(len(s.head.Repeats), len(s.base.Repeats), noisier, 1-s.rule.Confidence)
	return err == nil && head > widest*base
}

// unruly reports whether runs of this change are wild against as many of the baseline as show its spread: then
// what they say is less than what the baseline says. A change could else keep every test undecided.
func (s sided) unruly() bool {
	return s.rule.Confidence > 0 && s.head.Runs == mlgate.RunsConclusive && len(s.base.Repeats) >= leastRuns && s.wild()
}

// stray reports whether repeats of this change say nothing of its number, where the baseline's do.
func (s sided) stray() bool {
	_, known := spread(s.base)
	_, about := spread(s.head)
	return s.rule.Confidence > 0 && known && len(s.head.Repeats) > 1 && !about
}

// stuck says that all repeats of one side, three and more, gave the same number and those of the other did not; empty:
// it is not so. They are most likely one run again and again, by a step that takes no heed of its seed, and show
// nothing of chance, where a test would take them for certain.
func (s sided) stuck() string {
	same := func(m mlgate.Metric) bool {
		return len(m.Repeats) >= leastRuns && len(slices.Compact(floats(m.Repeats))) == 1
	}
	many := func(m mlgate.Metric) bool { return len(m.Repeats) > 1 }
	switch {
	case same(s.head) && many(s.base) && !same(s.base):
		return fmt.Sprintf("its %d repeats are all the same, where the baseline's are not", len(s.head.Repeats))
	case same(s.base) && many(s.head) && !same(s.head):
		return fmt.Sprintf("the baseline's %d repeats are all the same, where its own are not", len(s.base.Repeats))
	}
	return ""
}

// constant reports whether several seeds all gave the same number, and the baseline has no other than one
// either: they did not matter, and show nothing of chance, least of all that there is none.
func (s sided) constant() bool {
	same := func(m mlgate.Metric) bool { return len(slices.Compact(runs(m))) == 1 }
	least := 2
	if s.head.Runs == mlgate.RunsConclusive { // as long as more may come
		least = leastRuns
	}
	return s.was && len(s.head.Repeats) >= least && same(s.head) && same(s.base)
}

// idle reports whether repeats show nothing and both sides state something else that does; against a baseline
// that ran once equal repeats are no more than its one number.
func (s sided) idle() bool {
	stated := s.pairs.usable() || s.head.Counted() && s.base.Counted() || s.head.Stderr != nil && s.base.Stderr != nil
	return s.constant() && (stated || s.single())
}

// once compares the first run of this change with the only one of the baseline, as if there were no more: who
// runs for more seeds takes no failure away. Nil: the baseline does not state enough for that.
func (s sided) once(level float64) *stat.Estimate {
	var e stat.Estimate
	err := stat.ErrInput
	first, was := runs(s.head)[0], s.base
	switch {
	case len(was.Repeats) > 1:
	case was.Counted() && s.head.N >= was.N && first >= 0 && first <= 1:
		e, err = stat.MiettinenNurminenCC(stat.Rate{Hits: int(math.Round(first * float64(s.head.N))), N: int(s.head.N)}, rate(was), level)
	case was.Stderr != nil:
		e, err = stat.ZDifference(first, float64(*was.Stderr), float64(was.Value), float64(*was.Stderr), level)
	}
	if err != nil {
		return nil
	}
	return &e
}

// enough reports whether a test that may be looked at at any time has decided already, although this side
// has fewer repeats than the baseline.
func (m measured) enough() bool {
	if m.result.Less == nil || m.result.Less.What != lessRepeats || m.head.Runs != mlgate.RunsConclusive || m.test == nil {
		return false
	}
	return m.test.weigh(m.rule, m.result).Status != mlgate.Inconclusive
}

// Undecided lists the metrics of results of which more runs of the steps may decide a gate: those that the
// runs measure, and whose repeats are too few for now.
func Undecided(results []mlgate.GateResult, head *mlgate.Evidence) []string {
	var out []string
	for _, g := range results {
		few := g.Less != nil && (g.Less.What == lessRepeats || g.Less.What == lessAgreement) || g.Status == mlgate.Inconclusive && g.Test != nil && g.Test.Of == "repeats"
		if m, _ := head.Metric(g.Metric); few && m.Runs != "" {
			out = append(out, g.Metric)
		}
	}
	return out
}

// repeatsNeeded is how many repeats on each side would settle a bound under a test that may be looked at at
// any time.
func (t *tested) repeatsNeeded(p stat.Plan) (int, error) {
	head, base := float64(t.Head), float64(t.Base)
	if math.IsInf(t.est.Stderr, 0) {
		return 0, errors.New("nothing is known of their spread")
	}
	return stat.RepeatsForSequence(t.est.Stderr/math.Sqrt(1/head+1/base), p)
}
