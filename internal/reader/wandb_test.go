package reader_test

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// What wandb wrote offline: a run that ended well, read from the folder and as a file, and one that did not.
func TestWandbOfRealTool(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("testdata", "wandb", "wandb")
	numbers := "auc = 0.75\nbest = 0.99\nby.de = 0.5\nleast.min = 1\nval/loss = 0.5\nworst = +Inf\n"
	folder := os.DirFS(dir)
	for run, want := range map[string]string{
		"": numbers, "first": numbers, "offline-run-20261129_120000-first": numbers,
		"broken": "the run ended with code 1", "second": `no run in it has the id or the folder "second"`,
	} {
		got, err := reader.Files{}.Folder(mlgate.Source{Kind: "wandb", Path: "wandb", Run: run}, folder)
		have := say(mlgate.Reading{Metrics: got.Metrics}, nil)
		if err != nil {
			have = err.Error()
		}
		if have != want && (err == nil || !strings.Contains(have, want)) {
			t.Errorf("run %q: got %s, want %s", run, have, want)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "offline-run-20261129_120000-first", "run-first.wandb"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := reader.Files{}.Metrics(mlgate.Source{Path: "r"}, data)
	want := numbers + "left out: r: note is text\nleft out: r: what stands beside the numbers (\"_runtime\", \"_step\", \"_timestamp\", \"_wandb.runtime\")\nleft out: r: hidden is in the history and not in the summary\n"
	if say(got, err) != want || got.Kind != "wandb" {
		t.Errorf("%s: got\n%swant\n%s", got.Kind, say(got, err), want)
	}
}

// wandbFile writes records as W&B does.
func wandbFile(records ...[]byte) []byte {
	out := []byte(":W&B\xe1\xbe\x00")
	for _, r := range records {
		for first := true; first || len(r) > 0; first = false {
			left := 32<<10 - len(out)%(32<<10)
			if left < 7 {
				out = append(out, make([]byte, left)...)
				left = 32 << 10
			}
			n := min(len(r), left-7)
			kind := byte(3)
			switch last := n == len(r); {
			case first && last:
				kind = 1
			case first:
				kind = 2
			case last:
				kind = 4
			}
			chunk := append([]byte{kind}, r[:n]...)
			out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
			out = binary.LittleEndian.AppendUint16(out, uint16(n)) //nolint:gosec // below 32 KiB
			out, r = append(out, chunk...), r[n:]
			if n == 0 && len(r) == 0 {
				break
			}
		}
	}
	return out
}

func shown(num protowire.Number, key, value string) []byte {
	return pb(3, pb(num, join(pb(1, key), pb(16, value))))
}

func TestWandb(t *testing.T) {
	t.Parallel()
	end := pb(18, pb(2, 3))
	src := mlgate.Source{Kind: "wandb", Path: "m"}
	long := shown(1, "note", `"`+strings.Repeat("x", 100_000)+`"`)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"the last update", wandbFile(shown(1, "a", "1"), shown(1, "a", "2"), end), "a = 2\n"},
		{"one is taken out", wandbFile(shown(1, "a", "1"), shown(1, "b", "1"), shown(2, "a", ""), end), "b = 1\n"},
		{"over blocks", wandbFile(long, shown(1, "a", "1"), end), "a = 1\nleft out: m: note is text\n"},
		{"constants", wandbFile(shown(1, "a", `"NaN"`), shown(1, "b", `{"c": -Infinity, "d": null}`), end), "a = NaN\nb.c = -Inf\nleft out: m: b.d is null\n"},
		{"two ways to one name", wandbFile(shown(1, "a.b", "1"), shown(1, "a", `{"b": 2}`), end), `the name "a.b" stands in it twice`},
		{"no end", wandbFile(shown(1, "a", "1")), "the run is not finished"},
		{"killed", wandbFile(shown(1, "a", "1"), pb(18, pb(1, 255))), "ended with code 255"},
		{"no number", wandbFile(end), "it holds no number"},
		{"no JSON", wandbFile(shown(1, "a", "{"), end), `the value of "a"`},
		{"another version", append([]byte(":W&B\xe1\xbe\x01"), wandbFile(end)[7:]...), "version 1"},
		{"something else", []byte("{}"), "it does not begin with :W&B"},
		{"an empty file", nil, "it does not begin with :W&B"},
	} {
		got, err := reader.Files{}.Metrics(src, c.data)
		have := say(got, nil)
		if err != nil {
			have = err.Error()
		}
		if have != c.want && (err == nil || !strings.Contains(have, c.want)) {
			t.Errorf("%s: got %s, want %s", c.name, have, c.want)
		}
	}
	whole := wandbFile(shown(1, "a", "1"), end)
	for i := range whole {
		bad := append([]byte(nil), whole...)
		bad[i] ^= 0x10
		for what, data := range map[string][]byte{"cut off": whole[:i], "damaged": bad} {
			if got, err := (reader.Files{}).Metrics(src, data); err == nil {
				t.Errorf("%s at byte %d: %s", what, i, say(got, nil))
			}
		}
	}
}

func FuzzWandb(f *testing.F) {
	f.Add(shown(1, "a", "1"))
	f.Add(wandbFile(shown(1, "a", "1"), pb(18, "")))
	f.Fuzz(func(t *testing.T, record []byte) {
		for _, data := range [][]byte{record, wandbFile(record, shown(1, "a", "1"), pb(18, ""))} { // as a file, and with right checksums
			got, err := reader.Files{}.Metrics(mlgate.Source{Kind: "wandb", Path: "m"}, data)
			if err == nil && len(got.Metrics) == 0 {
				t.Error("neither a number nor an error")
			}
		}
	})
}
