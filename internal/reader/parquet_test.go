package reader_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

func parquetSource(columns ...string) mlgate.Source {
	table := &mlgate.ExampleTable{ID: "id", Slices: []string{"country"}, Metrics: []mlgate.ExampleMetric{
		{Name: "accuracy", How: mlgate.Share, Columns: []string{"right"}}, {Name: "auc", How: mlgate.AUC, Columns: []string{"label", "score"}},
		{Name: "same", How: mlgate.Equal, Columns: []string{"label", "small"}}, {Name: "short", How: mlgate.Mean, Columns: []string{"short"}},
	}}
	if columns != nil {
		table = &mlgate.ExampleTable{ID: "id", Metrics: []mlgate.ExampleMetric{{Name: "m", How: mlgate.Mean, Columns: columns}}}
	}
	return mlgate.Source{Kind: "examples", Path: "t", Table: table}
}

func parquet(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "parquet", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// However pyarrow wrote the table, what is read of it is what is read of its CSV.
func TestParquetOfRealTool(t *testing.T) {
	t.Parallel()
	want, err := reader.Files{}.Metrics(parquetSource(), parquet(t, "table.csv"))
	if err != nil || len(want.Metrics) < 10 {
		t.Fatal(say(want, err))
	}
	for _, name := range []string{"snappy", "zstd", "gzip", "plain", "version2", "required"} {
		got, err := reader.Files{}.Metrics(parquetSource(), parquet(t, name+".parquet"))
		if err != nil || !reflect.DeepEqual(want.Metrics, got.Metrics) || !reflect.DeepEqual(want.Examples, got.Examples) {
			t.Errorf("%s: got\n%s%v\nwant\n%s", name, say(got, nil), err, say(want, nil))
		}
	}
}

func TestParquetRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, column, want string }{
		{"snappy", "sparse", `: the column "sparse" is "", no finite number`},
		{"snappy", "other", `it has no column "other"; there are "id", "country", "label"`},
		{"snappy", "country", `: the column "country" is "de", no finite number`},
		{"refused-brotli", "score", "compressed by a codec that is not read (4)"},
		{"refused-delta", "score", `the column "id": it has an encoding that is not read (7)`},
		{"nested", "list", `the column "list" is nested`},
		{"nested", "struct", `the column "struct" is nested`},
		{"nested", "day", `the column "day" is no number, boolean or text as it stands`},
		{"nested", "price", `the column "price" is no number, boolean or text`},
		{"nested", "right", `row 1: the column "right" is "true", no finite number`},
	} {
		got, err := reader.Files{}.Metrics(parquetSource(c.column), parquet(t, c.file+".parquet"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: got %s %v, want %s", c.file, c.column, say(got, nil), err, c.want)
		}
	}
	if _, err := (reader.Files{}).Metrics(mlgate.Source{Path: "a.parquet"}, parquet(t, "snappy.parquet")); err == nil || !strings.Contains(err.Error(), "must say more") {
		t.Errorf("without a kind: %v", err)
	}
}

// A file that is cut off is an error; one that is damaged is an error, or what was read before, where no page
// has a checksum; and nothing panics or takes memory without end.
func TestParquetDamaged(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain", "zstd", "version2"} {
		whole := parquet(t, name+".parquet")
		for i := 0; i < len(whole); i += 61 {
			if got, err := (reader.Files{}).Metrics(parquetSource(), whole[:i]); err == nil {
				t.Errorf("%s, cut off after %d bytes: %s", name, i, say(got, nil))
			}
			bad := bytes.Clone(whole)
			bad[i] ^= 0xff
			_, _ = reader.Files{}.Metrics(parquetSource(), bad)
		}
	}
	bad := bytes.Clone(parquet(t, "plain.parquet")) // the first page's data
	at := bytes.Index(bad, []byte("example 3"))
	bad[at] ^= 1
	if _, err := (reader.Files{}).Metrics(parquetSource(), bad); err == nil || !strings.Contains(err.Error(), "wrong checksum") {
		t.Errorf("a page with a checksum: %v", err)
	}
	long := binary.LittleEndian.AppendUint32([]byte("PAR1"), 1<<31)
	if _, err := (reader.Files{}).Metrics(parquetSource(), append(long, "PAR1"...)); err == nil || !strings.Contains(err.Error(), "longer than the file") {
		t.Errorf("a description longer than the file: %v", err)
	}
}

func FuzzParquet(f *testing.F) {
	for _, name := range []string{"plain", "zstd", "snappy", "gzip", "version2", "nested"} {
		f.Add(parquet(f, name+".parquet"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = append([]byte("PAR1"), bytes.TrimPrefix(data, []byte("PAR1"))...)
		got, err := reader.Files{}.Metrics(parquetSource(), data)
		if err == nil && len(got.Metrics) == 0 {
			t.Error("neither a number nor an error")
		}
	})
}
