package gate_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// cut is a metric of one slice, or of all for an empty key.
func cut(slice string, value mlgate.Number, n int64) mlgate.Metric {
	if slice != "" {
		slice = "[" + slice + "]"
	}
	return mlgate.Metric{Name: "acc" + slice, Value: value, N: n}
}

func side(ms ...mlgate.Metric) *mlgate.Evidence {
	slices.SortFunc(ms, func(a, b mlgate.Metric) int { return cmp.Compare(a.Name, b.Name) })
	return &mlgate.Evidence{Metrics: ms}
}

// told is what a gate over all slices says, a line for each result.
func told(r mlgate.GateRule, head, base *mlgate.Evidence) string {
	r.Pattern, r.Severity = cmp.Or(r.Pattern, "acc[*]"), mlgate.Fail
	var lines []string
	for _, g := range gate.Judge([]mlgate.GateRule{r}, head, base) {
		lines = append(lines, g.Status.String()+" "+g.Message)
	}
	return strings.Join(lines, "\n")
}

// A slice below min_examples is not judged and counted, but only where the baseline's was as small: what
// was large enough may not become small, vanish, or stop saying how large it is.
func TestSmallSlices(t *testing.T) {
	t.Parallel()
	rule := mlgate.GateRule{Better: mlgate.Higher, Min: f(0.5), MaxDrop: by(0.02), MinExamples: 100}
	large := cut("c=de", 0.9, 500)
	for name, c := range map[string]struct{ head, base, want string }{
		"small in both":               {"0.1 50", "0.9 60", "pass acc[*]: 1 judged, 1 not judged for fewer than 100 examples"},
		"new and small":               {"0.1 50", "", "1 not judged"},
		"gone, and was small":         {"", "0.9 60", "1 not judged"},
		"gone":                        {"", "0.9 500", "fail acc[c=x] is missing: the baseline"},
		"became small":                {"0.9 99", "0.9 100", "fail acc[c=x] rests on 99 examples, the baseline on 100"},
		"became large, and bad":       {"0.1 100", "0.9 60", "fail acc[c=x] fell 0.9 → 0.1"},
		"does not say any more":       {"0.1 0", "0.9 60", "fail acc[c=x] fell"},
		"does not say, and is good":   {"0.9 0", "0.9 60", "inconclusive acc[c=x] does not say on how many"},
		"did not say, and now small":  {"0.1 5", "0.9 0", "fail acc[c=x] fell"},
		"never said, and now is gone": {"", "0.9 0", "fail acc[c=x] is missing"},
		"large in both, and good":     {"0.9 500", "0.9 500", "pass acc[c=x] is 0.9"},
	} {
		head, base := side(append(of(c.head), large)...), side(append(of(c.base), large)...)
		if got := told(rule, head, base); !strings.Contains(got, c.want) {
			t.Errorf("%s: want %q in\n%s", name, c.want, got)
		}
	}
	if got := told(rule, side(of("0.9 99")...), side(of("0.9 99")...)); got != "inconclusive acc[*]: nothing could be judged: 1 metric with fewer than 100 examples" {
		t.Errorf("all are small: got\n%s", got)
	}
	if got := told(rule, side(of("0.1 99")...), nil); !strings.HasPrefix(got, "inconclusive acc[*]: nothing") {
		t.Errorf("small without a baseline: got\n%s", got)
	}
	rule.Pattern = "acc[c=x]"
	if got := told(rule, side(of("0.1 50")...), side(of("0.9 50")...)); !strings.HasPrefix(got, "fail acc[c=x] fell") {
		t.Errorf("named by itself: got\n%s", got)
	}
}

// of reads "value n" as the slice c=x; nothing of nothing.
func of(text string) []mlgate.Metric {
	var v float64
	var n int64
	if _, err := fmt.Sscan(text, &v, &n); err != nil {
		return nil
	}
	return []mlgate.Metric{cut("c=x", mlgate.Number(v), n)}
}

