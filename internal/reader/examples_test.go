package reader_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// tableSource is a table of which all kinds of metrics are asked for.
func tableSource() mlgate.Source {
	return mlgate.Source{Kind: "examples", Path: "p.csv", Table: &mlgate.ExampleTable{ID: "id", Group: "user", Slices: []string{"country"}, Metrics: []mlgate.ExampleMetric{
		{Name: "acc", How: mlgate.Equal, Columns: []string{"y", "p"}}, {Name: "ok", How: mlgate.Share, Columns: []string{"ok"}},
		{Name: "err", How: mlgate.AbsoluteError, Columns: []string{"y", "s"}}, {Name: "brier", How: mlgate.SquaredError, Columns: []string{"y", "s"}},
		{Name: "ms", How: mlgate.Mean, Columns: []string{"ms"}}, {Name: "auc", How: mlgate.AUC, Columns: []string{"y", "s"}},
	}}}
}

const commaTable = `id,user,country,y,p,ok,s,ms
a,u1,de,1,1,true,0.75,10
b,u1,fr,0,1,0,0.5,20
c,u2,de,1,1.0,1,0.25,30
d,u3,fr,0,0,FALSE,0.25,40
`

const lineTable = `{"id": "a", "user": "u1", "country": "de", "y": 1, "p": 1, "ok": true, "s": 0.75, "ms": 10}
{"id": "b", "user": "u1", "country": "fr", "y": 0, "p": 1, "ok": 0, "s": 0.5, "ms": 20, "more": [1]}

{"id": "c", "user": "u2", "country": "de", "y": 1, "p": 1.0, "ok": 1, "s": 0.25, "ms": 30}
{"id": "d", "user": "u3", "country": "fr", "y": 0, "p": 0, "ok": false, "s": 0.25, "ms": 40}
`

// By hand, of the four rows above.
func TestExamples(t *testing.T) {
	t.Parallel()
	want := map[string]float64{
		"acc": 0.75, "ok": 0.5, "err": (0.25 + 0.5 + 0.75 + 0.25) / 4, "brier": (0.0625 + 0.25 + 0.5625 + 0.0625) / 4, "ms": 25, "auc": 0.625,
		"acc[country=de]": 1, "acc[country=fr]": 0.5, "ok[country=de]": 1, "ok[country=fr]": 0, "ms[country=de]": 20, "ms[country=fr]": 30,
		"err[country=de]": 0.5, "err[country=fr]": 0.375, "brier[country=de]": 0.3125, "brier[country=fr]": 0.15625,
	}
	for what, text := range map[string]string{
		"commas": commaTable, "semicolons": strings.ReplaceAll(commaTable, ",", ";"), "tabs": strings.ReplaceAll(commaTable, ",", "\t"), "lines": lineTable,
		"CRLF": strings.ReplaceAll(commaTable, "\n", "\r\n"), "BOM": "\xef\xbb\xbf" + commaTable, "spaces": strings.ReplaceAll(commaTable, ",", " , "),
	} {
		got, err := reader.Files{}.Metrics(tableSource(), []byte(text))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		values := map[string]float64{}
		for _, m := range got.Metrics {
			values[m.Name] = float64(m.Value)
		}
		for name, v := range want {
			if math.Abs(values[name]-v) > 1e-12 {
				t.Errorf("%s: %s is %v, want %v", what, name, values[name], v)
			}
		}
		if len(values) != len(want) || len(got.LeftOut) != 2 { // no AUC of a slice with labels of one kind
			t.Errorf("%s: %d metrics, left out %v", what, len(values), got.LeftOut)
		}
		if x := got.Examples; x == nil || len(x.IDs) != 4 || len(x.Columns) != 6 || len(x.Groups) != 4 {
			t.Errorf("%s: examples %+v", what, x)
		}
	}
}

