package reader_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// What Prometheus' own parser reads of the text format we read too, as the same series with the same
// values.
func TestPrometheusAgrees(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "prometheus", "metrics.prom"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range append([]string{string(data)}, expositions...) {
		want, refused := theirs(text)
		got, err := ours(text)
		if d := cmp.Diff(want, got); d != "" || refused != nil || err != nil {
			t.Errorf("%q: Prometheus says %v, we say %v %s", text, refused, err, d)
		}
	}
}

// expositions are of the text format 0.0.4.
var expositions = []string{
	"a 1\n", "a{} 1\n", "# TYPE a untyped\n  a\t{ b = \"c\" , d=\"\\\\\\\"\\n\" , }\t-1e-3 123\n\n# a comment\n#HELP\n# HELP a b c\n", "a{b=\"\"} +Inf\n", "a NaN\nb{x=\"1\"} 2\nb{x=\"2\"} 3\n",
	"{\"my.name\",l=\"v\"} 1\n", "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 3\ns_count 4\n", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n",
	"a:b_c 1\n", "a{b=\"}\",c=\"#\"} 1\n", "a{b=\"ü\"}1\n",
}

// ours and theirs are lines `name label=value… number`; a bucket's bound is a number in both.
func ours(text string) ([]string, error) {
	got, err := as("prometheus", text)
	var out []string
	for _, m := range got.Metrics {
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(m.Slice)) {
			parts = append(parts, k+"="+m.Slice[k])
		}
		name := strings.TrimSuffix(m.Name, "["+strings.Join(parts, ",")+"]")
		out = append(out, lineOf(name, m.Slice, float64(m.Value)))
	}
	sort.Strings(out)
	return without(out, "_created"), err
}

// theirs is what expfmt 0.70.1 reads. It panics on some texts, "#TYPE A \n{}" among them: then it refuses too.
func theirs(text string) (out []string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("expfmt: %v", p)
		}
	}()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	found, err := parser.TextToMetricFamilies(strings.NewReader(text))
	for name, family := range found {
		for _, m := range family.GetMetric() {
			out = append(out, seriesOf(name, m)...)
		}
	}
	sort.Strings(out)
	return without(out, "_created"), err
}

func without(lines []string, what string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, what) })
}

func lineOf(name string, labels map[string]string, v float64) string {
	line := name
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		text := labels[k]
		if f, err := strconv.ParseFloat(text, 64); err == nil && (k == "le" || k == "quantile") {
			text = fmt.Sprint(f)
		}
		line += " " + k + "=" + text
	}
	if v == 0 { // also -0, which we read as 0
		v = 0
	}
	return fmt.Sprint(line, " ", v)
}

var inName = strings.NewReplacer("[", "%5B", "]", "%5D", ",", "%2C", "=", "%3D", "\x00", "%00")

// seriesOf writes what expfmt has in one metric as the series that stood in the text.
func seriesOf(name string, m *dto.Metric) []string {
	line := func(suffix string, v float64, more ...string) string {
		labels := map[string]string{}
		for _, l := range m.GetLabel() {
			if l.GetValue() != "" {
				labels[inName.Replace(l.GetName())] = inName.Replace(l.GetValue())
			}
		}
		if len(more) > 0 {
			labels[more[0]] = more[1]
		}
		return lineOf(name+suffix, labels, v)
	}
	switch {
	case m.Gauge != nil:
		return []string{line("", m.GetGauge().GetValue())}
	case m.Counter != nil:
		return []string{line("", m.GetCounter().GetValue())}
	case m.Untyped != nil:
		return []string{line("", m.GetUntyped().GetValue())}
	case m.Summary != nil:
		out := []string{line("_sum", m.GetSummary().GetSampleSum()), line("_count", float64(m.GetSummary().GetSampleCount()))}
		for _, q := range m.GetSummary().GetQuantile() {
			out = append(out, line("", q.GetValue(), "quantile", fmt.Sprint(q.GetQuantile())))
		}
		return out
	}
	out := []string{line("_sum", m.GetHistogram().GetSampleSum()), line("_count", float64(m.GetHistogram().GetSampleCount()))}
	for _, b := range m.GetHistogram().GetBucket() {
		out = append(out, line("_bucket", float64(b.GetCumulativeCount()), "le", fmt.Sprint(b.GetUpperBound())))
	}
	return out
}

// Text without types is read as Prometheus reads it, or refused for what we refuse on top.
func FuzzPrometheus(f *testing.F) {
	for _, text := range append(slices.Clone(expositions), tools["prometheus"], "a 1 # {t=\"x\"} 1\n# EOF\n", "{\"[\"} 0\n") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, refused := theirs(text)
		got, err := ours(text)
		if err == nil && len(got) == 0 && !strings.Contains(text, "_created") {
			t.Error("neither a number nor an error")
		}
		if strings.Contains(text, "TYPE") || refused != nil {
			return
		}
		told := err != nil && slices.ContainsFunc([]string{"twice", "a name of", "more than", "no number", "UTF-8", "is empty", "ends in the middle", "something follows"}, func(s string) bool { return strings.Contains(err.Error(), s) })
		if d := cmp.Diff(want, got); !told && len(got) == len(want) && (err != nil || d != "") {
			t.Errorf("%v\n%s", err, d)
		}
	})
}
