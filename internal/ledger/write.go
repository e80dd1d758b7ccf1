package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// safe are keys that may be part of a path: ids, digests, stage names.
var safe = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]*(/[a-zA-Z0-9][a-zA-Z0-9_-]*)*$`)

// perStage reports whether of a kind there is one record for each stage: the newest.
func perStage(kind mlgate.Kind) bool { return kind == mlgate.KindHold || kind == mlgate.KindPosition }

// inStage are the keys of such kinds: they make no folders, so a name may hold what a path may not.
var inStage = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9/_-]*$`)

func fileable(kind mlgate.Kind, key string) bool {
	if perStage(kind) {
		return inStage.MatchString(key)
	}
	return safe.MatchString(key)
}

func stageFile(kind mlgate.Kind, stage string) string {
	return path.Join(string(kind), strings.ReplaceAll(stage, "/", "%2F")+".json")
}

// maxRecord is the largest body that is kept, in bytes.
const maxRecord = 32 << 20

// full is the number of folders of a kind, of at most 256, from which on new keys go to shelves: there
// are some 500 of them then.
const full = 220

// draft is a write that is being made.
type draft struct {
	log     *gitLog
	commit  git.Commit
	sides   map[string]*git.Side // by path of the link
	folders map[mlgate.Kind]map[string]bool
	written map[string]int // files by the folder of their key
}

// Prepare writes the objects of one commit. What is there already is not written again; when nothing
// is left, Commit does nothing.
func (l *gitLog) Prepare(ctx context.Context, message string, records ...mlgate.Sealed) (mlgate.Write, error) {
	d := draft{log: l, commit: git.Commit{Parent: l.head, Message: message}, sides: map[string]*git.Side{}, folders: map[mlgate.Kind]map[string]bool{}, written: map[string]int{}}
	if err := d.ahead(ctx, records); err != nil {
		return nil, err
	}
	for _, r := range records {
		if err := d.put(ctx, r); err != nil {
			return nil, fmt.Errorf("writing a record of kind %s: %w", r.Kind, err)
		}
	}
	if len(d.written) == 0 {
		return l.repo.NewPush(), nil
	}
	for _, r := range records { // in their order, each once
		if s := d.sides[shelf(r.Envelope.Key)]; s != nil {
			d.commit.Sides = append(d.commit.Sides, *s)
			delete(d.sides, s.Path)
		}
	}
	id, _, err := l.repo.Import(ctx, &d.commit, nil)
	if err != nil {
		return nil, err
	}
	return l.repo.NewPush(git.Update{Ref: l.ref, New: id, Expect: l.head}), nil
}

// ahead fetches the shelves of all records at once.
func (d *draft) ahead(ctx context.Context, records []mlgate.Sealed) error {
	var links []mlgate.TreeFile
	for _, r := range records {
		if !fileable(r.Kind, r.Envelope.Key) || len(r.Envelope.Key) > 200 {
			return fmt.Errorf("writing a record of kind %s: the key %q is none that can be filed", r.Kind, r.Envelope.Key)
		}
		link, err := d.log.link(r.Envelope.Key)
		if err != nil {
			return err
		}
		if link.ID != "" && shelved(r.Kind) {
			links = append(links, link)
		}
	}
	return d.log.fetch(ctx, links)
}

