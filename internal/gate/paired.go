package gate

import (
	"cmp"
	"fmt"
	"math"
	"strconv"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// enough is the share of examples of the larger side that both sides must have measured, before they are
// compared example by example: with fewer, what is compared is not what the numbers are about.
const enough = 0.8

// joined is what both sides measured of the same examples, in the same order. Groups are the baseline's, so
// that a change cannot choose what hangs together.
type joined struct {
	column     *mlgate.Column // of the baseline: the kind
	head, base []float64
	labels     []bool
	actual     []float64
	groups     []string
	larger     int          // number of examples of the larger side
	less       *mlgate.Less // what the baseline has of it and this change does not: then nothing is compared
	apart      string       // why nothing shows that a bound is kept; empty: nothing
	crowd      bool         // exact sums would take too long
}

// join finds the examples of a metric that both sides have; nil: one side has none that were loaded.
func join(h, b mlgate.Metric, head, base *mlgate.Evidence) *joined {
	hx, hc := head.ExamplesOf(h)
	bx, bc := base.ExamplesOf(b)
	if hc == nil || bc == nil {
		return nil
	}
	j := &joined{column: bc}
	switch {
	case hc.From != bc.From || hc.Kind != bc.Kind:
		j.less = &mlgate.Less{What: sameColumns, Base: b.N}
	case bx.Groups != nil && hx.Groups == nil:
		j.less = &mlgate.Less{What: groupedExamples, Base: b.N}
	case !stands(h, hx, hc) || !stands(b, bx, bc):
		j.less = &mlgate.Less{What: agreeing, Base: b.N}
	default:
		j.meet(h, b, half{hx, hc}, half{bx, bc})
	}
	return j
}

// half is one side of a join.
type half struct {
	of     *mlgate.Examples
	column *mlgate.Column
}

// meet walks through both sides in the order of ids. Every example of the baseline must be there, with the
// label that it had: else a change could leave out what it gets wrong. With many more examples than the
// baseline's, those that both have show that a bound is broken, and do not show that it is kept.
func (j *joined) meet(h, b mlgate.Metric, head, base half) {
	hr := rowsOf(head.of, h)
	br := rowsOf(base.of, b)
	shared, relabelled, i := 0, 0, 0
	for _, y := range br {
		for i < len(hr) && head.of.IDs[hr[i]] < base.of.IDs[y] {
			i++
		}
		if i == len(hr) || head.of.IDs[hr[i]] != base.of.IDs[y] {
			continue
		}
		shared++
		if !head.column.Truth(hr[i], base.column, y) {
			relabelled++
		}
		j.pair(head.column.Values[hr[i]], base, y)
	}
	j.larger = max(aboutOf(head.column, hr), aboutOf(base.column, br))
	switch n := len(j.head); {
	case shared < len(br):
		j.less = &mlgate.Less{What: leftOut, Head: int64(shared), Base: int64(len(br))}
	case relabelled > 0:
		j.less = &mlgate.Less{What: labelled, Head: int64(shared - relabelled), Base: int64(shared)}
	case float64(n) < enough*float64(j.larger):
		j.apart = fmt.Sprintf("only %d of %d examples are the same on both sides", n, j.larger)
	}
}

// pair puts an example of both sides together, where it counts for the baseline.
func (j *joined) pair(value float64, base half, y int) {
	if !base.column.Counts(y) {
		return
	}
	j.head, j.base = append(j.head, value), append(j.base, base.column.Values[y])
	if base.column.Labels != nil {
		j.labels = append(j.labels, base.column.Labels[y])
	}
	if base.column.Actual != nil {
		j.actual = append(j.actual, base.column.Actual[y])
	}
	if base.of.Groups != nil {
		j.groups = append(j.groups, strconv.FormatUint(uint64(base.of.Groups[y]), 10))
	}
}

// aboutOf is how many of the examples a metric is about.
func aboutOf(c *mlgate.Column, rows []int) int {
	n := 0
	for _, i := range rows {
		if c.Counts(i) {
			n++
		}
	}
	return n
}

// usable reports whether the two sides can be compared example by example.
func (j *joined) usable() bool { return j != nil && j.less == nil }

// rowsOf lists the examples that a metric is about.
func rowsOf(x *mlgate.Examples, m mlgate.Metric) []int {
	rows, ok := x.In(m.Slice)
	if ok && rows == nil {
		rows = make([]int, len(x.IDs))
		for i := range rows {
			rows[i] = i
		}
	}
	return rows
}

// stands reports whether a metric is what its examples give; a list compares means itself.
func stands(m mlgate.Metric, x *mlgate.Examples, c *mlgate.Column) bool {
	rows, ok := x.In(m.Slice)
	if !ok || c.Averaged() {
		return ok
	}
	part := c.Of(rows)
	value, err := valueOf(c, stat.Sample{Values: part.Values, Labels: part.Labels, Actual: part.Actual})
	return err == nil && math.Abs(value-float64(m.Value)) <= 1e-6*math.Max(1, math.Abs(value))
}

// valueOf computes a metric from examples.
func valueOf(c *mlgate.Column, x stat.Sample) (float64, error) {
	if c.Averaged() {
		values := make([]mlgate.Number, len(x.Values))
		for i, v := range x.Values {
			values[i] = mlgate.Number(v)
		}
		return float64(mlgate.MeanOf(values)), nil
	}
	if s, is := stat.Named(c.Kind); is {
		return s.Of(x)
	}
	e, err := stat.AUC(x.Values, x.Labels, 0.5)
	return e.Value, err
}

// try puts the strongest test for pairs of its kind. Where none can be made nothing is shown, neither way:
// a change that can choose not to be tested is not compared by its numbers alone.
func (j *joined) try(t *tested, r mlgate.GateRule, head, base mlgate.Metric, level float64) {
	t.Of, t.Head, t.Base, t.Pairs = "examples", head.N, base.N, int64(len(j.head))
	t.apart = j.apart
	var err error
	if t.est, err = j.estimate(r, level); err != nil {
		t.apart = fmt.Sprintf("no test can be made of its %s: %v", mlgate.Counted(len(j.head), "example"), err)
		t.est = stat.Estimate{Method: mlgate.NoTest, Value: float64(head.Value - base.Value), Stderr: math.Inf(1)}
	}
}

// Pairs is the difference of a metric of a kind by the test that a gate takes for what both sides measured of the
// same examples, at a rule's confidence. Labels are for [mlgate.AUC], groups may be nil. It is for simulations, which
// know the examples and need no evidence.
func Pairs(kind string, head, base []float64, labels []bool, groups []string, r mlgate.GateRule) (stat.Estimate, error) {
	j := &joined{column: &mlgate.Column{Kind: kind}, head: head, base: base, labels: labels, groups: groups}
	return j.estimate(r, 2*r.Confidence-1)
}

// estimate is the difference by the strongest test for pairs of its kind.
func (j *joined) estimate(r mlgate.GateRule, level float64) (stat.Estimate, error) {
	statistic, resampled := stat.Named(j.column.Kind)
	switch {
	case j.column.Kind == mlgate.AUC && j.groups != nil:
		return stat.Estimate{}, fmt.Errorf("of areas under a curve there is none that allows for groups: %w", stat.ErrInput)
	case j.column.Kind == mlgate.AUC:
		return stat.AUCDifference(j.head, j.base, j.labels, level)
	case resampled:
		return j.resample(statistic, stat.Resampling{Resamples: r.Resamples, Seed: r.Seed, BCa: true}, level)
	case j.column.Binary() && j.groups == nil:
		if j.crowd {
			return stat.CautiousPairs(j.counts(), level)
		}
		return stat.ExactPairs(j.counts(), level)
	}
	diffs, err := stat.Differences(j.head, j.base)
	switch {
	case err != nil:
		return stat.Estimate{}, err
	case j.groups != nil:
		return clustered(diffs, j.groups, level)
	}
	return stat.CautiousT(diffs, level)
}

// Of fewer groups than these nothing is shown.
const fewGroups = 10

// resample draws examples, or groups, that both sides have, and computes the metric of each side anew.
func (j *joined) resample(s stat.Statistic, again stat.Resampling, level float64) (stat.Estimate, error) {
	if j.groups != nil {
		if n := groupsIn(j.groups); n < fewGroups {
			return stat.Estimate{}, tooFewGroups(n)
		}
	}
	side := func(values []float64) stat.Sample {
		return stat.Sample{Values: values, Labels: j.labels, Actual: j.actual}
	}
	return stat.BootstrapDifference(s, side(j.head), side(j.base), j.groups, again, level)
}

func groupsIn(groups []string) int {
	distinct := map[string]bool{}
	for _, g := range groups {
		distinct[g] = true
	}
	return len(distinct)
}

func tooFewGroups(n int) error {
	return fmt.Errorf("they are of %s, and at least %d are needed: %w", mlgate.Counted(n, "group"), fewGroups, stat.ErrTooFew)
}

// clustered compares groups, not the examples in them.
func clustered(diffs []float64, groups []string, level float64) (stat.Estimate, error) {
	if n := groupsIn(groups); n < fewGroups {
		return stat.Estimate{}, tooFewGroups(n)
	}
	return stat.CautiousClusters(diffs, groups, level)
}

func (j *joined) counts() stat.Pairs {
	var p stat.Pairs
	for i := range j.head {
		switch {
		case j.head[i] == 1 && j.base[i] == 1:
			p.Both++
		case j.head[i] == 1:
			p.HeadOnly++
		case j.base[i] == 1:
			p.BaseOnly++
		default:
			p.Neither++
		}
	}
	return p
}

// doubt makes a bound that seems kept undecided, where nothing can show that it is.
func (t *tested) doubt(g mlgate.GateResult) mlgate.GateResult {
	if t.apart == "" || g.Status != mlgate.Pass && g.Status != mlgate.Inconclusive {
		return g
	}
	g.Status = mlgate.Inconclusive
	g.Message = fmt.Sprintf("%s is %s, and %s; %s", g.Metric, show(*g.Head), t.apart, t.words())
	g.Fix = cmp.Or(t.remedy, t.apart+": measure on the baseline's examples, and on enough of them")
	return g
}
