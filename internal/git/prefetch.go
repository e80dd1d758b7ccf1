package git

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxAhead is the largest blob that is read ahead of its use, in bytes: many are held at once.
const maxAhead = 1 << 20

var _ mlgate.Prefetcher = (*tree)(nil)

// Prefetch reads blobs ahead; those of the call before are forgotten. Large, missing and damaged ones
// are left to their reader.
func (t *tree) Prefetch(ids []string) error { return t.repo.prefetch(ids) }

func (r *Repo) prefetch(ids []string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blobs = make(map[string][]byte, len(ids))
	var packed []string
	var z inflater
	for _, id := range ids {
		if !hexID(id) {
			return fmt.Errorf("reading object %q: not a full object id", id)
		}
		if data, ok := r.loose(&z, id); ok {
			r.blobs[id] = data
		} else {
			packed = append(packed, id)
		}
	}
	if len(packed) == 0 {
		return nil
	}
	return r.pipeline(packed)
}

// loose reads a small blob that the borrowed clone keeps as a file of its own, as a commit leaves it;
// git itself opens such a file three times. False: it is not there, or is not what its name says.
func (r *Repo) loose(z *inflater, id string) ([]byte, bool) {
	if r.o.Borrow == nil {
		return nil, false
	}
	in, err := os.Open(filepath.Join(r.o.Borrow.CommonDir, "objects", id[:2], id[2:]))
	if err != nil {
		return nil, false
	}
	defer in.Close() //nolint:errcheck // only read
	object, err := z.inflate(in)
	head, data, ok := bytes.Cut(object, []byte{0})
	if err != nil || !ok || string(head) != fmt.Sprintf("blob %d", len(data)) || objectID("blob", data, len(id)) != id {
		return nil, false
	}
	return data, true
}

// inflater keeps its tables, which are larger than most objects.
type inflater struct{ z io.ReadCloser }

func (f *inflater) inflate(in io.Reader) ([]byte, error) {
	var err error
	if reset, ok := f.z.(zlib.Resetter); ok {
		err = reset.Reset(in, nil)
	} else {
		f.z, err = zlib.NewReader(in)
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(f.z, maxAhead+100))
}

// pipeline asks for many blobs at once, so that no question waits for the answer before.
func (r *Repo) pipeline(ids []string) error {
	if r.batch == nil {
		var err error
		if r.batch, err = r.startBatch(); err != nil {
			return err
		}
	}
	in, asked := r.batch.in, make(chan struct{})
	var asking error
	go func() {
		_, asking = io.WriteString(in, strings.Join(ids, "\n")+"\n")
		close(asked)
	}()
	for _, id := range ids {
		kind, data, err := r.batch.read(id, r.largest, maxAhead)
		switch {
		case errors.Is(err, mlgate.ErrNotFound) || errors.Is(err, errLeft) || errors.Is(err, errDamaged):
		case err != nil:
			_ = r.batch.close() // ends the asking, too
			r.batch = nil
			<-asked
			if errors.Is(err, mlgate.ErrTooLarge) {
				return nil // it and those after it are left to their reader
			}
			return err
		case kind == "blob":
			r.blobs[id] = data
		}
	}
	<-asked
	return asking
}
