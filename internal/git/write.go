package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Blob is a file to be put at a path.
type Blob struct {
	Path string
	Data []byte
}

// Commit is a change on top of Parent (empty: a first commit).
type Commit struct {
	Parent  string
	Message string // for people: a subject, and below it what they want to know
	At      time.Time
	Put     []Blob
	Delete  []string
	Sides   []Side
	Also    []string // further parents: commits of Import that it names in its files
}

// Side is a commit of files that stand beside those of the commit that names it: a link at Path of that
// commit, and a parent of it, so that whoever has one's history has the other. It has no parent itself.
type Side struct {
	Path string // of the link
	Old  string // id of the tree that it begins with; empty: an empty one
	Put  []Blob
}

// Tag is an annotated tag on a commit.
type Tag struct {
	Name, Target, Message string
	At                    time.Time
}

// Import writes a commit (may be nil) and tags as objects, in one process. Nobody else sees them
// before a Push.
func (r *Repo) Import(ctx context.Context, c *Commit, tags []Tag) (commit string, tagIDs []string, err error) {
	var in bytes.Buffer
	in.WriteString("feature done\n")
	if c != nil {
		if err := r.writeCommit(&in, c); err != nil {
			return "", nil, err
		}
	}
	for i, t := range tags {
		if strings.ContainsAny(t.Name, " \n~^:?*[\\") || !hexID(t.Target) {
			return "", nil, fmt.Errorf("making tag %q on %q: not a name or a commit that git takes", t.Name, t.Target)
		}
		fmt.Fprintf(&in, "tag %s\nmark :%d\nfrom %s\ntagger %s\n", t.Name, i+2, t.Target, r.stamp(t.At))
		writeData(&in, []byte(t.Message))
	}
	in.WriteString("done\n")
	marks := filepath.Join(r.dir, "marks")
	res, err := r.objects(ctx, &in, "fast-import", "--quiet", "--force", "--export-marks="+marks)
	if err == nil && res.code != 0 {
		err = res.failed()
	}
	if err != nil {
		return "", nil, fmt.Errorf("writing objects: %w", err)
	}
	return readMarks(marks, len(tags))
}

// sideMarks is where the marks of sides begin: far from those of commit and tags.
const sideMarks = 1_000_000

func (r *Repo) writeCommit(in *bytes.Buffer, c *Commit) error {
	for i, s := range c.Sides {
		r.begin(in, sideMarks+i, c.At, s.Path)
		if s.Old != "" {
			fmt.Fprintf(in, "M 040000 %s \"\"\n", s.Old)
		}
		if err := writeBlobs(in, s.Put); err != nil {
			return err
		}
		in.WriteString("\n")
	}
	r.begin(in, 1, c.At, c.Message)
	if c.Parent != "" {
		fmt.Fprintf(in, "from %s\n", c.Parent)
	}
	for i := range c.Sides {
		fmt.Fprintf(in, "merge :%d\n", sideMarks+i)
	}
	for _, id := range c.Also {
		fmt.Fprintf(in, "merge %s\n", id)
	}
	for i, s := range c.Sides {
		fmt.Fprintf(in, "M 160000 :%d %s\n", sideMarks+i, s.Path)
	}
	if err := writeBlobs(in, c.Put); err != nil {
		return err
	}
	for _, p := range c.Delete {
		fmt.Fprintf(in, "D %s\n", p)
	}
	in.WriteString("\n")
	return nil
}

// begin begins a commit that has nothing in it.
func (r *Repo) begin(in *bytes.Buffer, mark int, at time.Time, message string) {
	fmt.Fprintf(in, "reset refs/mlgate/import\ncommit refs/mlgate/import\nmark :%d\ncommitter %s\n", mark, r.stamp(at))
	var clean strings.Builder
	for line := range strings.SplitSeq(message, "\n") {
		clean.WriteString(inert.Line(line) + "\n")
	}
	writeData(in, []byte(clean.String()))
}

func writeBlobs(in *bytes.Buffer, blobs []Blob) error {
	for _, b := range blobs {
		if strings.ContainsAny(b.Path, "\"\n\\ ") {
			return fmt.Errorf("writing %q: not a path that the ledger uses", b.Path)
		}
		fmt.Fprintf(in, "M 100644 inline %s\n", b.Path)
		writeData(in, b.Data)
	}
	return nil
}

