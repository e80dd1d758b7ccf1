package ledger

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// gitLedger is a chain of commits per model on refs/mlgate/ledger/<model>. A record is one file: a
// line of envelope, then the body as it was sealed, byte for byte.
//
//	evidence/<recipe[:2]>/<recipe>/<attempt>-<digest>.json
//	verdict/<commit[:2]>/<commit>/<digest>.json
//	move/<id[:2]>/<id>/{intent,done,lost}.json    and open/<id>.json while a move is neither
//	hold/<stage>.json
//	approval/<stage[:2]>/<stage>/<digest>.json
type gitLedger struct{ repo *git.Repo }

// Ref is the reference that a model's ledger lives on.
func Ref(model string) string {
	return "refs/mlgate/ledger/" + strings.ReplaceAll(model, "/", "%2F")
}

// Open reads where the ledger stands. No reference is a new ledger, unless a tag of the model names
// a ledger: then it was lost, and nobody may start a new one over it.
func (l gitLedger) Open(ctx context.Context, model string) (mlgate.Log, error) {
	ref := Ref(model)
	tags := "refs/tags/" + strings.ReplaceAll(model, "/", "%2F")
	refs, err := l.repo.RemoteRefs(ctx, ref, tags+"@*", tags+"#*")
	if err != nil {
		return nil, err
	}
	log := &gitLog{repo: l.repo, ref: ref, model: model}
	for _, r := range refs {
		if r.Name == ref {
			log.head = r.ID
		}
	}
	if log.head == "" {
		return log, l.lost(ctx, ref, refs)
	}
	if err := l.repo.FetchTip(ctx, log.head); err != nil {
		return nil, fmt.Errorf("fetching the ledger %s: %w", ref, err)
	}
	log.tree, err = l.repo.Tree(ctx, log.head)
	return log, err
}

// lost looks into the model's tags for one that names a ledger.
func (l gitLedger) lost(ctx context.Context, ref string, tags []git.Ref) error {
	for _, t := range tags {
		if t.Peeled == "" {
			continue
		}
		if err := l.repo.Fetch(ctx, t.ID); err != nil {
			return err
		}
		_, data, err := l.repo.Object(ctx, t.ID)
		if err != nil {
			return err
		}
		if named.Match(data) {
			return fmt.Errorf("the ledger is unreadable: tag %s names one, and %s is not on the remote; restore the reference (a clone or backup has it) before anything moves", strings.TrimPrefix(t.Name, "refs/tags/"), ref)
		}
	}
	return nil
}

var named = regexp.MustCompile(`(?m)^Mlgate-Ledger: [0-9a-f]{40}`)

// gitLog is the ledger at one commit.
type gitLog struct {
	repo  *git.Repo
	ref   string
	model string
	head  string
	tree  mlgate.Tree // nil: nothing recorded yet
}

func (l *gitLog) Head() string { return l.head }

// folder is where the records of a kind and key lie.
func folder(kind mlgate.Kind, key string) string {
	if key == "" || kind == mlgate.KindHold {
		return string(kind)
	}
	return path.Join(string(kind), key[:min(2, len(key))], key)
}

// Find reads records; the order is that of writing.
func (l *gitLog) Find(ctx context.Context, kind mlgate.Kind, key string) ([]mlgate.Sealed, error) {
	dir := folder(kind, key)
	if kind == mlgate.KindHold && key != "" {
		dir = holdFile(key)
	}
	found, err := l.read(ctx, kind, dir)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b mlgate.Sealed) int {
		return cmp.Or(cmp.Compare(a.Envelope.Attempt, b.Envelope.Attempt), a.Envelope.At.Compare(b.Envelope.At))
	})
	return found, nil
}

// OpenMoves reads the moves that are neither done nor lost.
func (l *gitLog) OpenMoves(ctx context.Context) ([]mlgate.Sealed, error) {
	return l.read(ctx, mlgate.KindMove, "open")
}

