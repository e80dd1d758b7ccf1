package mlgate

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
)

// ErrExtends says that evidence may not count as an extension of other evidence.
var ErrExtends = errors.New("it extends no evidence that it may extend")

// Extends reads which evidence a record extends; nil: none. Only records that seem to are decoded.
func (s Sealed) Extends() (*Extended, error) {
	if !bytes.Contains(s.Body, []byte(`"extends":{`)) {
		return nil, nil //nolint:nilnil // most extend nothing
	}
	var e Evidence
	if err := s.Decode(&e); err != nil {
		return nil, err
	}
	if e.Repeats == nil {
		return nil, nil //nolint:nilnil // as above
	}
	return e.Repeats.Extends, nil
}

// Continues reports, as an error that is ErrExtends, why e is no extension of the evidence before, whose record has
// the digest: it must be of the same recipe, go on with repeats that were watched, and begin with every one of them as
// it was recorded. What was measured once stays as it was.
func (e *Evidence) Continues(before *Evidence, digest Digest) error {
	r, was := e.Repeats, before.Repeats
	switch {
	case r == nil || r.Extends == nil || r.Extends.Evidence != digest:
		return fmt.Errorf("%w: it names another", ErrExtends)
	case was == nil || was.Runs != RunsConclusive || r.Runs != RunsConclusive:
		return fmt.Errorf("%w: the number of repeats was fixed before the first", ErrExtends)
	case e.Recipe != before.Recipe || e.Model != before.Model:
		return fmt.Errorf("%w: its recipe is another", ErrExtends)
	case r.Extends.Runs != len(was.Seconds) || len(r.Seconds) <= len(was.Seconds) || !slices.Equal(r.Seconds[:len(was.Seconds)], was.Seconds) || !slices.Equal(r.Steps, was.Steps):
		return fmt.Errorf("%w: it does not begin with all of the %d runs", ErrExtends, len(was.Seconds))
	}
	for _, old := range before.Metrics {
		now, ok := e.Metric(old.Name)
		if ok && !now.continues(old, len(was.Seconds)) || !ok && !slices.ContainsFunc(e.LeftOut, func(l LeftOut) bool { return l.Name == old.Name }) {
			return fmt.Errorf("%w: of %s it does not begin with what was recorded", ErrExtends, old.Name)
		}
	}
	name := ""
	for _, now := range e.Metrics {
		if _, ok := before.Metric(now.Name); !ok || name >= now.Name {
			return fmt.Errorf("%w: %s was not measured by all of its runs, each once", ErrExtends, now.Name)
		}
		name = now.Name
	}
	for _, l := range e.Examples {
		if !slices.ContainsFunc(before.Examples, func(o ExampleList) bool { return o.Path == l.Path && o.SHA256 == l.SHA256 }) {
			return fmt.Errorf("%w: the examples of %s are not those recorded", ErrExtends, l.Path)
		}
	}
	return e.keepsChecks(before)
}

// continues reports whether a metric is the old one, with more repeats where runs of the steps are its repeats.
func (m Metric) continues(old Metric, runs int) bool {
	switch {
	case m.File != old.File || m.Unit != old.Unit || m.Runs == "" && old.Runs != "":
		return false
	case old.Runs == "" && m.Runs != "": // the first runs left its file as it was
		old.Repeats = slices.Repeat([]Number{old.Value}, runs)
	case old.Runs == "":
		return m.N == old.N && same(m.Value, old.Value) && reflect.DeepEqual(m.Hits, old.Hits) && reflect.DeepEqual(m.Stderr, old.Stderr) && slices.EqualFunc(m.Repeats, old.Repeats, same)
	}
	return len(old.Repeats) == runs && len(m.Repeats) > runs && m.N <= old.N && slices.EqualFunc(m.Repeats[:runs], old.Repeats, same) && same(m.Value, MeanOf(m.Repeats))
}

// same compares numbers bit by bit; NaN is NaN.
func same(a, b Number) bool {
	return math.Float64bits(float64(a)) == math.Float64bits(float64(b)) || math.IsNaN(float64(a)) && math.IsNaN(float64(b))
}

// keepsChecks: of each check the worst that any run made of it counts, so that none gets better.
func (e *Evidence) keepsChecks(before *Evidence) error {
	for _, old := range before.Checks {
		i := slices.IndexFunc(e.Checks, func(c Check) bool { return c.Name == old.Name })
		if i < 0 && e.ChecksMore == 0 || i >= 0 && slices.Index(CheckStatuses, e.Checks[i].Status) > slices.Index(CheckStatuses, old.Status) {
			return fmt.Errorf("%w: the check %s is gone or better than it was", ErrExtends, old.Name)
		}
	}
	return nil
}
