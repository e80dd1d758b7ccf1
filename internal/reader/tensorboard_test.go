package reader_test

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

const eventFile = "events.out.tfevents.1790000000.host"

// What tensorboardX and TensorBoard's own writer wrote: one file, recognised by content, and folders.
func TestTensorBoardOfRealTools(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "tensorboard", "x", eventFile))
	if err != nil {
		t.Fatal(err)
	}
	one := "auc = 0.875\nf1 = NaN\nval/loss = 0.25\nworst = +Inf\nleft out: %: note/text_summary is no scalar but of \"text\"\nleft out: %: weights is a histogram\n"
	got, err := reader.Files{}.Metrics(mlgate.Source{Path: "runs/" + eventFile}, data)
	if want := strings.ReplaceAll(one, "%", "runs/"+eventFile); say(got, err) != want || got.Kind != "tensorboard" {
		t.Errorf("a file: %s, got\n%swant\n%s", got.Kind, say(got, err), want)
	}
	for _, c := range []struct{ dir, run, want string }{
		{"x", "", strings.ReplaceAll(one, "%", "runs")},
		{"keras/train", "", "epoch_accuracy = 0.75\nevaluation_auc = 0.7\n"},
		{"keras", "validation", "epoch_accuracy = 0.5\nevaluation_auc = 0.45\n"},
		{"keras", "", "train.epoch_accuracy = 0.75\ntrain.evaluation_auc = 0.7\nvalidation.epoch_accuracy = 0.5\nvalidation.evaluation_auc = 0.45\n"},
		{"keras", "test", "error: \"runs\": no event file of TensorBoard is in its folder \"test\"\n"},
	} {
		folder := os.DirFS(filepath.Join("testdata", "tensorboard", c.dir))
		got, err := reader.Files{}.Folder(mlgate.Source{Kind: "tensorboard", Path: "runs", Run: c.run}, folder)
		if have := say(got, err); have != c.want {
			t.Errorf("%s %s: got\n%swant\n%s", c.dir, c.run, have, c.want)
		}
	}
}

// tfRecord frames data as TensorFlow does.
func tfRecord(data []byte) []byte {
	masked := func(b []byte) uint32 {
		sum := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
		return (sum>>15 | sum<<17) + 0xa282ead8
	}
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	out = binary.LittleEndian.AppendUint32(out, masked(out))
	return binary.LittleEndian.AppendUint32(append(out, data...), masked(data))
}

// pb writes a protobuf field: text or bytes, a double, a float or a whole number.
func pb(num protowire.Number, v any) []byte {
	switch v := v.(type) {
	case string:
		return protowire.AppendString(protowire.AppendTag(nil, num, protowire.BytesType), v)
	case []byte:
		return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), v)
	case uint32:
		return protowire.AppendFixed32(protowire.AppendTag(nil, num, protowire.Fixed32Type), v)
	case uint64:
		return protowire.AppendFixed64(protowire.AppendTag(nil, num, protowire.Fixed64Type), v)
	}
	return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), uint64(v.(int))) //nolint:forcetypeassert,gosec // a test's own
}

