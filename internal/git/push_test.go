package git_test

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
)

// Whoever pushes on what is no longer there loses, and nothing of the push happens.
func TestLease(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	env := append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	origin := filepath.Join(t.TempDir(), "origin.git")
	cmd := exec.CommandContext(ctx, "git", "init", "-q", "--bare", origin)
	if cmd.Env = env; cmd.Run() != nil {
		t.Fatal("git init")
	}
	r, err := git.Open(ctx, git.Options{Dir: t.TempDir(), Remote: origin, Env: env, Now: time.Now, Name: "A", Email: "a@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	commit := func(text string) string {
		t.Helper()
		id, _, err := r.Import(ctx, &git.Commit{Message: text, At: time.Unix(1, 0), Put: []git.Blob{{Path: "f", Data: []byte(text)}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	one, two := commit("one"), commit("two")
	const book, tag = "refs/mlgate/book", "refs/tags/t"
	if err := r.NewPush(git.Update{Ref: book, New: one}).Commit(ctx); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*git.Push{
		"taken for absent": r.NewPush(git.Update{Ref: tag, New: two}, git.Update{Ref: book, New: two}),
		"taken for older":  r.NewPush(git.Update{Ref: tag, New: two}, git.Update{Ref: book, New: two, Expect: two}),
	} {
		if err := p.Commit(ctx); !errors.Is(err, mlgate.ErrConflict) {
			t.Errorf("%s: %v, want a conflict", name, err)
		}
	}
	refs, err := r.RemoteRefs(ctx)
	if err != nil || len(refs) != 1 || refs[0].Name != book || refs[0].ID != one {
		t.Errorf("the remote has %+v, %v", refs, err)
	}
	if err := r.NewPush(git.Update{Ref: tag, New: two}, git.Update{Ref: book, New: two, Expect: one}).Commit(ctx); err != nil {
		t.Errorf("the right lease: %v", err)
	}
	hook := filepath.Join(origin, "hooks", "pre-receive")
	if err := errors.Join(os.MkdirAll(filepath.Dir(hook), 0o755), os.WriteFile(hook, []byte("#!/bin/sh\nexit 1\n"), 0o755)); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	if err := r.NewPush(git.Update{Ref: book, New: one, Expect: two}).Commit(ctx); !errors.Is(err, mlgate.ErrForbidden) {
		t.Errorf("a hook that refuses: %v", err)
	}
}
