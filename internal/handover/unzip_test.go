package handover_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/handover"
)

// entry writes one file into an archive.
func entry(t testing.TB, w *zip.Writer, h zip.FileHeader, content string) {
	t.Helper()
	f, err := w.CreateHeader(&h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(content)); err != nil && content != "" {
		t.Fatal(err)
	}
}

// archive closes what do writes.
func archive(t testing.TB, do func(*zip.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	do(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t testing.TB, name, content string) []byte {
	t.Helper()
	return archive(t, func(w *zip.Writer) { entry(t, w, zip.FileHeader{Name: name, Method: zip.Deflate}, content) })
}

// of is a header with the mode of a kind of file.
func of(name string, mode fs.FileMode) zip.FileHeader {
	h := zip.FileHeader{Name: name}
	h.SetMode(mode)
	return h
}

// patch changes a field of the list of entries, at an offset of the first.
func patch(data []byte, offset int, value uint32) []byte {
	data = bytes.Clone(data)
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(data[at+offset:], value)
	return data
}

func TestUnzip(t *testing.T) {
	t.Parallel()
	const max = 1 << 20
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		data := archive(t, func(w *zip.Writer) {
			entry(t, w, zip.FileHeader{Name: "mlgate.bundle", Method: method}, "hello")
		})
		if got, err := handover.Unzip(data, max); err != nil || string(got) != "hello" {
			t.Fatalf("%d: %q, %v", method, got, err)
		}
	}
	good := zipped(t, "b", strings.Repeat("hello", 100))
	one := func(h zip.FileHeader, content string) []byte {
		return archive(t, func(w *zip.Writer) { entry(t, w, h, content) })
	}
	two := func(a, b string) []byte {
		return archive(t, func(w *zip.Writer) {
			entry(t, w, zip.FileHeader{Name: a}, "1")
			entry(t, w, zip.FileHeader{Name: b}, "2")
		})
	}
	bomb := one(zip.FileHeader{Name: "b", Method: zip.Deflate}, strings.Repeat("\x00", 64<<20))
	if len(bomb) > 1<<17 {
		t.Fatalf("the bomb has %d bytes: it is none", len(bomb))
	}
	for name, data := range map[string][]byte{
		"nothing":                nil,
		"not a zip":              []byte("<html>502 Bad Gateway</html>"),
		"a tar":                  append(make([]byte, 257), "ustar"...),
		"no entry":               archive(t, func(*zip.Writer) {}),
		"cut in the middle":      good[:len(good)/2],
		"cut at the end":         good[:len(good)-1],
		"without its beginning":  good[20:],
		"bomb":                   bomb,
		"bomb that says 10":      patch(bomb, 24, 10),
		"bomb that says 2^32":    patch(bomb, 24, 0xfffffffe),
		"other checksum":         patch(good, 16, 0x12345678),
		"encrypted":              patch(good, 8, 1|8<<16),
		"unknown method":         patch(good, 8, 99<<16),
		"packed size of 4 GB":    patch(good, 20, 0xfffffffe),
		"data elsewhere":         patch(good, 42, 0x7ffffff0),
		"two files":              two("a", "b"),
		"twice one name":         two("b", "b"),
		"traversal":              one(zip.FileHeader{Name: "../../pwned"}, "x"),
		"absolute":               one(zip.FileHeader{Name: "/tmp/pwned"}, "x"),
		"below a folder":         one(zip.FileHeader{Name: "a/b"}, "x"),
		"backslashes":            one(zip.FileHeader{Name: `..\pwned`}, "x"),
		"a drive":                one(zip.FileHeader{Name: "C:pwned"}, "x"),
		"no name":                one(zip.FileHeader{Name: ""}, "x"),
		"a dot":                  one(zip.FileHeader{Name: "."}, "x"),
		"two dots":               one(zip.FileHeader{Name: ".."}, "x"),
		"a zero in the name":     one(zip.FileHeader{Name: "b\x00.txt"}, "x"),
		"a name without end":     one(zip.FileHeader{Name: strings.Repeat("b", 60_000)}, "x"),
		"a name that is no text": one(zip.FileHeader{Name: "b\xff\xfe"}, "x"),
		"a folder":               archive(t, func(w *zip.Writer) { entry(t, w, zip.FileHeader{Name: "b/"}, "") }),
		"a symlink":              one(of("b", fs.ModeSymlink|0o777), "/etc/passwd"),
		"a device":               one(of("b", fs.ModeDevice|fs.ModeCharDevice), "x"),
		"a pipe":                 one(of("b", fs.ModeNamedPipe), "x"),
		"a socket":               one(of("b", fs.ModeSocket), "x"),
		"20,000 entries": archive(t, func(w *zip.Writer) {
			for i := range 20_000 {
				entry(t, w, zip.FileHeader{Name: fmt.Sprint(i)}, "")
			}
		}),
	} {
		if got, err := handover.Unzip(data, max); err == nil {
			t.Errorf("%s: taken as %.40q", name, got)
		}
	}
}

// Whatever is in it: at most so much comes out, of one name, and nothing breaks.
func FuzzUnzip(f *testing.F) {
	f.Add(zipped(f, "mlgate.bundle", "hello"))
	f.Add(zipped(f, "../b", "hello"))
	f.Add(archive(f, func(w *zip.Writer) { entry(f, w, of("b", fs.ModeSymlink), "/etc/passwd") }))
	f.Add(patch(zipped(f, "b", strings.Repeat("x", 1000)), 24, 10))
	f.Fuzz(func(t *testing.T, data []byte) {
		const max = 1 << 12
		got, err := handover.Unzip(data, max)
		if len(got) > max || err != nil && got != nil {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}