func join(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

const half, one = uint32(0x3f000000), uint32(0x3f800000) // as float32

// events is a file with a version and these events.
func events(each ...[]byte) []byte {
	out := tfRecord(join(pb(1, uint64(0)), pb(3, "brain.Event:2")))
	for _, e := range each {
		out = append(out, tfRecord(e)...)
	}
	return out
}

// logged is an event that logs a value of a tag.
func logged(step int, tag string, value ...[]byte) []byte {
	return join(pb(2, step), pb(5, pb(1, join(append([][]byte{pb(1, tag)}, value...)...))))
}

func TestTensorBoard(t *testing.T) {
	t.Parallel()
	plugin := func(name string) []byte { return pb(9, pb(1, pb(1, name))) }
	float := join(pb(1, 1), pb(5, one))
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"the highest step", events(logged(7, "a", pb(2, one)), logged(3, "a", pb(2, half))), "a = 1\n"},
		{"the highest value of one moment", events(logged(3, "a", pb(2, one)), logged(3, "a", pb(2, half))), "a = 1\n"},
		{"a tensor", events(logged(1, "a", plugin("scalars"), pb(8, float))), "a = 1\n"},
		{"in one piece", events(logged(1, "a", plugin("scalars"), pb(8, join(pb(1, 1), pb(5, protowire.AppendFixed32(nil, half)))))), "a = 0.5\n"},
		{"a double", events(logged(1, "a", plugin("scalars"), pb(8, join(pb(1, 2), pb(6, uint64(0x3fe0000000000000)))))), "a = 0.5\n"},
		{"the plugin of the first", events(logged(1, "a", plugin("scalars"), pb(8, float)), logged(2, "a", pb(8, join(pb(1, 1), pb(5, half))))), "a = 0.5\n"},
		{"two numbers", events(logged(1, "b", pb(2, one)), logged(1, "a", plugin("scalars"), pb(8, join(float, pb(5, one))))), "b = 1\nleft out: m.json: a is a tensor\n"},
		{"whole numbers", events(logged(1, "b", pb(2, one)), logged(1, "a", plugin("scalars"), pb(8, join(pb(1, 3), pb(7, 1))))), "b = 1\nleft out: m.json: a is a tensor\n"},
		{"both", events(logged(1, "b", pb(2, one)), logged(1, "b", pb(5, ""))), "b = 1\nleft out: m.json: values of b that are a histogram\n"},
		{"images alone", events(logged(1, "a", pb(4, ""))), "error: \"m.json\": it holds no number\n"},
		{"no value", events(logged(1, "b", pb(2, one)), logged(1, "a")), "b = 1\nleft out: m.json: a is without a value\n"},
		{"no tag", events(logged(1, "", pb(2, one))), "error: \"m.json\": a number without a name: give the evidence a prefix\n"},
		{"a session", events(join(pb(2, 0), pb(7, pb(1, 1))), logged(5, "a", pb(2, one)), join(pb(2, 6), pb(7, pb(1, 1)))), "a = 1\n"},
		{"a session again", events(logged(5, "a", pb(2, one)), join(pb(2, 5), pb(7, pb(1, 1)))), "error: \"m.json\": the record at byte 70: a session starts again at step 5, and \"a\" has a value of step 5 already: write each session to a folder of its own\n"},
		{"no protobuf", events([]byte{0xff}), "error: \"m.json\": the record at byte 40: it is no protobuf: a field is longer than what is there\n"},
		{"nothing but the version", events(), "error: \"m.json\": it holds no number\n"},
		{"records of something else", tfRecord([]byte("x")), "error: \"m.json\": it is no event file of TensorBoard: it does not begin with a record of its version\n"},
	} {
		got, err := reader.Files{}.Metrics(mlgate.Source{Kind: "tensorboard", Path: "m.json"}, c.data)
		if err != nil {
			got = mlgate.Reading{}
		}
		if have := say(got, err); have != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, have, c.want)
		}
	}
}

// A byte that is not as it was written, and a file that is cut off, are errors wherever they are.
func TestTensorBoardDamaged(t *testing.T) {
	t.Parallel()
	whole := events(logged(1, "a", pb(2, one)), logged(2, "a", pb(2, half)))
	src := mlgate.Source{Kind: "tensorboard", Path: "m"}
	ends := map[int]bool{len(events(logged(1, "a", pb(2, one)))): true}
	for i := range whole {
		if got, err := (reader.Files{}).Metrics(src, whole[:i]); err == nil && !ends[i] {
			t.Errorf("cut off after %d bytes: %s", i, say(got, nil))
		}
		bad := append([]byte(nil), whole...)
		bad[i] ^= 0x10
		if got, err := (reader.Files{}).Metrics(src, bad); err == nil {
			t.Errorf("byte %d is another: %s", i, say(got, nil))
		}
	}
}

