package gate

import (
	"fmt"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// nothing is the result of a rule that no metric matches. Where a value of that name was left out, it
// says what that was.
func nothing(r mlgate.GateRule, head *mlgate.Evidence) mlgate.GateResult {
	g := mlgate.GateResult{Metric: r.Pattern, Better: r.Better}
	g.Rule, g.Status, g.Pos = "gate/"+r.Pattern, severe(r), r.Pos
	for _, l := range head.LeftOut {
		if glob.Name(r.Pattern, l.Name) {
			g.Message = fmt.Sprintf("%s is %s in %s: nothing could be judged", l.Name, l.What, l.File)
			g.Fix = "write a number there"
			return g
		}
	}
	g.Message = fmt.Sprintf("no metric is called %s: nothing could be judged", r.Pattern)
	g.Fix = "write the metric into a file under `evidence`, or correct the gate's name"
	return g
}

// missing is the result for a metric that only the baseline has.
func missing(r mlgate.GateRule, g mlgate.GateResult, head, base *mlgate.Evidence) mlgate.GateResult {
	g.Status = severe(r)
	if why := head.Why(g.Metric); why != "" {
		g.Message, g.Fix = g.Metric+" is "+why+": the baseline has a number", "write a number there"
		return g
	}
	m, _ := base.Metric(g.Metric)
	if len(m.Slice) > 0 {
		g.Message = g.Metric + " is missing: the baseline was measured on this slice, this change was not"
		g.Fix = "measure the slice again: less evidence than the baseline's is no way around a gate"
		return g
	}
	g.Message = g.Metric + " is missing: the baseline has it, this change does not"
	g.Fix = "a metric that disappears cannot be judged: write it again, or take its gate out in a change of its own"
	return g
}

// less compares what both sides state of their examples, repeats and standard errors; nil: no less.
// Where a rule asks how sure the change is, stating nothing is less than stating something, and an error
// of more than twice the baseline's is less too: else a change could choose not to be tested, or that
// no test can say anything. Hits and errors are of one run: those who ran for several seeds show the spread
// itself.
func less(s sided) *mlgate.Less {
	h, b, asked := s.head, s.base, s.rule.Confidence > 0
	hr, br := int64(len(h.Repeats)), int64(len(b.Repeats))
	switch {
	case s.pairs != nil && s.pairs.less != nil:
		return s.pairs.less
	case h.Unit != b.Unit && h.Unit != "" && b.Unit != "":
		return &mlgate.Less{What: sameUnit, Base: 1}
	case (h.N > 0 || asked) && h.N < b.N:
		return &mlgate.Less{What: "examples", Head: h.N, Base: b.N}
	case (hr > 0 || asked) && hr < br:
		return &mlgate.Less{What: lessRepeats, Head: hr, Base: br}
	case s.stray():
		return &mlgate.Less{What: lessMean, Head: hr, Base: br}
	case s.unruly():
		return &mlgate.Less{What: lessAgreement, Head: hr, Base: br}
	case h.Runs != "" && hr > 0 && !s.constant(): // whose hits and error are of one run each, and whose spread is seen
		return nil
	case asked && s.listed[1] && !s.listed[0]:
		return &mlgate.Less{What: listedExamples, Base: b.N}
	case s.pairs.usable(): // what is known of each example says more than what a side states of all
		return nil
	case asked && b.Counted() && !h.Counted():
		return &mlgate.Less{What: "counted hits", Base: 1}
	case asked && b.Stderr != nil && (h.Stderr == nil || *h.Stderr > 2**b.Stderr):
		return &mlgate.Less{What: "standard errors", Base: 1}
	}
	return nil
}

// lessRepeats are repeats of which there are fewer, lessAgreement are those that lie too far apart, lessMean
// are those that are not about the metric's number; a number in another unit is another measurement.
const (
	lessRepeats   = "repeats"
	lessAgreement = "repeats that agree"
	lessMean      = "repeats that give its number"
	sameUnit      = "numbers in the same unit"
)

// What a change can have less of, where the baseline's examples are known one by one.
const (
	listedExamples  = "listed examples"
	sameColumns     = "examples computed from the same columns"
	groupedExamples = "examples in groups"
	agreeing        = "examples that give its number"
	leftOut         = "examples of the baseline"
	labelled        = "examples with the baseline's label"
)

// remedy says what to do about less evidence.
func remedy(s sided, l mlgate.Less) string {
	const waive = "let an owner waive this gate until the baseline is of the same kind"
	switch {
	case l.What == sameUnit:
		return "write it in the baseline's unit; where another is meant, its limits are meant anew too: " + waive
	case l.What == lessRepeats && s.base.Runs != "" && s.head.Runs == mlgate.RunsConclusive:
		return fmt.Sprintf("let them go on, with `max_repeats: %d` and the budget for it; where less is meant, %s", l.Base, waive)
	case l.What == lessRepeats && s.base.Runs != "":
		return fmt.Sprintf("run the steps as often as the baseline did, with `--repeats %d`; where less is meant, %s", l.Base, waive)
	}
	return "measure on as much as the baseline did; where less is meant, " + waive
}

func shortfall(name string, l mlgate.Less) string {
	switch l.What {
	case listedExamples:
		return name + " comes from no table of examples, the baseline's does: less evidence than before"
	case sameColumns:
		return name + " is computed in another way, or from other columns, than the baseline's: it is not the same measurement"
	case groupedExamples:
		return name + " is measured without the groups that the baseline has: less evidence than before"
	case agreeing:
		return name + " is not the number that its examples give"
	case leftOut:
		return fmt.Sprintf("%s leaves out %d of the %d examples that the baseline was measured on: less evidence than before", name, l.Base-l.Head, l.Base)
	case labelled:
		return fmt.Sprintf("%s has another label for %d of %d examples than the baseline: it is not the same measurement", name, l.Base-l.Head, l.Base)
	case "standard errors":
		return name + " states no standard error, or one of more than twice the baseline's: less evidence than before"
	case sameUnit:
		return name + " is in another unit than the baseline's: it is not the same measurement"
	case lessMean:
		return name + " is not the mean of its repeats, or one of them is no number; the baseline's is: less evidence than before"
	case lessAgreement:
		return name + " has repeats that lie further apart beside the baseline's than chance allows: less evidence than before"
	case "counted hits":
		return name + " does not state its hits, the baseline does: less evidence than before"
	}
	return fmt.Sprintf("%s rests on %d %s, the baseline on %d: less evidence than before", name, l.Head, l.What, l.Base)
}
