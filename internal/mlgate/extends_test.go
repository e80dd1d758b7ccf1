package mlgate_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// watched is evidence of runs that somebody looked at, with a metric of them and one that was measured once.
func watched(repeats ...mlgate.Number) mlgate.Evidence {
	seconds := make([]float64, len(repeats))
	return mlgate.Evidence{
		Format: 1, Model: "churn", Recipe: "r",
		Metrics: []mlgate.Metric{
			{Name: "accuracy", Value: mlgate.MeanOf(repeats), File: "m.json", N: 100, Repeats: repeats, Runs: mlgate.RunsConclusive},
			{Name: "size", Value: 7, File: "size.json"},
		},
		Checks:  []mlgate.Check{{Name: "a/b", Status: mlgate.CheckWarned}},
		Repeats: &mlgate.Repeats{Runs: mlgate.RunsConclusive, Steps: []string{"train"}, Seconds: seconds},
	}
}

func sealed(t *testing.T, e mlgate.Evidence) mlgate.Sealed {
	t.Helper()
	s, err := mlgate.SealEvidence(e)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What goes on with evidence begins with all of it, as it was recorded; nothing that was measured gets better by it.
func TestContinues(t *testing.T) {
	t.Parallel()
	nan := mlgate.Number(math.NaN())
	for name, c := range map[string]struct {
		before, now func(*mlgate.Evidence)
		ok          bool
	}{
		"two seeds more":             {ok: true},
		"a metric that is NaN":       {before: repeat(0, nan), now: repeat(0, nan), ok: true},
		"a seed measured nothing":    {now: func(e *mlgate.Evidence) { e.Metrics, e.LeftOut = e.Metrics[1:], []mlgate.LeftOut{{Name: "accuracy"}} }, ok: true},
		"a check that got worse":     {now: func(e *mlgate.Evidence) { e.Checks[0].Status = mlgate.CheckFailed }, ok: true},
		"one file is written now":    {before: once, now: once1, ok: true},
		"another number there":       {before: once, now: repeat(1, 0.4)},
		"a seed is another":          {now: repeat(1, 0.93)},
		"by the last bit":            {now: repeat(0, mlgate.Number(math.Nextafter(0.9, 1)))},
		"a seed is gone":             {now: func(e *mlgate.Evidence) { drop(e, 1) }},
		"and says so":                {now: func(e *mlgate.Evidence) { drop(e, 1); e.Repeats.Extends.Runs = 2 }},
		"none is new":                {now: func(e *mlgate.Evidence) { drop(e, 4); drop(e, 3) }},
		"the mean is not theirs":     {now: func(e *mlgate.Evidence) { e.Metrics[0].Value = 0.99 }},
		"its number was fixed":       {before: func(e *mlgate.Evidence) { e.Repeats.Runs, e.Metrics[0].Runs = mlgate.RunsFixed, mlgate.RunsFixed }},
		"it ran once":                {before: func(e *mlgate.Evidence) { e.Repeats = nil }},
		"more of a fixed number":     {now: func(e *mlgate.Evidence) { e.Repeats.Runs, e.Metrics[0].Runs = mlgate.RunsFixed, mlgate.RunsFixed }},
		"of other steps":             {now: func(e *mlgate.Evidence) { e.Repeats.Steps = []string{"evaluate"} }},
		"another recipe":             {now: func(e *mlgate.Evidence) { e.Recipe = "s" }},
		"another model":              {now: func(e *mlgate.Evidence) { e.Model = "fraud" }},
		"it names another":           {now: func(e *mlgate.Evidence) { e.Repeats.Extends.Evidence = "other" }},
		"it names none":              {now: func(e *mlgate.Evidence) { e.Repeats.Extends = nil }},
		"a metric is gone":           {now: func(e *mlgate.Evidence) { e.Metrics = e.Metrics[1:] }},
		"a metric is new":            {now: func(e *mlgate.Evidence) { e.Metrics = append(e.Metrics, mlgate.Metric{Name: "x", Value: 1}) }},
		"a metric stands twice":      {now: func(e *mlgate.Evidence) { e.Metrics = slices.Insert(e.Metrics, 0, e.Metrics[0]) }},
		"measured once, and again":   {now: func(e *mlgate.Evidence) { e.Metrics[1].Value = 6 }},
		"on more examples":           {now: func(e *mlgate.Evidence) { e.Metrics[0].N = 101 }},
		"a check that got better":    {now: func(e *mlgate.Evidence) { e.Checks[0].Status = mlgate.CheckPassed }},
		"a check that is gone":       {now: func(e *mlgate.Evidence) { e.Checks = nil }},
		"a run that took other time": {now: func(e *mlgate.Evidence) { e.Repeats.Seconds[0] = 3 }},
	} {
		before, now := watched(0.9, 0.8, 0.85), watched(0.9, 0.8, 0.85, 0.86, 0.87)
		now.Repeats.Extends = &mlgate.Extended{Runs: 3}
		if c.before != nil {
			c.before(&before)
		}
		digest := sealed(t, before).Digest
		now.Repeats.Extends.Evidence = digest
		if c.now != nil {
			c.now(&now)
		}
		if err := now.Continues(&before, digest); (err == nil) != c.ok || err != nil && !errors.Is(err, mlgate.ErrExtends) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func repeat(i int, value mlgate.Number) func(*mlgate.Evidence) {
	return func(e *mlgate.Evidence) {
		m := &e.Metrics[0]
		m.Repeats[i] = value
		m.Value = mlgate.MeanOf(m.Repeats)
	}
}

func drop(e *mlgate.Evidence, i int) {
	m := &e.Metrics[0]
	m.Repeats, e.Repeats.Seconds = slices.Delete(m.Repeats, i, i+1), slices.Delete(e.Repeats.Seconds, i, i+1)
	m.Value = mlgate.MeanOf(m.Repeats)
}

// once: the file of the metric was as committed for every seed so far; once1: one of the new seeds wrote it.
func once(e *mlgate.Evidence) {
	e.Metrics[0] = mlgate.Metric{Name: "accuracy", Value: 0.9, File: "m.json", N: 100}
}

func once1(e *mlgate.Evidence) {
	e.Metrics[0].Repeats = []mlgate.Number{0.9, 0.9, 0.9, 0.86, 0.87}
	e.Metrics[0].Value = mlgate.MeanOf(e.Metrics[0].Repeats)
}

// What a record extends is found without reading those that extend nothing, whatever stands in their texts.
func TestExtends(t *testing.T) {
	t.Parallel()
	e := watched(0.9, 0.8, 0.85)
	e.Dropped = []string{`"extends":{"evidence":"ab","runs":1}`}
	if x, err := sealed(t, e).Extends(); x != nil || err != nil {
		t.Errorf("extends nothing: %v, %v", x, err)
	}
	e.Repeats.Extends = &mlgate.Extended{Evidence: "ab", Runs: 2}
	s := sealed(t, e)
	if x, err := s.Extends(); x == nil || *x != *e.Repeats.Extends || err != nil {
		t.Errorf("extends: %v, %v", x, err)
	}
	s.Body[len(s.Body)-2] ^= 1
	if _, err := s.Extends(); err == nil {
		t.Error("a damaged record says what it extends")
	}
}
