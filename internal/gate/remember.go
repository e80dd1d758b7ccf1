package gate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Remembered are the names and patterns of the metrics whose best value a verdict hands on: those of the gates
// that look further back than a band does.
func Remembered(rules []mlgate.GateRule) []string {
	var names []string
	for _, r := range rules {
		if r.Ratchet != nil || r.MaxTotalDrop != nil || r.MaxTotalRise != nil {
			names = append(names, r.Pattern)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Covers reports whether a record tells of all metrics with these names. One that was made for other gates
// does not.
func Covers(r *mlgate.PastRecord, names []string) bool {
	return r != nil && !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(r.Names, n) })
}

// Record is what the next versions are to know of the accepted ones, by the metrics that names are about.
func Record(past *mlgate.Past, names []string) mlgate.PastRecord {
	r := mlgate.PastRecord{Stage: past.Stage, Count: counting(past), Names: names, Versions: []mlgate.PastSource{}, Metrics: []mlgate.PastMetric{}}
	var of []string
	sources := map[string]mlgate.PastSource{}
	if past.Before != nil {
		for _, m := range past.Before.Metrics {
			of = append(of, m.Metric)
		}
		for _, v := range past.Before.Versions {
			sources[v.Version] = v
		}
	}
	for _, v := range past.Versions {
		sources[v.Version] = v.PastSource
		for _, m := range v.Measured.Metrics {
			of = append(of, m.Name)
		}
	}
	slices.Sort(of)
	used := map[string]bool{}
	for _, name := range slices.Compact(of) {
		m := remember(name, past)
		if m.Count == 0 || !slices.ContainsFunc(names, func(p string) bool { return glob.Name(p, name) }) {
			continue
		}
		r.Metrics = append(r.Metrics, m)
		for _, s := range []mlgate.PastSpan{m.Ever, *cmp.Or(m.Since, &m.Ever)} {
			used[s.From], used[s.HighestAt], used[s.LowestAt] = true, true, true
		}
	}
	for version := range used {
		r.Versions = append(r.Versions, sources[version])
	}
	slices.SortFunc(r.Versions, func(a, b mlgate.PastSource) int { return strings.Compare(a.Version, b.Version) })
	return r
}

// counting is how many versions were accepted.
func counting(past *mlgate.Past) int {
	n := len(past.Versions) + past.Unknown
	if past.Before != nil {
		n += past.Before.Count
	}
	return n
}

// remember is what all accepted versions measured of a metric.
func remember(metric string, past *mlgate.Past) mlgate.PastMetric {
	known := mlgate.PastMetric{Metric: metric}
	if past.Before != nil {
		all := past.Before.Metrics
		if i, ok := slices.BinarySearchFunc(all, metric, func(m mlgate.PastMetric, name string) int { return strings.Compare(m.Metric, name) }); ok {
			known = all[i]
		}
	}
	for _, v := range past.Versions {
		m, ok := v.Measured.Metric(metric)
		if !ok || !m.Value.Finite() {
			continue
		}
		one := mlgate.PastSpan{From: v.Version, Highest: m.Value, HighestAt: v.Version, Lowest: m.Value, LowestAt: v.Version}
		if known.Count++; known.Count == 1 {
			known.Ever = one
		}
		known.Ever = widened(known.Ever, one)
		switch {
		case slices.Contains(v.Waived, "gate/"+metric):
			known.Since = &one
		case known.Since != nil:
			since := widened(*known.Since, one)
			known.Since = &since
		}
	}
	return known
}

// widened is a span with one more value.
func widened(s, one mlgate.PastSpan) mlgate.PastSpan {
	if one.Highest > s.Highest {
		s.Highest, s.HighestAt = one.Highest, one.HighestAt
	}
	if one.Lowest < s.Lowest {
		s.Lowest, s.LowestAt = one.Lowest, one.LowestAt
	}
	return s
}

// newest are the last finite values of a metric, oldest first, of at most so many versions that have one.
func newest(metric string, past *mlgate.Past, most int) (versions []string, values []mlgate.Number) {
	for _, v := range slices.Backward(past.Versions) {
		m, ok := v.Measured.Metric(metric)
		if ok && m.Value.Finite() && len(values) < most {
			versions, values = append(versions, v.Version), append(values, m.Value)
		}
	}
	slices.Reverse(versions)
	slices.Reverse(values)
	return versions, values
}
