package mlgate_test

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// manifold is evidence with metrics of every kind.
func manifold() mlgate.Evidence {
	hits, stderr := int64(3), mlgate.Number(1e-9)
	nan, inf := mlgate.Number(math.NaN()), mlgate.Number(math.Inf(-1))
	return mlgate.Evidence{
		Format: 1, Model: `,"metrics":[{"name":"","value":0}]`, Started: time.Date(2026, 11, 30, 1, 2, 3, 0, time.UTC), Version: "1",
		Steps: []mlgate.StepRun{{Name: "a", Seconds: 1.5}},
		Metrics: []mlgate.Metric{
			{},
			{Name: "a", Value: 0.1},
			{Name: "b[x=\u202e<&>]", Value: nan, Unit: "µs\x7f", File: `a\b"c.json`, N: -7, Slice: map[string]string{"y": "2", "x": "\xff"}},
			{Name: "c", Value: inf, File: "d.json", N: 10, Hits: &hits, Stderr: &stderr, Repeats: []mlgate.Number{1, nan, -0.5}, Runs: "fixed"},
			{Name: "d", Value: 1e21, File: "d.json", Stderr: &nan, Repeats: []mlgate.Number{inf}, Runs: "fixed"},
		},
		Params: []mlgate.Param{{Name: "p", Value: `"metrics":[`}},
		Inputs: []mlgate.File{{Path: "train.csv", Size: 3}},
	}
}

// Evidence is written as encoding/json writes it, to the byte, and read as it reads it.
func TestEvidenceIsWrittenAsJSON(t *testing.T) {
	t.Parallel()
	bare := manifold()
	bare.Metrics = nil
	for name, e := range map[string]mlgate.Evidence{"with metrics": manifold(), "without": bare, "empty": {}} {
		plain, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		s, err := mlgate.SealEvidence(e)
		if want := mlgate.ASCII(plain); err != nil || !bytes.Equal(s.Body, want) {
			t.Errorf("%s: sealed (%v)\n%s\nwant\n%s", name, err, s.Body, want)
		}
		likeJSON(t, s.Body)
		likeJSON(t, plain)
		if _, err := mlgate.ParseEvidence(s.Body, func(rest []byte, v any) error {
			if len(e.Metrics) > 0 && len(rest) == len(s.Body) {
				t.Errorf("%s: encoding/json reads the metrics", name)
			}
			return json.Unmarshal(rest, v)
		}); err != nil {
			t.Error(err)
		}
	}
}

// likeJSON holds what ParseEvidence reads to what json.Unmarshal does.
func likeJSON(t *testing.T, body []byte) {
	t.Helper()
	var want mlgate.Evidence
	wrong := json.Unmarshal(body, &want)
	got, err := mlgate.ParseEvidence(body, json.Unmarshal)
	if (err == nil) != (wrong == nil) || err != nil && err.Error() != wrong.Error() {
		t.Fatalf("%s: error %v, want %v", body, err, wrong)
	}
	bits := cmp.Comparer(func(a, b mlgate.Number) bool { return math.Float64bits(float64(a)) == math.Float64bits(float64(b)) })
	same := cmp.Options{bits, cmpopts.IgnoreUnexported(mlgate.InputList{}, mlgate.ExampleList{})}
	if d := cmp.Diff(want, got, same); wrong == nil && d != "" {
		t.Fatalf("%s: read differently\n%s", body, d)
	}
}

