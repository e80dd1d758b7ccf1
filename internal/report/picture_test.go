package report_test

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// noisy is a change of which a gate on counted shares and one on repeats cannot be decided.
func noisy() mlgate.Outcome {
	o := churn()
	hits := func(n int64) *int64 { return &n }
	o.BaseEvidence.Metrics = []mlgate.Metric{
		{Name: "accuracy", Value: 0.9, N: 1000, Hits: hits(900)},
		{Name: "f1", Value: 0.602, Repeats: []mlgate.Number{0.57, 0.6, 0.6, 0.61, 0.63}},
	}
	o.Evidence.Metrics = []mlgate.Metric{
		{Name: "accuracy", Value: 0.895, N: 1000, Hits: hits(895)},
		{Name: "f1", Value: 0.594, Repeats: []mlgate.Number{0.58, 0.59, 0.6, 0.58, 0.62}},
	}
	o.Gates = []mlgate.GateResult{
		gate("accuracy", mlgate.Inconclusive, num(0.9), num(0.895), ">=", 0.89, mlgate.Higher),
		gate("f1", mlgate.Inconclusive, num(0.602), num(0.594), ">=", 0.592, mlgate.Higher),
	}
	o.Gates[0].Limits[0].From, o.Gates[1].Limits[0].From = mlgate.MaxDropKey, mlgate.MaxDropKey
	o.Gates[0].Test = &mlgate.Test{Method: "miettinen-nurminen", Confidence: 0.95, Change: -0.005, Low: -0.0272, High: 0.0172, Of: "examples", Head: 1000, Base: 1000}
	o.Gates[1].Test = &mlgate.Test{Method: "welch", Confidence: 0.95, Change: -0.008, Low: -0.0313, High: 0.0153, Of: "repeats", Head: 5, Base: 5}
	o.Gates[0].Fix, o.Gates[1].Fix = "about 46000 examples on each side would settle it", "about 110 repeats on each side would settle it"
	o.Verdict = mlgate.Verdict{Word: mlgate.TooNoisy, Status: mlgate.Inconclusive, Cause: "accuracy and f1"}
	return o
}

func TestPictures(t *testing.T) {
	t.Parallel()
	o := noisy()
	compare(t, "noisy.md", report.Markdown([]mlgate.Outcome{o}, report.Options{}))
	rule := report.RuleAnswer{
		Rule: "accuracy", Trail: []report.Point{{Value: 0.91}, {Value: 0.905}, {Value: 0.9}, {Value: 0.895}},
		Judgments: []report.Judgment{{Gates: o.Gates, Head: o.Evidence, Base: o.BaseEvidence}},
	}
	compare(t, "why_noisy.txt", report.Why(report.Answer{Model: "churn", Rule: &rule}))
	compare(t, "why_noisy.md", report.WhyMarkdown(report.Answer{Model: "churn", Rule: &rule}))
}

// fences are the drawings of a report, without what is around them.
var fences = regexp.MustCompile("(?s)```(?:text|mermaid)\n(.*?)```")

// What is drawn holds numbers and our own words alone, so that no name can end the fence or speak in it.
func TestPicturesHoldNothingForeign(t *testing.T) {
	t.Parallel()
	evil := "```\n# h\n<!-- x --> @acme/risk %%{init: {}}%% ; click x \"javascript:1\""
	want := fences.FindAllString(report.Markdown([]mlgate.Outcome{noisy()}, report.Options{}), -1)
	o := noisy()
	for i := range o.Gates {
		name := o.Gates[i].Metric + evil
		o.Gates[i].Metric, o.Gates[i].Unit, o.Gates[i].Message, o.Gates[i].Limits[0].From = name, evil, evil, mlgate.MaxDropKey
		o.Gates[i].Test.Method, o.Gates[i].Test.Of = evil, evil
		o.Evidence.Metrics[i].Name, o.BaseEvidence.Metrics[i].Name = name, name
		o.Evidence.Metrics[i].Unit = evil
	}
	o.Baseline.Label = evil
	md := report.Markdown([]mlgate.Outcome{o}, report.Options{})
	got := fences.FindAllString(md, -1)
	if len(want) != 4 || strings.Join(got, "") != strings.Join(want, "") || strings.Count(md, "```") != 8 {
		t.Errorf("%d drawings, want %d:\n%s", len(got), len(want), md)
	}
}

