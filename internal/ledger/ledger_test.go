package ledger_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/ledger"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// book is one ledger that several writers see.
type book struct {
	t      *testing.T
	remote string
}

func newBook(t *testing.T) book {
	t.Helper()
	remote := filepath.Join(t.TempDir(), "origin.git")
	if out, err := exec.CommandContext(t.Context(), "git", "init", "-q", "--bare", remote).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	return book{t, remote}
}

func (b book) repo() *git.Repo {
	b.t.Helper()
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.t.TempDir(), "GIT_CONFIG_NOSYSTEM=1"}
	r, err := git.Open(context.Background(), git.Options{Dir: b.t.TempDir(), Remote: b.remote, Env: env, Now: time.Now, Name: "A", Email: "a@e"})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = r.Close() })
	return r
}

// open looks at the ledger as a writer of its own.
func (b book) open() mlgate.Log {
	b.t.Helper()
	l, err := ledger.Open("git", b.repo())
	if err != nil {
		b.t.Fatal(err)
	}
	log, err := l.Open(b.t.Context(), "team/m")
	if err != nil {
		b.t.Fatal(err)
	}
	return log
}

func (b book) write(log mlgate.Log, records ...mlgate.Sealed) error {
	b.t.Helper()
	w, err := log.Prepare(b.t.Context(), "a record\n\nand more", records...)
	if err != nil {
		b.t.Fatal(err)
	}
	return w.Commit(b.t.Context())
}

func (b book) found(kind mlgate.Kind, key string) []mlgate.Sealed {
	b.t.Helper()
	all, err := b.open().Find(b.t.Context(), kind, key)
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func record(t *testing.T, kind mlgate.Kind, key, part, text string) mlgate.Sealed {
	t.Helper()
	s, err := mlgate.Seal(kind, map[string]string{"text": text}, mlgate.Envelope{Key: key, Part: part, At: time.Unix(1, 0).UTC(), Scope: mlgate.ScopeBranch})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLedgerKeepsRecords(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	if log := b.open(); log.Head() != "" {
		t.Errorf("a new ledger has the head %q", log.Head())
	}
	one := record(t, mlgate.KindEvidence, "aabb", "", "first \u202e")
	if err := b.write(b.open(), one); err != nil {
		t.Fatal(err)
	}
	head := b.open().Head()
	if err := b.write(b.open(), one); err != nil || b.open().Head() != head {
		t.Errorf("the same record was written twice: %v", err)
	}
	if err := b.write(b.open(), record(t, mlgate.KindEvidence, "aabb", "", "second"), record(t, mlgate.KindEvidence, "aabb", "", "third"), record(t, mlgate.KindVerdict, "cafe", "", "verdict")); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for i, s := range b.found(mlgate.KindEvidence, "aabb") {
		var v struct{ Text string }
		if err := s.Decode(&v); err != nil || s.Envelope.Attempt != i+1 {
			t.Errorf("record %d: attempt %d, %v", i, s.Envelope.Attempt, err)
		}
		texts = append(texts, v.Text)
	}
	if got := strings.Join(texts, ", "); got != "first \u202e, second, third" {
		t.Errorf("got %q", got)
	}
	if n := len(b.found(mlgate.KindVerdict, "cafe")); n != 1 {
		t.Errorf("%d verdicts", n)
	}
	if n := len(b.found(mlgate.KindVerdict, "ca")); n != 0 {
		t.Errorf("%d verdicts under a part of the key", n)
	}
}

func TestLedgerLosesRaces(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	first, second := b.open(), b.open()
	if err := b.write(first, record(t, mlgate.KindVerdict, "aa", "", "mine")); err != nil {
		t.Fatal(err)
	}
	if err := b.write(second, record(t, mlgate.KindVerdict, "bb", "", "too late")); !errors.Is(err, mlgate.ErrConflict) {
		t.Errorf("got %v, want a conflict", err)
	}
	if n := len(b.found(mlgate.KindVerdict, "bb")); n != 0 {
		t.Error("the loser's record is there")
	}
}

func TestLedgerOpensAndClosesMoves(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	if err := b.write(b.open(), record(t, mlgate.KindMove, "m1", "intent", "one"), record(t, mlgate.KindMove, "m2", "intent", "two")); err != nil {
		t.Fatal(err)
	}
	if err := b.write(b.open(), record(t, mlgate.KindMove, "m1", "done", "one")); err != nil {
		t.Fatal(err)
	}
	open, err := b.open().OpenMoves(t.Context())
	if err != nil || len(open) != 1 || open[0].Envelope.Key != "m2" {
		t.Errorf("open moves: %+v, %v", open, err)
	}
	if parts := b.found(mlgate.KindMove, "m1"); len(parts) != 2 {
		t.Errorf("%d parts of a move that is done", len(parts))
	}
}

// What somebody wrote by hand, or a newer mlgate, is never taken for nothing.
func TestLedgerRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, want string }{
		"not a record":    {"hello\n", "damaged"},
		"no body":         {`{"format":1}`, "damaged"},
		"another content": {`{"format":1,"sha256":"` + strings.Repeat("0", 64) + `","envelope":{}}` + "\n{}", "its content hashes to"},
		"a newer format":  {`{"format":3,"sha256":"` + strings.Repeat("0", 64) + `","envelope":{}}` + "\n{}", "a newer mlgate wrote it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBook(t)
			r := b.repo()
			id, _, err := r.Import(t.Context(), &git.Commit{Message: "by hand", At: time.Unix(1, 0), Put: []git.Blob{{Path: "verdict/aa/aa/x.json", Data: []byte(c.content)}}}, nil)
			if err == nil {
				err = r.NewPush(git.Update{Ref: "refs/mlgate/ledger/team%2Fm", New: id}).Commit(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.open().Find(t.Context(), mlgate.KindVerdict, "aa"); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "verdict/aa/aa/x.json") {
				t.Errorf("got %v, want %q and the file's name", err, c.want)
			}
		})
	}
}

// A field that a newer mlgate adds to a record of a format that is known is passed over (docs/upgrading.md).
func TestUnknownFieldsArePassedOver(t *testing.T) {
	t.Parallel()
	body := []byte(`{"at":"2026-01-01T00:00:00Z","commit":"abc","tomorrow":{"x":1}}`)
	var v mlgate.VerdictRecord
	err := mlgate.Sealed{Kind: mlgate.KindVerdict, Digest: mlgate.DigestOf(body), Body: body}.Decode(&v)
	if err != nil || v.Commit != "abc" {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestLedgerRefusesKeysThatArePaths(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for _, key := range []string{"", "../x", "a/../b", "a b", "a\nb", "-x", strings.Repeat("a", 201)} {
		if _, err := b.open().Prepare(t.Context(), "x", record(t, mlgate.KindVerdict, key, "", "x")); err == nil {
			t.Errorf("the key %q was filed", key)
		}
	}
}