// What is not as mlgate writes it is read all the same, or told, as encoding/json does.
func TestEvidenceWrittenOtherwise(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `{}`, `null`, `[]`, `{"model":"m","metrics":[]}`, `{"model":"m","metrics":null}`,
		`{"model":"m","metrics":[{"name":"a","value":1}]}`, ` {"model":"m" ,"metrics":[{"name":"a","value":1}] } `,
		`{"model":"m","metrics":[{"name":"a","value":1}]`, `{"model":"m","metrics":[{"name":"a","value":1}]}}`, `{"model":"m","metrics":[{"name":"a","value":1}`,
		`{"model":"m","metrics":[{"name":"a","value":01}]}`, `{"model":"m","metrics":[{"name":"a","value":1e999}]}`, `{"model":"m","metrics":[{"name":"a","value":null}]}`,
		`{"model":"m","metrics":[{"name":"a","value":"nan"}]}`, `{"model":"m","metrics":[{"name":"a","value":"N`, `{"model":"m","metrics":[{"name":"a`,
		`{"model":"m","metrics":[{"name":"a","value":1,"n":1.0}]}`, `{"model":"m","metrics":[{"name":"a","value":1,"n":-0}]}`, `{"model":"m","metrics":[{"name":"a","value":1,"n":}]}`,
		`{"model":"m","metrics":[{"name":"a","value":1,"repeats":[]}]}`, `{"model":"m","metrics":[{"name":"a","value":1,"repeats":[1,]}]}`, `{"model":"m","metrics":[{"name":"a","value":1,"repeats":[1,2]}]}`,
		`{"model":"m","metrics":[{"name":"a","value":1,"slice":{}}]}`, `{"model":"m","metrics":[{"name":"a","value":1,"slice":{"a":"1","a":"2"}}]}`, `{"model":"m","metrics":[{"name":"a","value":1,"later":[1]}]}`,
		`{"model":"m","metrics":[{"name":"a","value":1,"unit":""}]}`, `{"model":"m","metrics":[{"name":"a","value":1,"stderr":null,"hits":null}]}`,
		`{"model":"m","metrics":[{"name":"a\u00e9\"","value":1}]}`, `{"model":"m","metrics":[{"name":"a\x","value":1}]}`, "{\"model\":\"m\",\"metrics\":[{\"name\":\"a\n\",\"value\":1}]}", "{\"model\":\"m\",\"metrics\":[{\"name\":\"\xff\",\"value\":1}]}",
		`{"model":"m","metrics":[{"name":"a","value":1}],"metrics":[{"name":"b"}]}`, `{"model":"m","metrics":[{"name":"a","value":1}],"metrics":null}`, `{"model":"m","metrics":[{"name":"a","value":1}],"METRICS":[{"unit":"b"}]}`,
		`{"metrics":[{"name":"b"}],"metrics":[{"name":"a","value":1}]}`, `{"Metrics":[{"name":"b","unit":"u"}],"metrics":[{"name":"a","value":1}]}`,
		`{"model":"m,"metrics":[{"name":"a","value":1}]x"}`, `{"artifact":{"path":"p","metrics":[{"name":"a","value":1}]}}`, `{"steps":[{"name":"p","metrics":[{"name":"a","value":1}]}]}`,
		`{"model":"m","metrics":[{"name":"a","value":1}]"seconds":1}`, `{"model":"m","metrics":[{"name":"a","value":1}],}`, `{"model":"m","metrics":[{"name":"a","value":1},]}`, `"m","metrics":[{"name":"a","value":1}]}`,
		`{"model":7,"metrics":[{"name":"a","value":1}]}`,
	} {
		likeJSON(t, []byte(text))
	}
}

func FuzzEvidence(f *testing.F) {
	s, err := mlgate.SealEvidence(manifold())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s.Body)
	f.Add([]byte(`{"model":"m","metrics":[{"name":"a","value":1,"repeats":[1,2],"slice":{"a":"b"}}],"seconds":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		likeJSON(t, body)
		e, err := mlgate.ParseEvidence(body, json.Unmarshal)
		if err != nil || e.InputList != nil || len(e.Examples) > 0 {
			return
		}
		plain, err := json.Marshal(e)
		if err != nil {
			return // a time that cannot be written
		}
		if s, err := mlgate.Seal(mlgate.KindEvidence, e, mlgate.Envelope{}); err != nil || !bytes.Equal(s.Body, mlgate.ASCII(plain)) {
			t.Fatalf("sealed (%v)\n%s\nwant\n%s", err, s.Body, mlgate.ASCII(plain))
		}
	})
}
