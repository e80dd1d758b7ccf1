package mlgate_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func someExamples() *mlgate.Examples {
	return &mlgate.Examples{
		IDs: []uint64{3, 7, math.MaxUint64}, Groups: []uint32{0, 1, 0},
		Parts: []mlgate.Part{{Column: "country", Values: []string{"de", "größer"}, Of: []uint32{0, 1, 1}}},
		Columns: []mlgate.Column{
			{Metric: "acc", Kind: mlgate.Share, From: "share: ok", Values: []float64{1, 0, 1}},
			{Metric: "mae", Kind: mlgate.Mean, From: "mean: e", Values: []float64{0.5, -1e300, 0}},
			{Metric: "auc", Kind: mlgate.AUC, From: "auc: [y, s]", Values: []float64{0.1, 0.2, 0.3}, Labels: []bool{true, false, true}},
			{Metric: "tpr", Kind: mlgate.TPR, From: "tpr: [y, p]", Values: []float64{1, 0, 1}, Labels: []bool{true, false, true}},
			{Metric: "r2", Kind: mlgate.R2, From: "r2: [y, p]", Values: []float64{0.1, 0.2, 0.3}, Actual: []float64{0.1, 0.2, -0.3}},
			{Metric: "ece", Kind: "ece15", From: "ece: [y, s], 15 bins", Values: []float64{0.1, 0.2, 0.3}, Labels: []bool{true, false, true}},
			{Metric: "p95", Kind: mlgate.P95, From: "p95: ms", Values: []float64{0.1, 0.2, 0.3}},
		},
	}
}