func (d *draft) put(ctx context.Context, r mlgate.Sealed) error {
	if len(r.Body) > maxRecord {
		return fmt.Errorf("it has %d bytes; at most %d are kept", len(r.Body), maxRecord)
	}
	c := &d.commit
	if r.Envelope.At.After(c.At) {
		c.At = r.Envelope.At
	}
	file, err := d.fileOf(ctx, &r)
	if err != nil || file == "" {
		return err
	}
	h := fileHead{Format: 1, SHA256: r.Digest, Env: r.Envelope}
	if r.Beside != nil {
		h.Format = 2
		if h.Inputs, err = d.beside(ctx, r); err != nil {
			return err
		}
	}
	head, err := json.Marshal(h)
	if err != nil {
		return err
	}
	data := append(append(head, '\n'), r.Body...)
	if err := d.file(ctx, r, git.Blob{Path: file, Data: data}); err != nil {
		return err
	}
	d.written[path.Dir(file)]++
	if r.Kind == mlgate.KindHold { // the next one takes its place, and this one stays to be read
		c.Put = append(c.Put, git.Blob{Path: path.Join(folder(mlgate.KindHeld, ""), path.Base(strings.TrimSuffix(file, ".json")), string(r.Digest)+".json"), Data: data})
	}
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

// file puts a record where there is room: into the ledger's own folders, or on a shelf.
func (d *draft) file(ctx context.Context, r mlgate.Sealed, b git.Blob) error {
	room, err := d.room(r.Kind, b.Path)
	if err != nil {
		return err
	}
	if room {
		d.commit.Put = append(d.commit.Put, b)
		return nil
	}
	link, err := d.log.link(r.Envelope.Key)
	if err != nil {
		return err
	}
	side := d.sides[link.Path]
	if side == nil {
		side = &git.Side{Path: link.Path}
		if link.ID != "" {
			old, err := d.log.repo.Tree(ctx, link.ID)
			if err != nil {
				return d.log.unreadable(err)
			}
			side.Old = old.ID()
		}
		d.sides[link.Path] = side
	}
	side.Put = append(side.Put, b)
	return nil
}

// room reports whether a file belongs into the ledger's own folders: it is there already, or there are
// few yet. All of those are fetched by everybody, so they stay few.
func (d *draft) room(kind mlgate.Kind, file string) (bool, error) {
	if !shelved(kind) {
		return true, nil
	}
	there, err := d.taken(kind)
	if err != nil {
		return false, err
	}
	if len(there) < full {
		start, _, _ := strings.Cut(strings.TrimPrefix(file, string(kind)+"/"), "/")
		there[start] = true
		return true, nil
	}
	if d.log.tree == nil {
		return false, nil
	}
	_, err = d.log.tree.Entry(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// taken are the names of a kind's folders.
func (d *draft) taken(kind mlgate.Kind) (map[string]bool, error) {
	if there := d.folders[kind]; there != nil {
		return there, nil
	}
	there := map[string]bool{}
	d.folders[kind] = there
	if d.log.tree == nil {
		return there, nil
	}
	es, err := d.log.tree.ReadDir(string(kind))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, d.log.unreadable(err)
	}
	for _, e := range es {
		there[e.Name()] = true
	}
	return there, nil
}

// link is the link to a key's shelf; without an id there is none yet.
func (l *gitLog) link(key string) (mlgate.TreeFile, error) {
	none := mlgate.TreeFile{Path: shelf(key)}
	if l.tree == nil {
		return none, nil
	}
	e, err := l.tree.Entry(none.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, l.unreadable(err)
	}
	return e, nil
}

// fileOf names a record's file; empty when the same record is there already.
func (d *draft) fileOf(ctx context.Context, r *mlgate.Sealed) (string, error) {
	key := r.Envelope.Key
	dir := folder(r.Kind, key)
	switch r.Kind {
	case mlgate.KindHold, mlgate.KindPosition:
		return stageFile(r.Kind, key), nil
	case mlgate.KindMove:
		return path.Join(dir, r.Envelope.Part+".json"), nil
	case mlgate.KindVerdict, mlgate.KindApproval, mlgate.KindOverride:
		return path.Join(dir, string(r.Digest)+".json"), nil
	}
	known, err := d.log.Find(ctx, r.Kind, key)
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
	r.Envelope.Attempt += d.written[dir] // attempts in this very write
	return path.Join(dir, fmt.Sprintf("%04d-%s.json", r.Envelope.Attempt, r.Digest)), nil
}