func (l *gitLog) read(ctx context.Context, kind mlgate.Kind, dir string) ([]mlgate.Sealed, error) {
	if l.tree == nil {
		return nil, nil
	}
	files, err := l.tree.Files(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the ledger %s: %w", l.ref, err)
	}
	var out []mlgate.Sealed
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s, err := l.record(kind, f.Path)
		if err != nil {
			return nil, fmt.Errorf("reading %s of the ledger %s at %.12s: %w", f.Path, l.ref, l.head, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// restore is what to do about a ledger that somebody or something damaged.
const restore = "; restore the reference (a clone or backup has it)"

// head of a record file: the envelope, and what the body must be.
type fileHead struct {
	Format int             `json:"format"`
	SHA256 mlgate.Digest   `json:"sha256"`
	Env    mlgate.Envelope `json:"envelope"`
}

func (l *gitLog) record(kind mlgate.Kind, file string) (mlgate.Sealed, error) {
	data, err := l.tree.ReadFile(file)
	if err != nil {
		return mlgate.Sealed{}, err
	}
	return parseRecord(kind, data)
}

// parseRecord reads a record's file: whoever may push to the ledger may have written it.
func parseRecord(kind mlgate.Kind, data []byte) (mlgate.Sealed, error) {
	line, body, ok := bytes.Cut(data, []byte("\n"))
	var h fileHead
	if err := json.Unmarshal(line, &h); err != nil || !ok {
		return mlgate.Sealed{}, fmt.Errorf("the record is damaged: %w%s", cmp.Or(err, errIf(!ok, "it has no body")), restore)
	}
	if h.Format != 1 {
		if h.Format < 1 {
			return mlgate.Sealed{}, fmt.Errorf("the record is damaged: format %d is none%s", h.Format, restore)
		}
		return mlgate.Sealed{}, fmt.Errorf("the record has format %d: a newer mlgate wrote it; use that one", h.Format)
	}
	if got := mlgate.DigestOf(body); got != h.SHA256 {
		return mlgate.Sealed{}, fmt.Errorf("the record is damaged: its content hashes to %s, it says %s%s", got.Short(), h.SHA256.Short(), restore)
	}
	return mlgate.Sealed{Kind: kind, Digest: h.SHA256, Body: body, Envelope: h.Env}, nil
}

func errIf(is bool, text string) error {
	if is {
		return errors.New(text)
	}
	return nil
}

// safe are keys that may be part of a path: ids, digests, stage names.
var safe = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]*(/[a-zA-Z0-9][a-zA-Z0-9_-]*)*$`)

func holdFile(stage string) string {
	return path.Join("hold", strings.ReplaceAll(stage, "/", "%2F")+".json")
}

// maxRecord is the largest body that is kept, in bytes.
const maxRecord = 32 << 20

// Prepare writes the objects of one commit. What is there already is not written again; when nothing
// is left, Commit does nothing.
func (l *gitLog) Prepare(ctx context.Context, message string, records ...mlgate.Sealed) (mlgate.Write, error) {
	c := git.Commit{Parent: l.head, Message: message}
	for _, r := range records {
		if err := l.put(ctx, &c, r); err != nil {
			return nil, fmt.Errorf("writing a record of kind %s: %w", r.Kind, err)
		}
	}
	if len(c.Put) == 0 {
		return l.repo.NewPush(), nil
	}
	id, _, err := l.repo.Import(ctx, &c, nil)
	if err != nil {
		return nil, err
	}
	return l.repo.NewPush(git.Update{Ref: l.ref, New: id, Expect: l.head}), nil
}

func (l *gitLog) put(ctx context.Context, c *git.Commit, r mlgate.Sealed) error {
	if !safe.MatchString(r.Envelope.Key) || len(r.Envelope.Key) > 200 {
		return fmt.Errorf("the key %q is none that can be filed", r.Envelope.Key)
	}
	if len(r.Body) > maxRecord {
		return fmt.Errorf("it has %d bytes; at most %d are kept", len(r.Body), maxRecord)
	}
	if r.Envelope.At.After(c.At) {
		c.At = r.Envelope.At
	}
	file, err := l.fileOf(ctx, c, &r)
	if err != nil || file == "" {
		return err
	}
	head, err := json.Marshal(fileHead{Format: 1, SHA256: r.Digest, Env: r.Envelope})
	if err != nil {
		return err
	}
	data := append(append(head, '\n'), r.Body...)
	c.Put = append(c.Put, git.Blob{Path: file, Data: data})
	if r.Kind != mlgate.KindMove {
		return nil
	}
	if open := path.Join("open", r.Envelope.Key+".json"); r.Envelope.Part == "intent" {
		c.Put = append(c.Put, git.Blob{Path: open, Data: data})
	} else {
		c.Delete = append(c.Delete, open)
	}
	return nil
}

// fileOf names a record's file; empty when the same record is there already.
func (l *gitLog) fileOf(ctx context.Context, c *git.Commit, r *mlgate.Sealed) (string, error) {
	key := r.Envelope.Key
	dir := folder(r.Kind, key)
	switch r.Kind {
	case mlgate.KindHold:
		return holdFile(key), nil
	case mlgate.KindMove:
		return path.Join(dir, r.Envelope.Part+".json"), nil
	case mlgate.KindVerdict, mlgate.KindApproval:
		return path.Join(dir, string(r.Digest)+".json"), nil
	}
	known, err := l.Find(ctx, r.Kind, key)
	if err != nil {
		return "", err
	}
	r.Envelope.Attempt = 1
	for _, k := range known {
		if k.Digest == r.Digest && k.Envelope.Scope == r.Envelope.Scope {
			return "", nil
		}
		r.Envelope.Attempt = max(r.Envelope.Attempt, k.Envelope.Attempt+1)
	}
	for _, b := range c.Put { // two attempts in one write
		if strings.HasPrefix(b.Path, dir+"/") {
			r.Envelope.Attempt++
		}
	}
	return path.Join(dir, fmt.Sprintf("%04d-%s.json", r.Envelope.Attempt, r.Digest)), nil
}