func listOf(t testing.TB) []byte {
	t.Helper()
	data, err := someExamples().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What is written is read again, with the same bytes the next time.
func TestExamplesRoundTrip(t *testing.T) {
	t.Parallel()
	data := listOf(t)
	got, err := mlgate.ParseExamples(data)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(someExamples(), got, cmpopts.IgnoreUnexported(mlgate.Part{})); d != "" {
		t.Error(d)
	}
	if again, err := got.Bytes(); err != nil || !bytes.Equal(again, data) {
		t.Errorf("written again it is other bytes: %v", err)
	}
}

// A list comes from a bundle or a ledger, and anybody may have written it.
func TestExamplesRefused(t *testing.T) {
	t.Parallel()
	data := listOf(t)
	body := bytes.IndexByte(data, '\n') + 1
	at := func(i int, b ...byte) []byte {
		out := bytes.Clone(data)
		copy(out[body+i:], b)
		return out
	}
	swap := func(old, now string) []byte { return bytes.Replace(data, []byte(old), []byte(now), 1) }
	ids, groups, parts := 3*8, 3*4, 3*4
	for what, bad := range map[string][]byte{
		"empty": nil, "no line": []byte("{"), "only a line": data[:body], "cut off": data[:len(data)-1], "more follows": append(bytes.Clone(data), 0),
		"ids not in order": at(8, make([]byte, 8)...), "an id twice": at(8, data[body:body+8]...),
		"a group that is none":   at(ids, binary.BigEndian.AppendUint32(nil, 3)...),
		"a slice that is none":   at(ids+groups, binary.BigEndian.AppendUint32(nil, 2)...),
		"a share of 2":           at(ids+groups+parts, 2),
		"NaN":                    at(ids+groups+parts+3, binary.BigEndian.AppendUint64(nil, math.Float64bits(math.NaN()))...),
		"infinite":               at(ids+groups+parts+3, binary.BigEndian.AppendUint64(nil, math.Float64bits(math.Inf(1)))...),
		"a label of 2":           at(ids+groups+parts+3+24, 2),
		"no rows":                swap(`"rows":3`, `"rows":0`),
		"fewer than none":        swap(`"rows":3`, `"rows":-3`),
		"more than it holds":     swap(`"rows":3`, `"rows":1000000`),
		"more than can be":       swap(`"rows":3`, `"rows":4611686018427387904`),
		"another kind":           swap(`"kind":"mean"`, `"kind":"mode"`),
		"no bins":                swap(`"kind":"ece15"`, `"kind":"ece"`),
		"a bin":                  swap(`"kind":"ece15"`, `"kind":"ece1"`),
		"bins that are none":     swap(`"kind":"ece15"`, `"kind":"ece015"`),
		"a key that is unknown":  swap(`"rows"`, `"cols"`),
		"values not in order":    swap(`"de"`, `"zz"`),
		"a first line of 2 MiB":  append(bytes.Repeat([]byte(" "), 2<<20), data...),
		"columns without a list": []byte(`{"rows":3,"columns":[]}` + "\n" + strings.Repeat("x", 24)),
	} {
		if got, err := mlgate.ParseExamples(bad); err == nil {
			t.Errorf("%s: read as %+v", what, got)
		}
	}
}

// Evidence and what lies beside it must say the same: neither less, nor more, nor other numbers.
func TestBeside(t *testing.T) {
	t.Parallel()
	seal := func(value float64, n int64) (mlgate.Sealed, mlgate.Evidence) {
		hits := int64(2)
		x := someExamples()
		x.Columns = x.Columns[:1]
		e := mlgate.Evidence{
			Format: 1, Metrics: []mlgate.Metric{{Name: "acc", Value: mlgate.Number(value), N: n, Hits: &hits, File: "p.csv"}},
			Examples: []mlgate.ExampleList{mlgate.HoldExamples("p.csv", x)},
		}
		s, err := mlgate.SealEvidence(e)
		if err != nil {
			t.Fatal(err)
		}
		var back mlgate.Evidence
		if err := s.Decode(&back); err != nil {
			t.Fatal(err)
		}
		return s, back
	}
	s, e := seal(2.0/3, 3)
	files, err := s.Beside(context.Background())
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files beside it, %v", len(files), err)
	}
	if err := e.CheckBeside(files); err != nil {
		t.Errorf("its own files are refused: %v", err)
	}
	for what, other := range map[string]mlgate.Files{"nothing": {}, "one more": {"inputs.json": []byte("[]"), e.Examples[0].Name(): files[e.Examples[0].Name()]}, "another": {e.Examples[0].Name(): []byte("x")}} {
		if err := e.CheckBeside(other); err == nil {
			t.Errorf("%s beside it is accepted", what)
		}
	}
	for what, wrong := range map[string]struct {
		value float64
		n     int64
	}{"a better value": {0.9, 3}, "another number of examples": {2.0 / 3, 4}} {
		s, e := seal(wrong.value, wrong.n)
		files, err := s.Beside(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if err := e.CheckBeside(files); err == nil {
			t.Errorf("%s than its examples say is accepted", what)
		}
		if err := e.LoadExamples(context.Background()); err == nil {
			t.Errorf("%s than its examples say is loaded", what)
		}
	}
}

// Of one file several things may be read: a metric that a list does not have is none of it, and not listed.
func TestListsOfOneFile(t *testing.T) {
	t.Parallel()
	first, second := someExamples(), someExamples()
	first.Columns, second.Columns = first.Columns[:1], second.Columns[:1]
	second.Columns[0].Metric = "g.acc"
	hits := int64(2)
	acc := func(name string) mlgate.Metric {
		return mlgate.Metric{Name: name, Value: mlgate.Number(2.0 / 3), N: 3, Hits: &hits, File: "p.csv"}
	}
	e := mlgate.Evidence{
		Format: 1, Metrics: []mlgate.Metric{acc("acc"), acc("g.acc"), {Name: "rows", Value: 3, File: "p.csv"}},
		Examples: []mlgate.ExampleList{mlgate.HoldExamples("p.csv", first), mlgate.HoldExamples("p.csv", second)},
	}
	s, err := mlgate.SealEvidence(e)
	if err != nil {
		t.Fatal(err)
	}
	var back mlgate.Evidence
	files, err := s.Beside(context.Background())
	if err = errors.Join(err, s.Decode(&back)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(back.CheckBeside(files), back.LoadExamples(context.Background())); err != nil {
		t.Errorf("two lists and something else of one file: %v", err)
	}
	for name, want := range map[string]bool{"acc": true, "g.acc": true, "rows": false} {
		m, _ := back.Metric(name)
		if x, c := back.ExamplesOf(m); back.Lists(m) != want || (x != nil) != want || (c != nil) != want {
			t.Errorf("%s: listed %v, want %v", name, back.Lists(m), want)
		}
	}
}

func FuzzExamples(f *testing.F) {
	f.Add(listOf(f))
	f.Add([]byte(`{"rows":1,"columns":[{"metric":"m","kind":"share","from":"x"}]}` + "\n\x00\x00\x00\x00\x00\x00\x00\x01\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := mlgate.ParseExamples(data)
		if err != nil {
			return
		}
		out, err := x.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		y, err := mlgate.ParseExamples(out)
		if d := cmp.Diff(x, y, cmpopts.IgnoreUnexported(mlgate.Part{})); err != nil || d != "" {
			t.Errorf("written and read again: %v\n%s", err, d)
		}
		for _, p := range x.Parts {
			for _, v := range p.Values {
				x.In(map[string]string{p.Column: v})
			}
		}
	})
}
