package gate

import (
	"fmt"
	"math"
	"strconv"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// enough is the share of examples of the larger side that both sides must have measured, before they are
// compared example by example: with fewer, what is compared is not what the numbers are about.
const enough = 0.8

// fewPairs is how many differences there must be before they are drawn again; fewer go through a t-test.
const fewPairs = 50

// joined is what both sides measured of the same examples, in the same order.
type joined struct {
	kind       string
	head, base []float64
	labels     []bool
	groups     []string
	larger     int    // number of examples of the larger side
	apart      string // why they are not compared one by one; empty: they are
}

// join finds the examples of a metric that both sides have; nil: one side has none, or they are made
// in different ways.
func join(h, b mlgate.Metric, head, base *mlgate.Evidence) *joined {
	if base == nil {
		return nil
	}
	hx, hc := head.ExamplesOf(h)
	bx, bc := base.ExamplesOf(b)
	if hc == nil || bc == nil || hc.Kind != bc.Kind || !stands(h, hx, hc) || !stands(b, bx, bc) {
		return nil
	}
	hr, _ := rowsOf(hx, h)
	br, _ := rowsOf(bx, b)
	j := &joined{kind: hc.Kind, larger: max(len(hr), len(br))}
	relabelled := 0
	for i, k := 0, 0; i < len(hr) && k < len(br); {
		x, y := hr[i], br[k]
		switch {
		case hx.IDs[x] < bx.IDs[y]:
			i++
			continue
		case hx.IDs[x] > bx.IDs[y]:
			k++
			continue
		}
		j.head, j.base = append(j.head, hc.Values[x]), append(j.base, bc.Values[y])
		if hc.Labels != nil {
			j.labels = append(j.labels, hc.Labels[x])
			if hc.Labels[x] != bc.Labels[y] {
				relabelled++
			}
		}
		if hx.Groups != nil {
			j.groups = append(j.groups, strconv.FormatUint(uint64(hx.Groups[x]), 10))
		}
		i, k = i+1, k+1
	}
	switch n := len(j.head); {
	case float64(n) < enough*float64(j.larger):
		j.apart = fmt.Sprintf("only %d of %d examples are the same on both sides", n, j.larger)
	case relabelled > 0:
		j.apart = fmt.Sprintf("%d of %d examples have another label than in the baseline", relabelled, n)
	}
	return j
}

// rowsOf lists the examples that a metric is about.
func rowsOf(x *mlgate.Examples, m mlgate.Metric) ([]int, bool) {
	rows, ok := x.In(m.Slice)
	if ok && rows == nil {
		rows = make([]int, len(x.IDs))
		for i := range rows {
			rows[i] = i
		}
	}
	return rows, ok
}

// stands reports whether an AUC is that of its examples; a list compares the other kinds itself.
func stands(m mlgate.Metric, x *mlgate.Examples, c *mlgate.Column) bool {
	rows, ok := x.In(m.Slice)
	if !ok || c.Kind != mlgate.AUC {
		return ok
	}
	scores, labels := c.Of(rows)
	e, err := stat.AUC(scores, labels, 0.5)
	return err == nil && math.Abs(e.Value-float64(m.Value)) <= 1e-6
}

// estimate is the difference by the strongest test for pairs of its kind.
func (j *joined) estimate(r mlgate.GateRule, level float64) (stat.Estimate, error) {
	again := stat.Resampling{Resamples: r.Resamples, Seed: r.Seed, BCa: true}
	if j.kind == mlgate.AUC {
		if j.groups != nil {
			return stat.Estimate{}, fmt.Errorf("comparing AUCs of examples in groups: %w", stat.ErrInput)
		}
		return stat.AUCDifference(j.head, j.base, j.labels, level)
	}
	if j.kind == mlgate.Share && j.groups == nil {
		return stat.Tango(j.counts(), level)
	}
	diffs, err := stat.Differences(j.head, j.base)
	switch {
	case err != nil:
		return stat.Estimate{}, err
	case j.groups != nil:
		return stat.BootstrapClusters(diffs, j.groups, again, level)
	case len(diffs) < fewPairs:
		return stat.PairedT(j.head, j.base, level)
	}
	e, err := stat.IdealBootstrap(diffs, true, level)
	if err != nil {
		e, err = stat.Bootstrap(diffs, again, level)
	}
	return e, err
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

// doubt makes a bound that seems kept undecided, where the two sides were measured on different examples:
// what is shown is about others than the baseline's.
func (t *tested) doubt(g mlgate.GateResult) mlgate.GateResult {
	if t.apart == "" || g.Status != mlgate.Pass && g.Status != mlgate.Inconclusive {
		return g
	}
	g.Status = mlgate.Inconclusive
	g.Message = fmt.Sprintf("%s is %s, and %s; %s", g.Metric, show(*g.Head), t.apart, t.words())
	g.Fix = t.apart + ": measure on the baseline's; where others are meant, the next change is compared on them"
	return g
}