// Nothing is left out and nothing is guessed: the error names line and column.
func TestExamplesRefusedByLine(t *testing.T) {
	t.Parallel()
	swap := func(old, now string) string { return strings.Replace(commaTable, old, now, 1) }
	for text, want := range map[string]string{
		"":                                            "is empty",
		"id,user,country,y,p,ok,s,ms\n":               "no rows",
		swap("id,", "no,"):                            `no column "id"`,
		swap("ms\n", "ms,ms\n"):                       `two columns "ms"`,
		swap("p,ok", "ok,ok"):                         "two columns",
		swap("b,u1", ",u1"):                           `line 3: the column "id" is empty`,
		swap("b,u1", "a,u1"):                          `line 3: the column "id" is "a", as in line 2`,
		swap("b,u1", "b,"):                            `line 3: the column "user" is empty`,
		swap("true", "yes"):                           `line 2: the column "ok" is "yes"`,
		swap("0.75", "0,75"):                          "wrong number of fields",
		swap("0.75", `"0,75"`):                        `line 2: the column "s" is "0,75", no finite number`,
		swap("0.75", "NaN"):                           `no finite number`,
		swap("0.75", "Infinity"):                      `no finite number`,
		swap("0.75", ""):                              `no finite number`,
		swap("1,1,true", ",1,true"):                   `line 2: the column "y" is empty`,
		swap("1,1,true", "2,1,true"):                  `the metric auc: line 2: the column "y" is "2"`,
		"\xff\xfei\x00d\x00":                          "not UTF-8",
		"{\"id\": \"a\"\n":                            "line 1",
		"{\"id\": \"a\", \"id\": \"b\"}\n":            "twice",
		strings.Replace(lineTable, `"a"`, `["a"]`, 1): `line 1: the column "id" is a list or an object`,
		"{\"id\": null}\n":                            `no "country"`,
		"{\"id\": \"a\"} {}\n":                        "follows",
	} {
		got, err := reader.Files{}.Metrics(tableSource(), []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %d metrics and %v, want an error with %q", text, len(got.Metrics), err, want)
		}
	}
}

// What a metric of two columns takes is looked at in every cell, and a slice without what it is about has none.
func TestExampleFiguresRefused(t *testing.T) {
	t.Parallel()
	src := func(how, column string) mlgate.Source {
		return mlgate.Source{Kind: "examples", Path: "p.csv", Table: &mlgate.ExampleTable{ID: "id", Slices: []string{"g"}, Metrics: []mlgate.ExampleMetric{{Name: "m", How: how, Columns: []string{"y", column}, Bins: 15}}}}
	}
	table := "id,g,y,p,s\n1,a,1,1,0\n2,a,0,0,1.5\n3,b,0,1,1\n"
	for how, want := range map[string]string{
		mlgate.ECE: `line 3: the column "s" is "1.5", no probability`, mlgate.LogLoss: `line 3: the column "s" is "1.5", no probability`,
		mlgate.TPR: `line 3: the column "s" is "1.5", not 0, 1`, mlgate.FPR: `line 3: the column "s" is "1.5", not 0, 1`,
	} {
		if got, err := (reader.Files{}).Metrics(src(how, "s"), []byte(table)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %+v, %v, want %q", how, got.Metrics, err, want)
		}
	}
	got, err := reader.Files{}.Metrics(src(mlgate.TPR, "p"), []byte(table))
	if err != nil || len(got.Metrics) != 2 || len(got.LeftOut) != 1 || got.LeftOut[0].Name != "m[g=b]" || *got.Metrics[0].Hits != 1 || got.Metrics[0].N != 1 {
		t.Errorf("got %+v, left out %v, %v", got.Metrics, got.LeftOut, err)
	}
	got, err = reader.Files{}.Metrics(src(mlgate.R2, "s"), []byte(table))
	if err != nil || len(got.Metrics) != 2 || len(got.LeftOut) != 1 {
		t.Errorf("got %+v, left out %v, %v", got.Metrics, got.LeftOut, err)
	}
}

// Too many slices are counted, and none of them is read; one example has no error.
func TestExamplesAtTheEdge(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id,user,country,y,p,ok,s,ms\n")
	for i := range 2500 {
		fmt.Fprintf(&b, "%d,u,c%d,%d,1,1,0.5,1\n", i, i, i%2)
	}
	got, err := reader.Files{}.Metrics(tableSource(), []byte(b.String()))
	if err != nil || len(got.Metrics) != 6 || !strings.Contains(strings.Join(got.Dropped, ";"), "2500 slices, more than 2000") {
		t.Errorf("%d metrics, %v, %v", len(got.Metrics), got.Dropped, err)
	}
	src := tableSource()
	src.Table.Slices, src.Table.Group, src.Table.Metrics = nil, "", src.Table.Metrics[4:5]
	got, err = reader.Files{}.Metrics(src, []byte("id,ms\na,3\n"))
	if err != nil || len(got.Metrics) != 1 || got.Metrics[0].Stderr != nil || got.Metrics[0].Value != 3 {
		t.Errorf("one example: %+v, %v", got.Metrics, err)
	}
}

func FuzzExamples(f *testing.F) {
	f.Add(commaTable)
	f.Add(lineTable)
	f.Add("id;user;country;y;p;ok;s;ms\na;u;d;1;1;1;1;1\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := reader.Files{}.Metrics(tableSource(), []byte(text))
		if err != nil {
			return
		}
		for _, m := range got.Metrics {
			if !m.Value.Finite() || m.N < 1 || !m.Sound() {
				t.Errorf("%+v cannot be", m)
			}
		}
		list, err := got.Examples.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mlgate.ParseExamples(list); err != nil {
			t.Errorf("what was read cannot be kept: %v", err)
		}
	})
}
