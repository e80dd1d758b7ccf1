package git

import (
	"bufio"
	"bytes"
	"crypto/sha1" //nolint:gosec // git names objects by it; a collision is git's own concern
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxObject is the largest object that is read into memory, in bytes.
const maxObject = 256 << 20

// batch is one `git cat-file --batch` process.
type batch struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func (r *Repo) startBatch() (*batch, error) {
	cmd := exec.Command("git", "--git-dir", r.dir, "cat-file", "--batch") //nolint:noctx // it lives as long as the Repo; Close ends it
	cmd.Dir = r.dir
	cmd.Env = append(passEnv(r.o.Env), append(configEnv(nil), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, &mlgate.Mistake{Err: errors.New("running git: it is not installed"), Fix: "install git " + oldest + " or newer"}
		}
		return nil, fmt.Errorf("running git cat-file: %w", err)
	}
	return &batch{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 64<<10)}, nil
}

func (b *batch) close() error {
	_ = b.in.Close()
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait() // killed on purpose
	return nil
}

// object reads one object by its full id and hashes it again. The caller holds r.mu.
func (r *Repo) object(id string) (kind string, data []byte, err error) {
	return r.objectUpTo(id, r.largest)
}

// objectUpTo is object for one that may have so many bytes; of a larger one nothing is read.
func (r *Repo) objectUpTo(id string, largest int64) (kind string, data []byte, err error) {
	if !hexID(id) {
		return "", nil, fmt.Errorf("reading object %q: not a full object id", id)
	}
	if data, ok := r.blobs[id]; ok {
		return "blob", data, nil
	}
	if r.batch == nil {
		if r.batch, err = r.startBatch(); err != nil {
			return "", nil, err
		}
	}
	if _, err = io.WriteString(r.batch.in, id+"\n"); err == nil {
		kind, data, err = r.batch.read(id, largest, largest)
	}
	if err != nil && !errors.Is(err, mlgate.ErrNotFound) {
		_ = r.batch.close() // out of step: the next question starts a new process
		r.batch = nil
	}
	return kind, data, err
}

var (
	// errLeft: the object was larger than wanted; its bytes are passed over.
	errLeft    = errors.New("left for later")
	errDamaged = errors.New("the repository is damaged or was tampered with")
)

// read reads the answer to one question; of an object larger than keep nothing is kept, and one larger
// than largest is not even passed over.
func (b *batch) read(id string, largest, keep int64) (string, []byte, error) {
	head, err := b.out.ReadString('\n')
	if err != nil {
		return "", nil, fmt.Errorf("reading object %s: git ended: %w", id, err)
	}
	fields := strings.Fields(head)
	if len(fields) == 2 && fields[1] == "missing" {
		return "", nil, fmt.Errorf("object %s is not here: %w", id, mlgate.ErrNotFound)
	}
	if len(fields) != 3 || fields[0] != id {
		return "", nil, fmt.Errorf("reading object %s: git answered %q", id, head)
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size < 0 || size > largest {
		return "", nil, fmt.Errorf("reading object %s: %w: it has %s bytes, at most %d are read", id, mlgate.ErrTooLarge, fields[2], largest)
	}
	if size > keep {
		if _, err := io.CopyN(io.Discard, b.out, size+1); err != nil {
			return "", nil, fmt.Errorf("reading object %s: %w", id, err)
		}
		return "", nil, errLeft
	}
	data := make([]byte, size+1)
	if _, err := io.ReadFull(b.out, data); err != nil {
		return "", nil, fmt.Errorf("reading object %s: %w", id, err)
	}
	data = data[:size]
	if got := objectID(fields[1], data, len(id)); got != id {
		return "", nil, fmt.Errorf("reading object %s: its content hashes to %s; %w", id, got, errDamaged)
	}
	return fields[1], data, nil
}

func objectID(kind string, data []byte, hexLen int) string {
	h := newHash(hexLen)
	fmt.Fprintf(h, "%s %d\x00", kind, len(data))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

func newHash(hexLen int) hash.Hash {
	if hexLen == 64 {
		return sha256.New()
	}
	return sha1.New() //nolint:gosec // see the import
}

// locked reads one object.
func (r *Repo) locked(id string) (string, []byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.object(id)
}

// Blob reads one blob by its full id; mlgate.ErrTooLarge when it has more bytes than most, of which none
// is read then.
func (r *Repo) Blob(id string, most int64) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kind, data, err := r.objectUpTo(id, most)
	if err == nil && kind != "blob" {
		err = fmt.Errorf("object %s is a %s, not a file", id, kind)
	}
	return data, err
}

// header returns the values of one header line of a commit or tag object.
func header(data []byte, name string) []string {
	var values []string
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		if len(line) == 0 {
			break
		}
		if v, ok := bytes.CutPrefix(line, []byte(name+" ")); ok {
			values = append(values, string(v))
		}
		data = rest
	}
	return values
}
