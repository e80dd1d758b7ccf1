package gate

import (
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// correct adjusts what it takes to show that a bound is broken for the number of bounds that are tested in
// this judgment; where no rule asks for it, it leaves all as it is. What it takes to show that a bound is kept
// stays: a change passes only when every gate does, so that one false pass needs its own bound to be shown.
//
// A change cannot add to the number: only what the baseline has is tested.
func correct(all []measured) {
	for _, c := range []mlgate.Correction{mlgate.Holm, mlgate.BenjaminiHochberg} {
		var claims []*claim
		var ps []float64
		for _, m := range all {
			if m.test == nil || m.rule.Correction != c {
				continue
			}
			for i := range m.test.claims {
				claims = append(claims, &m.test.claims[i])
				ps = append(ps, m.test.claims[i].lost)
			}
		}
		adjusted, err := adjust(c, ps)
		if err != nil { // no p-value is outside of 0 to 1; were one, nothing is corrected
			continue
		}
		for i, p := range adjusted {
			claims[i].sure = p
		}
		for _, m := range all {
			if m.test != nil && m.rule.Correction == c {
				m.test.Correction, m.test.Tests = c, len(ps)
			}
		}
	}
	for _, m := range all {
		m.test.record()
	}
}

func adjust(c mlgate.Correction, ps []float64) ([]float64, error) {
	if c == mlgate.BenjaminiHochberg {
		return stat.BenjaminiHochberg(ps)
	}
	return stat.Holm(ps)
}

// record keeps what was found of each bound, so that it can be shown later.
func (t *tested) record() {
	if t == nil {
		return
	}
	for _, c := range t.claims {
		t.Bounds = append(t.Bounds, mlgate.TestedBound{From: c.limit.From, Broken: c.lost, Adjusted: c.sure, Kept: c.kept})
	}
}

// corrected says what the correction made of the smallest p-value.
func (t *tested) corrected() string {
	if t.Correction == "" || len(t.claims) == 0 {
		return ""
	}
	least := t.claims[0]
	for _, c := range t.claims {
		if c.lost < least.lost {
			least = c
		}
	}
	return fmt.Sprintf("; broken with p = %.2g, by %s over %s %.2g", least.lost, t.Correction, mlgate.Counted(t.Tests, "test"), least.sure)
}
