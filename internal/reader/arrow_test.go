package reader_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/reader"
)

func arrow(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "arrow", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var arrowFiles = []string{"default.feather", "plain.arrow", "zstd.arrow", "stream.arrows", "views.arrow", "words.arrows", "delta.arrows"}

// However pyarrow wrote the table, what is read of it is what is read of its CSV.
func TestArrowOfRealTool(t *testing.T) {
	t.Parallel()
	want, err := reader.Files{}.Metrics(parquetSource(), arrow(t, "table.csv"))
	if err != nil || len(want.Metrics) < 10 {
		t.Fatal(say(want, err))
	}
	for _, name := range arrowFiles {
		got, err := reader.Files{}.Metrics(parquetSource(), arrow(t, name))
		if err != nil || !reflect.DeepEqual(want.Metrics, got.Metrics) || !reflect.DeepEqual(want.Examples, got.Examples) {
			t.Errorf("%s: got\n%s%v\nwant\n%s", name, say(got, nil), err, say(want, nil))
		}
	}
	for column, want := range map[string]string{"big": "m = 1.8446744073709552e+19 (n 1)\n", "least": "m = -128 (n 1)\n"} {
		if got, err := (reader.Files{}).Metrics(parquetSource(column), arrow(t, "nested.arrow")); say(got, err) != want {
			t.Errorf("%s: got %s, want %s", column, say(got, err), want)
		}
	}
}

func TestArrowRefuses(t *testing.T) {
	t.Parallel()
	old := bytes.Clone(arrow(t, "plain.arrow"))
	copy(old[8:], "\x10\x00\x00\x00") // before 0.15 a message began with its length
	for _, c := range []struct {
		data         []byte
		column, want string
	}{
		{arrow(t, "plain.arrow"), "sparse", `: the column "sparse" is "", no finite number`},
		{arrow(t, "words.arrows"), "sparse", `: the column "sparse" is "", no finite number`},
		{arrow(t, "plain.arrow"), "other", `it has no column "other"; there are "nested", "id", "country"`},
		{arrow(t, "plain.arrow"), "nested", `the column "nested" is no number, boolean or text as it stands (type 12 of Arrow)`},
		{arrow(t, "views.arrow"), "country", `: the column "country" is "de", no finite number`},
		{arrow(t, "nested.arrow"), "struct", "type 13"},
		{arrow(t, "nested.arrow"), "day", "type 8"},
		{arrow(t, "nested.arrow"), "price", "type 7"},
		{arrow(t, "nested.arrow"), "half", "type 3"},
		{arrow(t, "nested.arrow"), "union", "type 14"},
		{arrow(t, "nested.arrow"), "runs", "type 22"},
		{arrow(t, "nested.arrow"), "nothing", `row 1: the column "nothing" is "", no finite number`},
		{arrow(t, "nested.arrow"), "right", `row 1: the column "right" is "true", no finite number`},
		{[]byte("FEA1 whatever"), "score", "Feather of version 1"},
		{old, "score", "older than Arrow 0.15"},
		{[]byte("ARROW1\x00\x00"), "score", "without its end"},
		{[]byte("ARROW1\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00ARROW1"), "score", "it holds no schema"},
		{[]byte("\xff\xff\xff\xff\x04\x00\x00\x00\x04\x00\x00\x00\x00"), "score", "version V1"},
	} {
		got, err := reader.Files{}.Metrics(parquetSource(c.column), c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q, %s: got %s %v, want %s", c.data, c.column, say(got, nil), err, c.want)
		}
	}
}

// A file that is cut off is an error; one that is damaged is an error or has other values, for Arrow has no
// checksums; and nothing panics or takes memory without end.
func TestArrowDamaged(t *testing.T) {
	t.Parallel()
	for _, name := range arrowFiles {
		whole := arrow(t, name)
		for i := 0; i < len(whole); i += 61 {
			end := 8 // of a stream
			if strings.HasSuffix(name, "s") {
				end = 0
			}
			if got, err := (reader.Files{}).Metrics(parquetSource(), whole[:i]); err == nil && i+end < len(whole) {
				t.Errorf("%s, cut off after %d bytes: %s", name, i, say(got, nil))
			}
			bad := bytes.Clone(whole)
			bad[i] ^= 0xff
			_, _ = reader.Files{}.Metrics(parquetSource(), bad)
		}
	}
}

// What says that it takes far more memory than the file has is refused before it does.
func TestArrowBomb(t *testing.T) {
	t.Parallel()
	whole := arrow(t, "stream.arrows")
	lz4 := []byte("\x04\x22\x4d\x18")
	for _, size := range []uint64{1 << 62, 1 << 40, 600 << 20, 400 << 20, 1<<64 - 2} {
		bad := bytes.Clone(whole)
		for at := 8; at+4 <= len(bad); at++ {
			if bytes.HasPrefix(bad[at:], lz4) {
				binary.LittleEndian.PutUint64(bad[at-8:], size)
			}
		}
		if got, err := (reader.Files{}).Metrics(parquetSource(), bad); err == nil {
			t.Errorf("%d bytes: %s", size, say(got, nil))
		}
	}
	rows := bytes.Clone(arrow(t, "plain.arrow"))
	for i := 0; i+8 <= len(rows); i += 4 {
		if binary.LittleEndian.Uint64(rows[i:]) == 300 {
			binary.LittleEndian.PutUint64(rows[i:], 900_000)
		}
	}
	if got, err := (reader.Files{}).Metrics(parquetSource(), rows); err == nil || !strings.Contains(err.Error(), "does not hold what it says") {
		t.Errorf("rows that are not there: %s %v", say(got, nil), err)
	}
}

func FuzzArrow(f *testing.F) {
	for _, name := range append([]string{"nested.arrow"}, arrowFiles...) {
		f.Add(arrow(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !bytes.HasPrefix(data, []byte("\xff\xff\xff\xff")) {
			data = append(append([]byte("ARROW1\x00\x00"), bytes.TrimPrefix(data, []byte("ARROW1\x00\x00"))...), "ARROW1"...)
		}
		got, err := reader.Files{}.Metrics(parquetSource(), data)
		if err == nil && len(got.Metrics) == 0 {
			t.Error("neither a number nor an error")
		}
	})
}
