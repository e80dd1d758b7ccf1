package flow

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// pile is a work tree of which files can be read, and a reader whose metric is the text of a file.
type pile struct {
	mlgate.WorkTree
	mlgate.Reader
	files        map[string]string
	large, asked atomic.Int64 // files beyond maxEarly that were read in whole; how often one was asked for
	busy         atomic.Int64 // readings that have not ended
}

func (s *pile) Read(name string, limit int64) ([]byte, error) {
	s.asked.Add(1)
	s.busy.Add(1)
	defer s.busy.Add(-1)
	text, ok := s.files[name]
	switch {
	case !ok:
		return nil, fmt.Errorf("%w: %q", mlgate.ErrNotFound, name)
	case int64(len(text)) > limit:
		return nil, fmt.Errorf("%q is larger than %d", name, limit)
	}
	if len(text) > maxEarly {
		s.large.Add(1)
	}
	return []byte(text), nil
}

func (s *pile) Limit(mlgate.Source) int64 { return 1 << 20 }

func (s *pile) Beside(mlgate.Source) []string { return nil }

func (s *pile) Metrics(_ mlgate.Source, data []byte) (mlgate.Reading, error) {
	if strings.HasPrefix(string(data), "wrong") {
		return mlgate.Reading{}, errors.New(string(data))
	}
	return mlgate.Reading{Metrics: []mlgate.Metric{{Name: string(data)}}}, nil
}

// many is more files than are read ahead, of which some are large, binary, wrong or not there.
func many() (*pile, []source) {
	s := &pile{files: map[string]string{}}
	var sources []source
	for i := range 4 * maxAhead {
		name := fmt.Sprintf("%03d.json", i)
		sources = append(sources, source{Source: mlgate.Source{Path: name}})
		switch i % 50 {
		case 10:
			s.files[name] = strings.Repeat("x", maxEarly+1)
		case 20:
			s.files[name] = "PK\x03\x04\x00" + name
		case 30:
			s.files[name] = "wrong " + name
		case 40:
		case 45:
			s.files[name] = strings.Repeat("x", 1<<20+1)
		default:
			s.files[name] = name
		}
	}
	return s, sources
}

// What is read ahead comes in the order of the evidence, as reading one after the other would give it.
func TestReadings(t *testing.T) {
	t.Parallel()
	s, sources := many()
	r := Runner{Work: s, Reader: s}
	i := 0
	for src, got := range r.readings(sources) {
		want, err := r.reading(src.Source)
		if src.Path != sources[i].Path || fmt.Sprint(got.err) != fmt.Sprint(err) || !slices.EqualFunc(got.Metrics, want.Metrics, func(a, b mlgate.Metric) bool { return a.Name == b.Name }) {
			t.Fatalf("%d: %s is %v, %v; want %v, %v", i, src.Path, got.Metrics, got.err, want.Metrics, err)
		}
		i++
	}
	if i != len(sources) {
		t.Errorf("%d readings of %d", i, len(sources))
	}
	for range r.readings(nil) {
		t.Error("a reading of nothing")
	}
}

// Who stops at an error leaves nobody reading, and no more is read ahead than is said.
func TestReadingsStop(t *testing.T) {
	t.Parallel()
	s, sources := many()
	r := Runner{Work: s, Reader: s}
	for src, got := range r.readings(sources) {
		if got.err != nil {
			if src.Path != "030.json" {
				t.Errorf("stopped at %s: %v", src.Path, got.err)
			}
			break
		}
	}
	if n, busy := s.asked.Load(), s.busy.Load(); n > 33+maxAhead || busy != 0 {
		t.Errorf("%d readings, and %d have not ended", n, busy)
	}
	if n := s.large.Load(); n != 1 {
		t.Errorf("%d large files were read, one stands before the error", n)
	}
}
