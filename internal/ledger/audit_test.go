package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/ledger"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// audited looks through the book's ledger, and counts the records that are whole.
func (b book) audited() (mlgate.Chain, int) {
	b.t.Helper()
	l, err := ledger.Open("git", b.repo())
	if err != nil {
		b.t.Fatal(err)
	}
	auditor, ok := l.(mlgate.Auditor)
	if !ok {
		b.t.Fatal("it cannot be looked through")
	}
	n := 0
	chain, err := auditor.Audit(b.t.Context(), "team/m", func(mlgate.Filed) error { n++; return nil })
	if err != nil {
		b.t.Fatal(err)
	}
	return chain, n
}

// Records on shelves are looked through as those in the folders are, and so is how shelves came to be.
func TestAuditOfShelves(t *testing.T) {
	t.Parallel()
	b := grown(t)
	if err := b.write(b.open(), record(t, mlgate.KindMove, key(9001), "intent", "y"), record(t, mlgate.KindMove, key(9001), "done", "y")); err != nil {
		t.Fatal(err)
	}
	before := b.git("rev-parse", bookRef)
	link := "shelf/" + key(9001)[:1] + "/" + key(9001)[1:3]
	old := b.git("rev-parse", bookRef+":"+link)
	if err := b.write(b.open(), record(t, mlgate.KindVerdict, key(9001), "", "later")); err != nil {
		t.Fatal(err)
	}
	chain, n := b.audited()
	if len(chain.Broken) > 0 || n != 2803 || len(chain.Commits) != 3 || len(chain.Done) != 701 || chain.Done[700] != key(9001) || chain.Commits[1] != before {
		t.Errorf("%d records, %d commits, %d moves; %v", n, len(chain.Commits), len(chain.Done), chain.Broken)
	}
	b.git("read-tree", bookRef)
	b.git("update-index", "--add", "--cacheinfo", "160000,"+old+","+link)
	tree := b.git("write-tree")
	b.git("update-ref", bookRef, b.git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit-tree", "-m", "forged", "-p", bookRef, tree))
	chain, n = b.audited()
	if said := fmt.Sprint(chain.Broken); len(chain.Broken) != 1 || n != 2802 || !strings.Contains(said, "verdict/"+key(9001)[:2]+"/"+key(9001)) || !strings.Contains(said, "took it out") {
		t.Errorf("%d records; %s", n, said)
	}
}

// The lists beside the very first evidence are a parent of the ledger's first commit, and no part of its history.
func TestAuditOfFirstLists(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	e := mlgate.Evidence{Format: 1, Model: "team/m", Recipe: mlgate.DigestOf(nil)}
	for i := range mlgate.InlineInputs + 1 {
		e.Inputs = append(e.Inputs, mlgate.File{Path: fmt.Sprintf("%04d", i), SHA256: mlgate.DigestOf(nil)})
	}
	s, err := mlgate.SealEvidence(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.write(b.open(), s); err != nil {
		t.Fatal(err)
	}
	if chain, n := b.audited(); len(chain.Broken) > 0 || n != 1 || len(chain.Commits) != 1 {
		t.Errorf("%d records, %d commits; %v", n, len(chain.Commits), chain.Broken)
	}
}
