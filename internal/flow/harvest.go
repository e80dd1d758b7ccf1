package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxSayings is how many sentences are kept on values that the files of one pattern leave out; the rest is counted.
const maxSayings = 20

// harvest is what was read of all sources so far.
type harvest struct {
	metrics, checks map[string]string   // by name: the file that it stands in
	left            map[string]int      // by pattern: values left out that are kept by name
	said            map[string][]saying // by pattern: what was left out
}

// saying is one sentence on what was left out, and of how many files it is true.
type saying struct {
	text, first string
	files       int
}

func newHarvest() *harvest {
	return &harvest{metrics: map[string]string{}, checks: map[string]string{}, left: map[string]int{}, said: map[string][]saying{}}
}

// take refuses a name that stands in two files: which of them counts is not guessed. Of a file that a pattern
// matches it keeps what was left out, for sentences, in the place of the reading.
func (h *harvest) take(src source, got *mlgate.Reading) error {
	fix := "give one of them a prefix"
	if src.pattern != "" {
		fix += ", or each file of a pattern its own by `prefix: \"" + mlgate.PathInPrefix + "\"`"
	}
	for _, m := range got.Metrics {
		if other, twice := h.metrics[m.Name]; twice {
			return fmt.Errorf("reading the metrics: %q stands in %q and in %q: %s", m.Name, other, src.Path, fix)
		}
		h.metrics[m.Name] = src.Path
	}
	for _, c := range got.Checks {
		if other, twice := h.checks[c.Name]; twice {
			return fmt.Errorf("reading the checks: %q stands in %q and in %q: %s", c.Name, other, src.Path, fix)
		}
		h.checks[c.Name] = src.Path
	}
	if src.pattern != "" {
		h.note(src, got)
	}
	return nil
}

// note counts sentences that differ in the file alone once.
func (h *harvest) note(src source, got *mlgate.Reading) {
	for _, line := range got.Dropped {
		text := strings.TrimPrefix(line, src.Path+": ")
		said := h.said[src.pattern]
		i := slices.IndexFunc(said[:min(len(said), maxSayings)], func(s saying) bool { return s.text == text })
		if i < 0 {
			h.said[src.pattern] = append(said, saying{text, src.Path, 1})
		} else {
			said[i].files++
		}
	}
	keep := min(len(got.LeftOut), mlgate.MaxLeftOut-h.left[src.pattern])
	h.left[src.pattern] += keep
	got.Dropped, got.LeftOut = nil, got.LeftOut[:keep]
}

// sentences are what the files of patterns left out, in the order of the evidence.
func (h *harvest) sentences(evidence []mlgate.Source) []string {
	var out []string
	for _, src := range evidence {
		all := h.said[src.Path]
		for _, s := range all[:min(len(all), maxSayings)] {
			line := s.first + ": " + s.text
			if s.files > 1 {
				line = fmt.Sprintf("%s and %d more that match %s: %s", s.first, s.files-1, src.Path, s.text)
			}
			out = append(out, line)
		}
		delete(h.said, src.Path) // the same pattern may stand there twice
		if more := len(all) - maxSayings; more > 0 {
			out = append(out, fmt.Sprintf("%s: %d more sentences on values left out", src.Path, more))
		}
	}
	return out
}