// Whatever the numbers are, a strip has its width, and a chart is numbers without exponents.
func TestPicturesOfOddNumbers(t *testing.T) {
	t.Parallel()
	numbers := regexp.MustCompile(`^[-0-9., ]*$`)
	odd := []float64{0, 1e-12, -1e-7, 0.5, 1, -3, 1e8, 1e12, 1e300, math.MaxFloat64, -math.MaxFloat64, math.Inf(1), math.NaN()}
	for _, base := range odd {
		for _, head := range odd {
			for _, err := range odd {
				o := noisy()
				o.BaseEvidence.Metrics[0] = mlgate.Metric{Name: "accuracy", Value: mlgate.Number(base), Stderr: num(err)}
				o.Evidence.Metrics[0] = mlgate.Metric{Name: "accuracy", Value: mlgate.Number(head), Stderr: num(err)}
				o.Evidence.Metrics[1].Repeats[2] = mlgate.Number(err)
				o.Gates[0].Base, o.Gates[0].Head, o.Gates[0].Test.High = num(base), num(head), mlgate.Number(err)
				md := report.Markdown([]mlgate.Outcome{o}, report.Options{})
				for _, f := range fences.FindAllStringSubmatch(md, -1) {
					checkDrawing(t, fmt.Sprint(base, head, err), f[1], numbers)
				}
			}
		}
	}
}

func checkDrawing(t *testing.T, what, drawing string, numbers *regexp.Regexp) {
	t.Helper()
	for line := range strings.Lines(drawing) {
		_, list, isList := strings.Cut(line, "[")
		if isList && !strings.HasPrefix(line, "%%") && !numbers.MatchString(strings.TrimSuffix(list, "]\n")) {
			t.Fatalf("%s: %s", what, line)
		}
		if strings.Contains(line, "NaN") || strings.Contains(line, "axis") && strings.Contains(line, "e+") {
			t.Fatalf("%s: %s", what, line)
		}
		if n := utf8.RuneCountInString(line); n > 600 {
			t.Fatalf("%s: a line of %d: %s", what, n, line)
		}
	}
}

// A report that must be short leaves the pictures out before a row.
func TestPicturesGiveWayToRows(t *testing.T) {
	t.Parallel()
	outs := []mlgate.Outcome{noisy()}
	whole := report.Markdown(outs, report.Options{})
	short := report.Markdown(outs, report.Options{Limit: len([]rune(whole)) - 100})
	if !strings.Contains(whole, "```mermaid") || strings.Contains(short, "```") || !strings.Contains(short, "| ❔ | f1 |") || strings.Contains(short, "left out") {
		t.Error(short)
	}
}

// However many models and repeats there are, a report has three drawings, and a line of a chart 40 numbers.
func TestPicturesAreFew(t *testing.T) {
	t.Parallel()
	outs := []mlgate.Outcome{noisy(), noisy(), noisy()}
	for _, o := range outs {
		for i := range 1000 {
			o.Evidence.Metrics[1].Repeats = append(o.Evidence.Metrics[1].Repeats, mlgate.Number(0.58+float64(i)/20_000))
		}
	}
	md := report.Markdown(outs, report.Options{})
	if n := strings.Count(md, "xychart-beta"); n != 3 {
		t.Errorf("%d charts", n)
	}
	for _, f := range fences.FindAllString(md, -1) {
		for line := range strings.Lines(f) {
			if n := strings.Count(line, ","); n > 40 {
				t.Errorf("%d numbers: %s", n, line)
			}
		}
	}
}
