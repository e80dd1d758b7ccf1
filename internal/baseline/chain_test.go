package baseline_test

import (
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/baseline"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// seeds is a record of watched repeats, as extension of another or of none.
func seeds(t *testing.T, scope string, extends *mlgate.Sealed, values ...mlgate.Number) *mlgate.Sealed {
	t.Helper()
	e := mlgate.Evidence{
		Format: 1, Model: "churn", Recipe: "r", Steps: []mlgate.StepRun{{Name: "train"}},
		Metrics: []mlgate.Metric{{Name: "accuracy", Value: mlgate.MeanOf(values), Repeats: values, Runs: mlgate.RunsConclusive}},
		Repeats: &mlgate.Repeats{Runs: mlgate.RunsConclusive, Steps: []string{"train"}, Seconds: make([]float64, len(values))},
	}
	if extends != nil {
		var before mlgate.Evidence
		if err := extends.Decode(&before); err != nil {
			t.Fatal(err)
		}
		e.Repeats.Extends = &mlgate.Extended{Evidence: extends.Digest, Runs: len(before.Repeats.Seconds)}
	}
	s, err := mlgate.SealEvidence(e)
	if err != nil {
		t.Fatal(err)
	}
	s.Envelope.Scope, s.Envelope.Reusable = scope, scope == mlgate.ScopeChange
	return &s
}

// Of several extensions the first in the ledger's order counts, whatever they say; what is none is passed over.
func TestLast(t *testing.T) {
	t.Parallel()
	const branch, change = mlgate.ScopeBranch, mlgate.ScopeChange
	root := seeds(t, change, nil, 0.9, 0.8)
	first, second := seeds(t, change, root, 0.9, 0.8, 0.7), seeds(t, change, root, 0.9, 0.8, 0.99)
	dropped, swapped := seeds(t, change, root, 0.9, 0.99), seeds(t, change, root, 0.9, 0.99, 0.99)
	ofBranch := seeds(t, branch, root, 0.9, 0.8, 0.99)
	further := seeds(t, change, first, 0.9, 0.8, 0.7, 0.75)
	onSecond := seeds(t, change, second, 0.9, 0.8, 0.99, 0.99)
	for name, c := range map[string]struct {
		among []*mlgate.Sealed
		want  *mlgate.Sealed
	}{
		"none":                           {nil, root},
		"one":                            {[]*mlgate.Sealed{first}, first},
		"two at once":                    {[]*mlgate.Sealed{first, second}, first},
		"two at once, the other way":     {[]*mlgate.Sealed{second, first}, second},
		"a further one of the other":     {[]*mlgate.Sealed{first, second, onSecond}, first},
		"a further one":                  {[]*mlgate.Sealed{first, second, further}, further},
		"whatever the order of a chain":  {[]*mlgate.Sealed{further, first}, further},
		"a bad seed less":                {[]*mlgate.Sealed{dropped, first}, first},
		"a seed swapped":                 {[]*mlgate.Sealed{swapped, first}, first},
		"of the branch, nothing else":    {[]*mlgate.Sealed{ofBranch}, root},
		"of the branch, before its own":  {[]*mlgate.Sealed{ofBranch, second}, second},
		"nothing but what is none of it": {[]*mlgate.Sealed{dropped, swapped}, root},
	} {
		got, err := baseline.Last(root, c.among)
		if err != nil || got.Digest != c.want.Digest {
			t.Errorf("%s: %v, %v", name, got.Digest.Short(), err)
		}
	}
}

// A change does not reach the branch's evidence, and the evidence that a version names is taken as it is.
func TestPickFollowsWhatWasExtended(t *testing.T) {
	t.Parallel()
	const branch, change = mlgate.ScopeBranch, mlgate.ScopeChange
	root := seeds(t, branch, nil, 0.9, 0.8)
	more := seeds(t, branch, root, 0.9, 0.8, 0.7)
	stolen := seeds(t, change, root, 0.9, 0.8, 0.1)
	pick := func(version mlgate.Digest, attempts ...*mlgate.Sealed) mlgate.Baseline {
		t.Helper()
		p := baseline.Place{Recipe: "r", Version: version}
		for _, s := range attempts {
			p.Attempts = append(p.Attempts, *s)
		}
		b, err := baseline.Pick([]baseline.Place{p}, "", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if b := pick("", root, stolen, more); b.Digest != more.Digest || b.Attempts != 1 || len(b.Evidence.Repeats.Seconds) != 3 {
		t.Errorf("picks %s, the first of %d", b.Digest.Short(), b.Attempts)
	}
	if b := pick("", root, stolen); b.Digest != root.Digest {
		t.Errorf("a change extends the branch's: %s", b.Digest.Short())
	}
	if b := pick("", stolen, more); b.Evidence != nil {
		t.Errorf("an extension without what it extends is evidence: %s", b.Digest.Short())
	}
	if b := pick(root.Digest, root, more); b.Digest != root.Digest {
		t.Errorf("the evidence of a version is another: %s", b.Digest.Short())
	}
	if b := pick(more.Digest, root, more); b.Digest != more.Digest {
		t.Errorf("the evidence of a version is another: %s", b.Digest.Short())
	}
}

// A long chain is followed in time that grows with its length: every record may hold a hundred thousand numbers.
func TestLastLooksIntoEachRecordOnce(t *testing.T) {
	chain := func(n int) (root *mlgate.Sealed, among []*mlgate.Sealed) {
		values := []mlgate.Number{0.9}
		root = seeds(t, mlgate.ScopeBranch, nil, values...)
		for last := root; n > 0; n-- {
			values = append(values, 0.8)
			last = seeds(t, mlgate.ScopeBranch, last, values...)
			among = append(among, last)
		}
		return root, among
	}
	cost := func(n int) float64 {
		root, among := chain(n)
		return testing.AllocsPerRun(1, func() {
			if last, err := baseline.Last(root, among); err != nil || last != among[n-1] {
				t.Errorf("of %d: %v", n, err)
			}
		})
	}
	if short, long := cost(15), cost(60); long > 8*short {
		t.Errorf("15 links take %.0f allocations, 60 take %.0f", short, long)
	}
}
