package stat_test

import (
	"testing"

	"github.com/mlgate/mlgate/internal/stat"
)

// What is far worse than before is not better by a little, however little that is: a p-value falls as its claim
// gets weaker.
func TestCautiousPairsAreAsSureOfAWeakerClaim(t *testing.T) {
	t.Parallel()
	for _, p := range []stat.Pairs{
		{Both: 400, BaseOnly: 500, Neither: 100}, {Both: 885, BaseOnly: 15, Neither: 100}, {Both: 880, BaseOnly: 15, HeadOnly: 3, Neither: 102},
		{Both: 880, HeadOnly: 20, Neither: 100}, {Both: 900, Neither: 100}, {Both: 20, BaseOnly: 8, Neither: 2},
	} {
		e, err := stat.CautiousPairs(p, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		above, below := 0.0, 1.0
		for m := -0.02; m <= 0.02; m += 0.0005 {
			a, b := e.Above(m), e.Below(m)
			if a < above-1e-9 || b > below+1e-9 {
				t.Errorf("%+v at %.4f: above %.3g after %.3g, below %.3g after %.3g", p, m, a, above, b, below)
				break
			}
			above, below = a, b
		}
	}
	e, err := stat.CautiousPairs(stat.Pairs{Both: 400, BaseOnly: 500, Neither: 100}, 0.9)
	if err != nil || e.Below(0.001) > 1e-6 || e.Interval.High > -0.4 {
		t.Errorf("half of all got worse: below 0.001 with p = %v, up to %v, %v", e.Below(0.001), e.Interval.High, err)
	}
}