func FuzzTensorBoard(f *testing.F) {
	f.Add(events(logged(1, "a", pb(2, one)))[40:])
	f.Add([]byte("\x12\x00"))
	f.Fuzz(func(t *testing.T, event []byte) {
		for _, data := range [][]byte{event, events(event, logged(1, "a", pb(2, one)))} { // as a file, and with right checksums
			got, err := reader.Files{}.Metrics(mlgate.Source{Kind: "tensorboard", Path: "m"}, data)
			if err == nil && len(got.Metrics) == 0 {
				t.Error("neither a number nor an error")
			}
		}
	})
}

// Of runs that a program made one after the other, the latest is read, and the time in its folder's name stands in
// no metric.
func TestTensorBoardLatest(t *testing.T) {
	t.Parallel()
	kept := filepath.Join("testdata", "tensorboard")
	x, train := filepath.Join(kept, "x", "events.out.tfevents.1790000000.host"), filepath.Join(kept, "keras", "train", "events.out.tfevents.1790000000.host")
	const keras = "epoch_accuracy = 0.75\nevaluation_auc = 0.7\n"
	both := strings.ReplaceAll("r.epoch_accuracy = 0.75\nr.evaluation_auc = 0.7\n", "r.", "train.") + strings.ReplaceAll("r.epoch_accuracy = 0.75\nr.evaluation_auc = 0.7\n", "r.", "validation.")
	const earlier = "left out: logs: 1 earlier runs, by the times or numbers in the names of their folders\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		run   string
		want  string
	}{
		{"by the time of the start", map[string]string{"20260101-000000/e.tfevents.200.h": train, "20260102-000000/e.tfevents.100.h": x}, "", keras + earlier},
		{"at one second, by the name", map[string]string{"20260101-000000/e.tfevents.100.h": x, "20260102-000000/e.tfevents.100.h": train}, "", keras + earlier},
		{"by number", map[string]string{"version_9/e.tfevents.100.h": x, "version_10/e.tfevents.100.h": train}, "", keras + earlier},
		{"as PyTorch names it", map[string]string{"Dec31_00-00-00_h/e.tfevents.100.h": x, "Jan01_00-00-00_h/e.tfevents.101.h": train}, "", keras + earlier},
		{"two of one moment", map[string]string{"Dec31_00-00-00_a/e.tfevents.100.h": x, "Dec31_00-00-00_b/e.tfevents.100.h": train}, "",
			"error: \"logs\": two runs could be meant, \"Dec31_00-00-00_a\" and \"Dec31_00-00-00_b\": name one with `run`\n"},
		{"named", map[string]string{"version_0/e.tfevents.100.h": train, "version_1/e.tfevents.101.h": x}, "version_0", keras},
		{"with parts", map[string]string{"version_0/train/e.tfevents.1.h": x, "version_1/train/e.tfevents.2.h": train, "version_1/validation/e.tfevents.2.h": train}, "", both + earlier},
		{"a part named", map[string]string{"version_0/train/e.tfevents.1.h": x, "version_1/train/e.tfevents.2.h": train}, "version_1/train", keras},
		{"beside one without a time", map[string]string{"train/e.tfevents.1.h": train, "version_1/train/e.tfevents.2.h": x}, "", "error: \"logs\": \"train\" and \"version_1/train\" are of one name without their times\n"},
	} {
		folder := fstest.MapFS{}
		for name, kept := range c.files {
			data, err := os.ReadFile(kept)
			if err != nil {
				t.Fatal(err)
			}
			folder[name] = &fstest.MapFile{Data: data}
		}
		got, err := reader.Files{}.Folder(mlgate.Source{Kind: "tensorboard", Path: "logs", Run: c.run}, folder)
		if have := say(got, err); have != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, have, c.want)
		}
	}
}