// The worst slice comes first, and what is broken says when the whole got better.
func TestWorstSliceFirst(t *testing.T) {
	t.Parallel()
	head := side(cut("", 0.91, 0), cut("c=at", 0.95, 0), cut("c=de", 0.80, 0), cut("c=fr", 0.70, 0), cut("c=uk", 0.89, 0))
	base := side(cut("", 0.90, 0), cut("c=at", 0.90, 0), cut("c=de", 0.85, 0), cut("c=fr", 0.80, 0), cut("c=uk", 0.90, 0))
	want := `fail acc[c=fr] fell 0.8 → 0.7; allowed ≥ 0.78; acc as a whole is better, 0.9 → 0.91
fail acc[c=de] fell 0.85 → 0.8; allowed ≥ 0.83; acc as a whole is better, 0.9 → 0.91
pass acc[c=uk] is 0.89
pass acc[c=at] is 0.95`
	if got := told(mlgate.GateRule{Better: mlgate.Higher, MaxDrop: by(0.02)}, head, base); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The whole rises while every slice falls, or the other way round: that is said, also where every gate
// passes, and only where it is so.
func TestSimpsonsReversal(t *testing.T) {
	t.Parallel()
	rule := mlgate.GateRule{Better: mlgate.Higher, MaxDrop: by(0.5)}
	base := side(cut("", 0.78, 0), cut("size=big", 0.69, 0), cut("size=small", 0.93, 0), cut("c=de", 0.7, 0))
	said := told(rule, side(cut("", 0.83, 0), cut("size=big", 0.68, 0), cut("size=small", 0.87, 0), cut("c=de", 0.9, 0)), base)
	if want := "acc as a whole is better, 0.78 → 0.83, and in each of its 2 slices by size it is worse: their shares of the data changed (Simpson's reversal)"; !strings.Contains(said, want) {
		t.Errorf("want %q in\n%s", want, said)
	}
	said = told(rule, side(cut("", 0.70, 0), cut("size=big", 0.70, 0), cut("size=small", 0.95, 0)), base)
	if want := "acc as a whole is worse, 0.78 → 0.7, and in each of its 2 slices by size it is better"; !strings.Contains(said, want) {
		t.Errorf("want %q in\n%s", want, said)
	}
	for name, head := range map[string]*mlgate.Evidence{
		"one rises":   side(cut("", 0.83, 0), cut("size=big", 0.70, 0), cut("size=small", 0.87, 0)),
		"one stays":   side(cut("", 0.83, 0), cut("size=big", 0.69, 0), cut("size=small", 0.87, 0)),
		"no whole":    side(cut("size=big", 0.68, 0), cut("size=small", 0.87, 0)),
		"whole stays": side(cut("", 0.78, 0), cut("size=big", 0.68, 0), cut("size=small", 0.87, 0)),
	} {
		if said := told(rule, head, base); strings.Contains(said, "Simpson") {
			t.Errorf("%s: got\n%s", name, said)
		}
	}
}

// A hundred thousand slices are judged, the worst given by name and the rest counted; small ones are in
// no family of tests.
func TestManySlices(t *testing.T) {
	t.Parallel()
	var head, base []mlgate.Metric
	for i := range 100_000 {
		h := cut(fmt.Sprintf("user=%06d", i), 0.9, 50+int64(i%2)*100)
		b := h
		if i%1000 == 1 {
			h.Value = 0.5
		}
		head, base = append(head, h), append(base, b)
	}
	got := gate.Judge([]mlgate.GateRule{{Pattern: "acc[*]", Better: mlgate.Higher, MaxDrop: by(0.02), MinExamples: 100, Severity: mlgate.Fail}}, side(head...), side(base...))
	last := got[len(got)-1]
	if n := tally(got); len(got) != 1001 || n[mlgate.Fail] != 100 || got[0].Metric != "acc[user=000001]" {
		t.Errorf("%d results, %v, first %s", len(got), n, got[0].Metric)
	}
	if want := (mlgate.Slices{Judged: 50_000, Broken: 100, Small: 50_000, Folded: 49_000}); *last.Slices != want || last.Status != mlgate.Pass {
		t.Errorf("got %+v, %s", *last.Slices, last.Message)
	}
	for i := range head {
		head[i].Value = 0.1
	}
	if last = gate.Judge([]mlgate.GateRule{{Pattern: "acc[*]", Better: mlgate.Higher, MaxDrop: by(0.02), Severity: mlgate.Fail}}, side(head...), side(base...))[1000]; last.Status != mlgate.Fail {
		t.Errorf("all are broken: got %s %s", last.Status, last.Message)
	}
}

// Exact sums take too long for many metrics. How many the baseline has decides, and no slice that a change adds.
func TestManyTestsAreNoSums(t *testing.T) {
	t.Parallel()
	tests := func(base, head int) string {
		var b, h []mlgate.Metric
		for i := range max(base, head) {
			m := rated(9, 10)
			m.Name = fmt.Sprintf("acc[user=%03d]", i)
			if i < base {
				b = append(b, m)
			}
			if i < head {
				h = append(h, m)
			}
		}
		rule := mlgate.GateRule{Pattern: "acc[*]", Better: mlgate.Higher, MaxDrop: by(0.02), Confidence: 0.95, Severity: mlgate.Fail}
		return gate.Judge([]mlgate.GateRule{rule}, side(h...), side(b...))[0].Test.Method
	}
	for _, c := range []struct {
		base, head int
		want       string
	}{{100, 100, "miettinen-nurminen exact"}, {101, 101, "miettinen-nurminen cc"}, {100, 200, "miettinen-nurminen exact"}} {
		if got := tests(c.base, c.head); got != c.want {
			t.Errorf("%d metrics, and %d of the change: %s, want %s", c.base, c.head, got, c.want)
		}
	}
}

// A slice that is too small is no test, so that it thins out nothing.
func TestSmallSlicesAreNoTests(t *testing.T) {
	t.Parallel()
	var head, base []mlgate.Metric
	for i := range 20 {
		h := rated(45, 50)
		if i == 0 {
			h = rated(450, 500)
		}
		h.Name = fmt.Sprintf("acc[c=%02d]", i)
		head, base = append(head, h), append(base, h)
	}
	got := gate.Judge([]mlgate.GateRule{{Pattern: "acc[*]", MaxDrop: by(0.02), Confidence: 0.9, MinExamples: 100, Correction: mlgate.Holm, Severity: mlgate.Fail}}, side(head...), side(base...))
	if len(got) != 2 || got[0].Test.Tests != 1 || got[1].Slices.Small != 19 {
		t.Errorf("got %+v", got)
	}
}

// Names with odd characters are names, and only one that ends in brackets is a slice.
func TestOddSliceNames(t *testing.T) {
	t.Parallel()
	head, base := side(), side()
	for _, name := range []string{"acc[]", "acc[", "acc]", "[c=x]", "acc[a=b[c=d]]", "acc[*]", "acc[=]", "acc[,,]", "acc[c=\u202e]"} {
		head.Metrics = append(head.Metrics, mlgate.Metric{Name: name, Value: 0.1})
		base.Metrics = append(base.Metrics, mlgate.Metric{Name: name, Value: 0.9})
	}
	got := gate.Judge([]mlgate.GateRule{{Pattern: "*", MaxDrop: by(0.02), Severity: mlgate.Fail}}, side(head.Metrics...), side(base.Metrics...))
	if n := tally(got); n[mlgate.Fail] != 9 {
		t.Errorf("got %v", n)
	}
}
