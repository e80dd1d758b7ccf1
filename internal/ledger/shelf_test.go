package ledger_test

import (
	"context"
	"errors"
	"fmt"
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

// key is one of many, spread as digests are.
func key(i int) string { return string(mlgate.DigestOf(fmt.Append(nil, i))) }

// grown is a ledger of so many records that new ones of each kind go to shelves.
func grown(t *testing.T) book {
	t.Helper()
	b := newBook(t)
	var records []mlgate.Sealed
	for i := range 700 {
		for _, kind := range []mlgate.Kind{mlgate.KindEvidence, mlgate.KindVerdict} {
			records = append(records, record(t, kind, key(i), "", fmt.Sprint(i)))
		}
		records = append(records, record(t, mlgate.KindMove, key(i), "intent", "x"), record(t, mlgate.KindMove, key(i), "done", "x"))
	}
	if err := b.write(b.open(), records...); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b book) git(args ...string) string {
	b.t.Helper()
	out, err := exec.CommandContext(b.t.Context(), "git", append([]string{"-C", b.remote}, args...)...).CombinedOutput()
	if err != nil {
		b.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

const bookRef = "refs/mlgate/ledger/team%2Fm"

// The newest commit, which everybody fetches, holds few of many records; all are found.
func TestShelves(t *testing.T) {
	t.Parallel()
	b := grown(t)
	listed := b.git("ls-tree", "-r", bookRef)
	if n, links := strings.Count(listed, " blob "), strings.Count(listed, " commit "); n < 1500 || n > 2400 || links < 100 {
		t.Errorf("the newest commit has %d files and %d links", n, links)
	}
	log := b.open()
	for _, i := range []int{0, 1, 350, 698, 699} {
		for kind, want := range map[mlgate.Kind]int{mlgate.KindEvidence: 1, mlgate.KindVerdict: 1, mlgate.KindMove: 2} {
			if found, err := log.Find(t.Context(), kind, key(i)); err != nil || len(found) != want {
				t.Errorf("%d records of kind %s and key %d, want %d: %v", len(found), kind, i, want, err)
			}
		}
	}
	if found, err := log.Find(t.Context(), mlgate.KindVerdict, ""); err != nil || len(found) != 700 {
		t.Errorf("%d verdicts in all: %v", len(found), err)
	}
	if found, err := log.Find(t.Context(), mlgate.KindVerdict, key(999_999)); err != nil || len(found) != 0 {
		t.Errorf("%d verdicts of a key without any: %v", len(found), err)
	}
}

// Attempts count on from those that lie elsewhere, and what is there is not written again.
func TestShelvesAndFoldersAreOne(t *testing.T) {
	t.Parallel()
	b := grown(t)
	for _, i := range []int{0, 699} { // in the folders, on a shelf
		for _, text := range []string{"again", fmt.Sprint(i), "more"} {
			if err := b.write(b.open(), record(t, mlgate.KindEvidence, key(i), "", text), record(t, mlgate.KindVerdict, key(i), "", fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		var attempts []int
		for _, s := range b.found(mlgate.KindEvidence, key(i)) {
			attempts = append(attempts, s.Envelope.Attempt)
		}
		if fmt.Sprint(attempts) != "[1 2 3]" {
			t.Errorf("key %d has the attempts %v", i, attempts)
		}
		if n := len(b.found(mlgate.KindVerdict, key(i))); n != 1 {
			t.Errorf("key %d has %d verdicts", i, n)
		}
	}
	first, second := b.open(), b.open()
	if err := b.write(first, record(t, mlgate.KindVerdict, key(5000), "", "mine")); err != nil {
		t.Fatal(err)
	}
	if err := b.write(second, record(t, mlgate.KindVerdict, key(5000), "", "too late")); !errors.Is(err, mlgate.ErrConflict) {
		t.Errorf("got %v, want a conflict", err)
	}
	if n := len(b.found(mlgate.KindVerdict, key(5000))); n != 1 {
		t.Errorf("%d verdicts after a lost race", n)
	}
	b.git("gc", "-q", "--prune=now") // nothing hangs on a link alone
	if n := len(b.found(mlgate.KindEvidence, key(699))); n != 3 {
		t.Errorf("%d attempts after git gc", n)
	}
}

// openOld is a writer whose git speaks the protocol in which a remote hands out what its references
// name, and nothing else.
func (b book) openOld() mlgate.Log {
	b.t.Helper()
	home := b.t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[protocol]\n\tversion = 0\n"), 0o600); err != nil {
		b.t.Fatal(err)
	}
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GIT_CONFIG_NOSYSTEM=1"}
	r, err := git.Open(context.Background(), git.Options{Dir: b.t.TempDir(), Remote: b.remote, Env: env, Now: time.Now, Name: "A", Email: "a@e"})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = r.Close() })
	l, err := ledger.Open("git", r)
	if err != nil {
		b.t.Fatal(err)
	}
	log, err := l.Open(b.t.Context(), "team/m")
	if err != nil {
		b.t.Fatal(err)
	}
	return log
}

func TestShelvesOfOldServers(t *testing.T) {
	t.Parallel()
	b := grown(t)
	log := b.openOld()
	if found, err := log.Find(t.Context(), mlgate.KindEvidence, key(699)); err != nil || len(found) != 1 {
		t.Errorf("%d records: %v", len(found), err)
	}
	if err := b.write(b.openOld(), record(t, mlgate.KindEvidence, key(699), "", "second")); err != nil {
		t.Error(err)
	}
	if n := len(b.found(mlgate.KindEvidence, key(699))); n != 2 {
		t.Errorf("%d records", n)
	}
}

// What the remote keeps back is not "no record", whichever object of a shelf it is.
func TestShelfKeptBack(t *testing.T) {
	t.Parallel()
	whole := grown(t)
	shelf := "shelf/" + key(7000)[:1] + "/" + key(7000)[1:3]
	for name, object := range map[string]string{
		"commit": "%s", "tree": "%s^{tree}", "folder": "%s:verdict/" + key(7000)[:2], "record": "%s:verdict/" + key(7000)[:2] + "/" + key(7000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBook(t)
			b.remote += ".copy"
			if err := os.CopyFS(b.remote, os.DirFS(whole.remote)); err != nil {
				t.Fatal(err)
			}
			if err := b.write(b.open(), record(t, mlgate.KindVerdict, key(7000), "", "blocked")); err != nil {
				t.Fatal(err)
			}
			link := strings.Fields(b.git("ls-tree", bookRef, shelf))[2]
			id := b.git("rev-parse", fmt.Sprintf(object, link))
			if name == "record" {
				id = strings.Fields(b.git("ls-tree", id))[2]
			}
			if err := os.Remove(filepath.Join(b.remote, "objects", id[:2], id[2:])); err != nil {
				t.Fatal(err)
			}
			found, err := b.open().Find(t.Context(), mlgate.KindVerdict, key(7000))
			if err == nil || errors.Is(err, mlgate.ErrNotFound) {
				t.Errorf("%d records, %v", len(found), err)
			}
			w, err := b.open().Prepare(t.Context(), "x", record(t, mlgate.KindVerdict, key(7000), "", "passed"))
			if err == nil {
				err = w.Commit(t.Context())
			}
			if err == nil {
				t.Error("a record was put beside those that are kept back")
			}
			if found, err := b.open().Find(t.Context(), mlgate.KindVerdict, key(1)); err != nil || len(found) != 1 {
				t.Errorf("control: %d records, %v", len(found), err)
			}
		})
	}
}
