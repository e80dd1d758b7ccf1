package store_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/store"
)

// opener makes a fresh view of one and the same store, and tells how to spoil what it keeps.
type opener struct {
	open  func(t *testing.T, now time.Time) mlgate.Store
	spoil func(t *testing.T, model string, d mlgate.Digest)
}

// Every kind keeps the same promises.
func TestStores(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(*testing.T) opener{"git": gitOpener, "dir": dirOpener} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := make(t)
			t.Run("kept and given back", func(t *testing.T) { keeps(t, o) })
			t.Run("old ones are forgotten", func(t *testing.T) { forgets(t, o) })
			t.Run("spoiled bytes are refused", func(t *testing.T) { refuses(t, o) })
		})
	}
}

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func keeps(t *testing.T, o opener) {
	ctx, s := t.Context(), o.open(t, now)
	data := []byte("weights\x00\xff")
	d := mlgate.DigestOf(data)
	if _, err := s.Get(ctx, "a/b", d); !errors.Is(err, mlgate.ErrNotFound) {
		t.Errorf("before: %v", err)
	}
	for range 2 { // the same bytes twice are kept once
		if err := s.Put(ctx, "a/b", d, data); err != nil {
			t.Fatal(err)
		}
	}
	got, err := o.open(t, now).Get(ctx, "a/b", d)
	if err != nil || string(got) != string(data) {
		t.Errorf("got %q, %v", got, err)
	}
	has(t, s, "a/b", d, true)
	has(t, s, "a", d, false) // models do not share
	if err := s.Put(ctx, "a/b", d, []byte("others")); err == nil {
		t.Error("bytes under another digest were kept")
	}
	if _, err := s.Get(ctx, "a/b", "../../etc/passwd"); err == nil {
		t.Error("a path was taken for a digest")
	}
}

func has(t *testing.T, s mlgate.Store, model string, d mlgate.Digest, want bool) {
	t.Helper()
	if got, err := s.Has(t.Context(), model, d); err != nil || got != want {
		t.Errorf("Has(%s, %s) = %v, %v; want %v", model, d.Short(), got, err, want)
	}
}

func forgets(t *testing.T, o opener) {
	ctx, s := t.Context(), o.open(t, time.Now())
	put := func(text string) mlgate.Digest {
		data := []byte(text)
		if err := s.Put(ctx, "m", mlgate.DigestOf(data), data); err != nil {
			t.Fatal(err)
		}
		return mlgate.DigestOf(data)
	}
	promoted, other := put("promoted"), put("other")
	prune := func(before time.Time) {
		if err := s.Prune(ctx, "m", []mlgate.Digest{promoted}, before); err != nil {
			t.Fatal(err)
		}
	}
	prune(time.Now().Add(-time.Hour)) // nothing is as old as that
	has(t, s, "m", promoted, true)
	has(t, s, "m", other, true)
	prune(time.Now().Add(time.Hour))
	has(t, s, "m", promoted, true)
	has(t, s, "m", other, false)
}

func refuses(t *testing.T, o opener) {
	ctx, s := t.Context(), o.open(t, now)
	data := []byte("honest")
	d := mlgate.DigestOf(data)
	if err := s.Put(ctx, "m", d, data); err != nil {
		t.Fatal(err)
	}
	o.spoil(t, "m", d)
	if got, err := o.open(t, now).Get(ctx, "m", d); err == nil {
		t.Errorf("got %q", got)
	}
}

func dirOpener(t *testing.T) opener {
	dir := t.TempDir()
	return opener{
		open: func(t *testing.T, _ time.Time) mlgate.Store {
			s, err := store.Open("dir", store.Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		spoil: func(t *testing.T, model string, d mlgate.Digest) {
			if err := os.WriteFile(filepath.Join(dir, model, string(d)), []byte("forged"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func gitOpener(t *testing.T) opener {
	remote := filepath.Join(t.TempDir(), "origin.git")
	run(t, "git", "init", "-q", "--bare", remote)
	repo := func(t *testing.T, at time.Time) *git.Repo {
		r, err := git.Open(context.Background(), git.Options{
			Dir: t.TempDir(), Remote: remote, Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, Now: func() time.Time { return at }, Name: "t", Email: "t@e",
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		return r
	}
	return opener{
		open: func(t *testing.T, at time.Time) mlgate.Store {
			s, err := store.Open("git", store.Options{Repo: repo(t, at), Now: func() time.Time { return at }})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		spoil: func(t *testing.T, model string, d mlgate.Digest) {
			r := repo(t, now)
			id, _, err := r.Import(t.Context(), &git.Commit{Message: "forged", At: now, Put: []git.Blob{{Path: "artifact", Data: []byte("forged")}}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			ref := "refs/mlgate/store/" + model + "/" + string(d)
			was, err := r.RemoteRefs(t.Context(), ref)
			if err != nil || len(was) != 1 {
				t.Fatal(was, err)
			}
			if err := r.NewPush(git.Update{Ref: ref, New: id, Expect: was[0].ID}).Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
