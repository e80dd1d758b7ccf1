// Package git is the one place that runs git. It works in a bare repository of its own, in a
// temporary folder, and reads the objects of the user's clone beside it; it writes no ref and no
// configuration of that clone.
//
// Work trees are hostile once a step has run: every object is hashed again after reading, requests
// carry hex ids only, no configuration of a clone is used, no hook, filter or driver runs.
package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Options say where a Repo lives and what it speaks to.
type Options struct {
	Dir    string // an empty folder for the bare repository; the caller removes it
	Borrow *Clone // a clone whose objects are read; nil: none
	// Remote is a URL or path. Empty: the borrowed clone itself, so that a repository without a
	// remote keeps its ledger in itself.
	Remote string
	Token  string   // sent to Remote over http(s) only, and never as an argument
	Env    []string // PATH, HOME, SSH_*, GIT_SSH*, proxies are taken from it, nothing else
	Now    func() time.Time
	Name   string // identity in ledger and tags
	Email  string
}

// Repo is mlgate's own repository. Its methods may be called from several goroutines.
type Repo struct {
	dir    string
	o      Options
	remote string
	hexLen int // 40 or 64: the length of object ids here
	// largest is the largest object that is read into memory, in bytes.
	largest int64
	// patience is how long the remote may take to name its references, and be silent in a fetch.
	patience time.Duration

	mu    sync.Mutex
	batch *batch
	trees map[string][]entry
	lists map[[2]string][]mlgate.TreeFile // all files of a tree, by its id and the folder's name
	blobs map[string][]byte               // read ahead
	bases map[[2]string]string            // merge bases by pair
	user  *[][2]string                    // what system and user configured about remotes; nil: not read yet
	asked listing                         // what the remote answered last
}

var (
	_ mlgate.Repo     = (*Repo)(nil)
	_ mlgate.Branches = (*Repo)(nil)
	_ mlgate.Lineage  = (*Repo)(nil)
)

// Open makes the bare repository. It starts no process.
func Open(_ context.Context, o Options) (*Repo, error) {
	r := &Repo{dir: filepath.Join(o.Dir, "repo.git"), o: o, remote: o.Remote, hexLen: 40, largest: maxObject, patience: maxSilence, trees: map[string][]entry{}, lists: map[[2]string][]mlgate.TreeFile{}, bases: map[[2]string]string{}}
	if r.remote == "" {
		if o.Borrow == nil {
			return nil, errors.New("opening a repository: there is neither a remote nor a clone")
		}
		r.remote = o.Borrow.CommonDir
	}
	if err := checkRemote(r.remote); err != nil {
		return nil, err
	}
	if o.Borrow != nil && len(o.Borrow.Head) == 64 {
		r.hexLen = 64
	}
	if err := r.initialise(); err != nil {
		return nil, fmt.Errorf("making a repository in a temporary folder: %w", err)
	}
	return r, nil
}

// maxSilence is long for a list of names, and short beside a CI job's own limit.
const maxSilence = time.Minute

// ownConfig is the global configuration of git when it speaks to a remote: git drops configuration from
// the environment for the process on the other side of a path, which would then refuse a folder of
// another owner. The borrowed clone itself may be anybody's, as in a container; of other folders the
// user says which.
const ownConfig = "global.config"

// trust writes down whose folders the user lets git use.
func (r *Repo) trust(user [][2]string) error {
	text := ""
	for _, kv := range user {
		if strings.EqualFold(kv[0], "safe.directory") {
			text += "[safe]\n\tdirectory = \"" + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(kv[1]) + "\"\n"
		}
	}
	if text == "" || r.o.Remote == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(r.dir, ownConfig), []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing git's configuration: %w", err)
	}
	return nil
}

// checkRemote refuses what git would take for an option or for a command to run.
func checkRemote(remote string) error {
	if strings.HasPrefix(remote, "-") || strings.ContainsAny(remote, "\n\x00") || strings.Contains(remote, "::") {
		return &mlgate.Mistake{Err: fmt.Errorf("using the remote %q: its name is not one that mlgate passes to git", remote), Fix: "use a path, or an https or ssh URL"}
	}
	return nil
}

// initialise writes what `git init --bare` would, without a process.
func (r *Repo) initialise() error {
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
	if r.hexLen == 64 {
		config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n"
	}
	files := map[string]string{"HEAD": "ref: refs/heads/none\n", "config": config, ownConfig: ""}
	if r.o.Remote == "" {
		files[ownConfig] += "[safe]\n\tdirectory = *\n[core]\n\thooksPath = /dev/null\n"
	}
	if b := r.o.Borrow; b != nil {
		files["objects/info/alternates"] = filepath.Join(b.CommonDir, "objects") + "\n"
		// Alternates do not carry the boundary of a shallow clone: walks would fall over it.
		if edge, err := os.ReadFile(filepath.Join(b.CommonDir, "shallow")); err == nil {
			files["shallow"] = string(edge)
		}
	}
	for _, dir := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags"} {
		if err := os.MkdirAll(filepath.Join(r.dir, dir), 0o700); err != nil {
			return err
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// reformat turns a repository that is still empty into one of sha256 objects.
func (r *Repo) reformat() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hexLen == 64 || r.batch != nil || r.o.Borrow != nil {
		return nil
	}
	r.hexLen = 64
	return r.initialise()
}

// Close ends the reading process. The folder stays: it belongs to the caller.
func (r *Repo) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.batch == nil {
		return nil
	}
	b := r.batch
	r.batch = nil
	return b.close()
}

// hexID reports whether s is a full object id.
func hexID(s string) bool {
	if len(s) != 40 && len(s) != 64 {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}
