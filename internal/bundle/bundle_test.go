package bundle_test

import (
	"archive/tar"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/bundle"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func sample(t testing.TB) mlgate.Bundle {
	t.Helper()
	b := mlgate.Bundle{Commit: strings.Repeat("a", 40), Tree: strings.Repeat("b", 40), Model: "iris", Recipe: mlgate.Digest(strings.Repeat("c", 64)), Steps: []mlgate.StepRun{{Name: "train", Seconds: 1}}}
	e := mlgate.Evidence{Format: 1, Model: b.Model, Recipe: b.Recipe, Commit: b.Commit, Tree: b.Tree, Steps: b.Steps, Metrics: []mlgate.Metric{{Name: "größe", Value: 1}}}
	s, err := mlgate.Seal(mlgate.KindEvidence, e, mlgate.Envelope{Key: string(b.Recipe)})
	if err != nil {
		t.Fatal(err)
	}
	b.Evidence = &s
	return b
}

func pack(t testing.TB, b mlgate.Bundle) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := bundle.Pack(&buf, b); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	want := sample(t)
	got, err := bundle.Unpack(bytes.NewReader(pack(t, want)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// rewrite changes the files of a bundle.
func rewrite(t *testing.T, change func(*tar.Header, []byte) (*tar.Header, []byte)) []byte {
	t.Helper()
	tr := tar.NewReader(bytes.NewReader(pack(t, sample(t))))
	var buf bytes.Buffer
	tw := tar.NewWriter(&buf)
	for {
		h, err := tr.Next()
		if err != nil {
			break
		}
		data, _ := io.ReadAll(tr)
		if h, data = change(h, data); h == nil {
			continue
		}
		h.Size = int64(len(data))
		if err := tw.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		_, _ = tw.Write(data)
	}
	_ = tw.Close()
	return buf.Bytes()
}

func TestHostile(t *testing.T) {
	t.Parallel()
	swap := func(old, now string) func(*tar.Header, []byte) (*tar.Header, []byte) {
		return func(h *tar.Header, b []byte) (*tar.Header, []byte) {
			return h, bytes.ReplaceAll(b, []byte(old), []byte(now))
		}
	}
	for name, data := range map[string][]byte{
		"empty": nil, "garbage": []byte("this is no tar"), "truncated": pack(t, sample(t))[:700],
		"other numbers":     rewrite(t, swap(`"value":1`, `"value":2`)),
		"unknown field":     rewrite(t, swap(`"model"`, `"modul"`)),
		"model with path":   rewrite(t, swap(`"iris"`, `"../iris"`)),
		"other commit":      rewrite(t, swap(strings.Repeat("a", 40), strings.Repeat("A", 40))),
		"format 2":          rewrite(t, swap(`"format":1`, `"format":2`)),
		"failed but sealed": rewrite(t, swap(`"exit":0`, `"exit":1`)),
		"no evidence file": rewrite(t, func(h *tar.Header, b []byte) (*tar.Header, []byte) {
			if strings.HasPrefix(h.Name, "evidence/") {
				return nil, nil
			}
			return h, b
		}),
		"symlink": rewrite(t, func(h *tar.Header, b []byte) (*tar.Header, []byte) {
			h.Typeflag, h.Linkname = tar.TypeSymlink, "/etc/passwd"
			return h, nil
		}),
		"another name": rewrite(t, func(h *tar.Header, b []byte) (*tar.Header, []byte) { h.Name = "../" + h.Name; return h, b }),
	} {
		if got, err := bundle.Unpack(bytes.NewReader(data)); err == nil {
			t.Errorf("%s: accepted as %+v", name, got)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(pack(f, sample(f)))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := bundle.Unpack(bytes.NewReader(data))
		if err != nil {
			return
		}
		if b.Evidence != nil && mlgate.DigestOf(b.Evidence.Body) != b.Evidence.Digest {
			t.Error("evidence with a wrong digest")
		}
	})
}
