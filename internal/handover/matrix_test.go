package handover_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/handover"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// matrix is a run whose jobs left a bundle each: mlgate-a, mlgate-b and mlgate-c.
func matrix(t testing.TB) *hub {
	t.Helper()
	h := fork(t)
	h.o.Artifact, h.archives = "mlgate-*", map[int64][]byte{}
	one := h.artifacts[0]
	h.artifacts = nil
	for i, name := range []string{"mlgate-c", "coverage", "mlgate-a", "mlgate", "mlgate-b"} { // GitHub has an order of its own
		one.ID, one.Name = int64(10+i), name
		h.artifacts = append(h.artifacts, one)
		h.archives[one.ID] = zipped(t, "mlgate.bundle", "of "+name+";")
	}
	return h
}

func (h *hub) named(name string) *mlgate.HandedArtifact {
	return &h.artifacts[slices.IndexFunc(h.artifacts, func(a mlgate.HandedArtifact) bool { return a.Name == name })]
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	const all = "of mlgate-a;of mlgate-b;of mlgate-c;"
	if _, data, err := matrix(t).take(context.Background()); err != nil || string(data) != all {
		t.Errorf("%q, %v", data, err)
	}
	h := matrix(t)
	h.o.Artifact = "" // one alone, by its whole name
	if _, data, err := h.take(context.Background()); err != nil || string(data) != "of mlgate;" {
		t.Errorf("%q, %v", data, err)
	}
	h = matrix(t)
	h.o.Limits = handover.Limits{Archive: 300, Content: int64(len(all))} // to the last byte
	for i := range h.artifacts {
		h.artifacts[i].Size = 100
	}
	if _, data, err := h.take(context.Background()); err == nil || string(data) == all {
		t.Errorf("archives of %d bytes each were taken for 300 in all", len(h.archives[10]))
	}
	h.o.Limits.Archive = int64(3 * len(h.archives[10]))
	if _, data, err := h.take(context.Background()); err != nil || string(data) != all {
		t.Errorf("%q, %v", data, err)
	}
}

// Only some jobs were run again: what the others left before does not count, and that is told.
func TestMatrixEarlier(t *testing.T) {
	t.Parallel()
	h := matrix(t)
	for _, name := range []string{"mlgate-a", "mlgate-c"} {
		h.named(name).Created = h.run.Started.Add(-time.Hour)
	}
	c, err := handover.Identify(context.Background(), h.o)
	if err != nil {
		t.Fatal(err)
	}
	left, err := c.Bundles(context.Background())
	if err != nil || left.Earlier != 2 || len(left.Files) != 1 || left.Files[0].Artifact != "mlgate-b" {
		t.Errorf("%+v, %v", left, err)
	}
}

// many are n artifacts more whose names begin as they must.
func (h *hub) many(n int) {
	for i := range n {
		a := h.artifacts[0]
		a.Name = fmt.Sprintf("mlgate-%d", i)
		h.artifacts = append(h.artifacts, a)
	}
}

// stored is an archive of n bytes that packing makes no smaller.
func stored(n int) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if f, err := w.CreateHeader(&zip.FileHeader{Name: "mlgate.bundle", Method: zip.Store}); err == nil {
		_, _ = f.Write(make([]byte, n))
	}
	_ = w.Close()
	return b.Bytes()
}

var hostileMatrices = []hostile{
	{"two of one name", func(h *hub) { h.named("mlgate-c").Name = "mlgate-a" }, false, `more than one has the name "mlgate-a"`},
	{"one of another run", func(h *hub) { h.named("mlgate-b").Run = 501 }, false, `"mlgate-b" belongs to another run`},
	{"one of another repository", func(h *hub) { h.named("mlgate-b").Repo = 3 }, false, "another run"},
	{"one of another head repository", func(h *hub) { h.named("mlgate-b").HeadRepo = homeID }, false, "another run"},
	{"one of another commit", func(h *hub) { h.named("mlgate-c").Head = other }, false, "another run"},
	{"one has expired", func(h *hub) { h.named("mlgate-c").Expired = true }, true, `"mlgate-c" has expired`},
	{"a name of two lines", func(h *hub) { h.named("mlgate-c").Name = "mlgate-\n::error::" }, false, "one has a name that no artifact can have"},
	{"a name that leads out", func(h *hub) { h.named("mlgate-c").Name = "mlgate-../../x" }, false, "no artifact can have"},
	{"a name that is a comment", func(h *hub) { h.named("mlgate-c").Name = "mlgate-<!-- x -->" }, false, "no artifact can have"},
	{"a long name", func(h *hub) { h.named("mlgate-c").Name = "mlgate-" + strings.Repeat("x", 300) }, false, "no artifact can have"},
	{"all of an earlier attempt", func(h *hub) { h.run.Started = h.run.Started.Add(time.Hour) }, true, "earlier attempt"},
	{"none whose name begins so", func(h *hub) { h.o.Artifact = "other-*" }, true, "there is none"},
	{"names in other letters", func(h *hub) { h.o.Artifact = "MLGATE-*" }, true, "there is none"},
	{"254 more", func(h *hub) { h.many(254) }, false, "there are 257 whose names begin so, at most 256"},
	{"too large together", func(h *hub) { h.named("mlgate-a").Size, h.named("mlgate-c").Size = 600<<10, 600<<10 }, false, `"mlgate-c" has 614400 bytes, and of all together at most 1048576`},
	{"sizes beyond numbers", func(h *hub) { h.named("mlgate-b").Size, h.named("mlgate-c").Size = 1<<63-1, 1<<63-1 }, false, "of all together at most"},
	{"a size that gives room", func(h *hub) { h.named("mlgate-a").Size = -1 << 40 }, false, "of all together at most"},
	{"larger together than they say", func(h *hub) {
		for id := range h.archives {
			h.archives[id] = stored(600 << 10)
		}
	}, false, "downloading the artifact \"mlgate-b\" of the run 500: the forge does not answer"},
	{"too large together, unpacked", func(h *hub) { h.o.Limits.Content = 20 }, false, `opening the artifact "mlgate-b"`},
	{"one that is no archive", func(h *hub) { h.archives[h.named("mlgate-b").ID] = []byte("x") }, false, `opening the artifact "mlgate-b"`},
	{"one of another digest", func(h *hub) { h.named("mlgate-b").SHA256 = mlgate.DigestOf([]byte("x")) }, false, "its digest is"},
	{"every name", func(h *hub) { h.o.Artifact = "*" }, false, `reading which artifact holds the bundle: "*"`},
	{"a star in the middle", func(h *hub) { h.o.Artifact = "ml*gate" }, false, "one * at the end"},
	{"two stars", func(h *hub) { h.o.Artifact = "mlgate-**" }, false, "one * at the end"},
}

// One artifact that is not as it should be, and none of them counts.
func TestHostileMatrix(t *testing.T) {
	t.Parallel()
	for _, c := range hostileMatrices {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := matrix(t)
			c.do(h)
			_, data, err := h.take(context.Background())
			if err == nil || !strings.Contains(err.Error(), c.says) || data != nil {
				t.Fatalf("got %q, %v, want %q", data, err, c.says)
			}
			var waiting *mlgate.Waiting
			if errors.As(err, &waiting) != c.waiting {
				t.Errorf("waiting is %v: %v", !c.waiting, err)
			}
		})
	}
}