func writeData(in *bytes.Buffer, data []byte) {
	fmt.Fprintf(in, "data %d\n%s\n", len(data), data)
}

// stamp is a signature line: who, when.
func (r *Repo) stamp(at time.Time) string {
	clean := strings.NewReplacer("<", "", ">", "", "\n", " ", "\r", " ", "\x00", "")
	return fmt.Sprintf("%s <%s> %d +0000", clean.Replace(r.o.Name), clean.Replace(r.o.Email), at.Unix())
}

func readMarks(name string, tags int) (commit string, ids []string, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return "", nil, fmt.Errorf("reading what was written: %w", err)
	}
	ids = make([]string, tags)
	for line := range strings.SplitSeq(string(data), "\n") {
		var n int
		var id string
		if _, err := fmt.Sscanf(line, ":%d %s", &n, &id); err != nil {
			continue
		}
		if n == 1 {
			commit = id
		} else if n-2 < tags {
			ids[n-2] = id
		}
	}
	return commit, ids, nil
}

// Update brings a reference of the remote from Expect (empty: absent) to New.
type Update struct{ Ref, New, Expect string }

// Push is a set of updates that happens as a whole or not at all.
type Push struct {
	repo    *Repo
	Updates []Update
}

var _ mlgate.Write = (*Push)(nil)

// NewPush prepares updates of the remote.
func (r *Repo) NewPush(u ...Update) *Push { return &Push{repo: r, Updates: u} }

// Join adds another push's updates, so that both happen in one write.
func (p *Push) Join(q *Push) error {
	if p.repo != q.repo {
		return errors.New("joining two pushes: they go to different repositories")
	}
	p.Updates = append(p.Updates, q.Updates...)
	return nil
}

// Commit pushes. ErrConflict: somebody else wrote to one of the references first. ErrForbidden: the
// remote refused.
func (p *Push) Commit(ctx context.Context) error {
	if len(p.Updates) == 0 {
		return nil
	}
	args := []string{"push", "--porcelain", "--atomic", "--no-verify"}
	var specs, refs []string
	for _, u := range p.Updates {
		args = append(args, "--force-with-lease="+u.Ref+":"+u.Expect)
		specs = append(specs, u.New+":"+u.Ref)
		refs = append(refs, u.Ref)
	}
	res, err := p.repo.network(ctx, append(append(args, "--", p.repo.remote), specs...)...)
	p.repo.forget()
	if err != nil {
		return fmt.Errorf("pushing %s: %w", strings.Join(refs, ", "), err)
	}
	if res.code == 0 {
		return nil
	}
	return p.refused(ctx, res, refs)
}

// raced are words of remotes that lost a race inside themselves.
var raced = []string{"cannot lock ref", "failed to update ref", "already exists", "stale info", "fetch first", "incorrect old value", "failed to lock", "unable to resolve reference"}

// refused tells a lost race from a refusal by looking again: words of remotes differ, facts do not.
func (p *Push) refused(ctx context.Context, res result, refs []string) error {
	doing := "pushing " + strings.Join(refs, ", ")
	now, err := p.repo.RemoteRefs(ctx, refs...)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, errors.Join(res.failed(), err))
	}
	at := map[string]string{}
	for _, ref := range now {
		at[ref.Name] = ref.ID
	}
	for _, u := range p.Updates {
		if at[u.Ref] != u.Expect {
			return fmt.Errorf("%s: %s is now %.12s, not %.12s: %w", doing, u.Ref, at[u.Ref], u.Expect, mlgate.ErrConflict)
		}
	}
	said := res.stderr + res.stdout
	for _, mark := range raced {
		if strings.Contains(said, mark) {
			return fmt.Errorf("%s: %w", doing, mlgate.ErrConflict)
		}
	}
	if strings.Contains(said, "[remote rejected]") {
		return fmt.Errorf("%s: the remote refused: %s: %w", doing, words(said), mlgate.ErrForbidden)
	}
	return fmt.Errorf("%s: %w", doing, res.failed())
}
