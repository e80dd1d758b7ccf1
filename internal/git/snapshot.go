package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Snapshot says which files of which commit are wanted from a repository that nobody here vouches for.
type Snapshot struct {
	URL    string // https
	Commit string // full id
	Sub    string // folder; empty: the top
	Dir    string // an empty folder; the caller removes it
	Env    []string
	Want   func(name string) bool // by path; nil: all
	Limits Limits
}

// Limits bound what a foreign repository may cost. All are needed.
type Limits struct {
	Transfer int64 // bytes that git may write while fetching
	Entries  int   // files and folders below Sub
	Files    int   // files wanted
	File     int64 // bytes of one
	Total    int64 // bytes of all
}

// SnapshotFile is one regular file; Path counts from Sub.
type SnapshotFile struct {
	Path string
	Data []byte
}

// Take fetches the one commit, without history, and returns its files sorted by path. Nobody is
// told who asks: no credential, cookie, key or netrc goes out, and no redirect is followed. Every object
// is hashed here, so the files are those of the commit id. Symlinks and submodules below Sub are errors.
func (s Snapshot) Take(ctx context.Context) (files []SnapshotFile, err error) {
	if !hexID(s.Commit) || !strings.HasPrefix(s.URL, "https://") {
		return nil, fmt.Errorf("fetching %q of %q: only full commit ids by https are fetched", s.Commit, s.URL)
	}
	r, err := Open(ctx, Options{Dir: s.Dir, Remote: s.URL, Env: strangerEnv(s.Env, s.Dir)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if len(s.Commit) == 64 {
		if err := r.reformat(); err != nil {
			return nil, err
		}
	}
	if err := s.fetch(ctx, r); err != nil {
		return nil, err
	}
	r.largest = max(s.Limits.File, maxTreeObject)
	kind, data, err := r.locked(s.Commit)
	if err != nil {
		return nil, err
	}
	if kind != "commit" {
		return nil, fmt.Errorf("object %s is a %s, not a commit", s.Commit, kind)
	}
	root, err := (&tree{repo: r, id: first(header(data, "tree"))}).find(path.Clean(s.Sub))
	if err != nil {
		return nil, fmt.Errorf("looking for %q in the commit: %w", s.Sub, err)
	}
	if !root.isTree() {
		return nil, fmt.Errorf("looking for %q in the commit: it is a file; name its folder", s.Sub)
	}
	w := snapshotWalk{Snapshot: s, repo: r}
	err = w.folder(root.id, "", 0)
	slices.SortFunc(w.files, func(a, b SnapshotFile) int { return strings.Compare(a.Path, b.Path) })
	return w.files, err
}

// maxTreeObject is the largest tree object that is read, in bytes: some 20,000 names.
const maxTreeObject = 1 << 20

// strangers are the variables that git may see when it speaks to a server of which we want one thing:
// how to get there, and whom to believe.
var strangers = []string{
	"PATH", "TMPDIR", "GIT_EXEC_PATH", "GIT_TRACE2_EVENT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
}

// strangerEnv leaves everything out that says who we are. The home is an empty folder, because libcurl
// looks for a netrc there; SSL_CERT_FILE, which the rest of the world knows, is told in git's own words.
func strangerEnv(environ []string, home string) []string {
	var env []string
	given := map[string]string{}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if slices.Contains(strangers, name) {
			env = append(env, kv)
			given[name] = value
		}
	}
	if given["GIT_SSL_CAINFO"] == "" && given["SSL_CERT_FILE"] != "" {
		env = append(env, "GIT_SSL_CAINFO="+given["SSL_CERT_FILE"])
	}
	return append(env, "HOME="+home, "XDG_CONFIG_HOME="+home, "GIT_ASKPASS=", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
}

// strangerConfig turns off what could name us or lead elsewhere. Objects above a megabyte go to the
// disk while they are unpacked, not into memory.
var strangerConfig = [][2]string{
	{"credential.helper", ""}, {"http.followRedirects", "false"}, {"http.emptyAuth", "false"}, {"http.sslVerify", "true"},
	{"protocol.allow", "never"}, {"protocol.https.allow", "always"}, {"core.bigFileThreshold", "1m"}, {"core.askPass", ""},
}

// fetch runs git and watches how much it writes: git itself knows no limit for a fetch.
func (s Snapshot) fetch(ctx context.Context, r *Repo) error {
	limited, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go s.watch(limited, stop, r.dir)
	env := append(passEnv(r.o.Env), "GIT_ASKPASS=", "GIT_ALLOW_PROTOCOL=https", "GIT_PROTOCOL_FROM_USER=0", fmt.Sprintf("GIT_ALLOC_LIMIT=%d", s.Limits.Transfer))
	res, err := start(limited, r.dir, append(env, configEnv(strangerConfig)...), nil, []string{
		"--git-dir", r.dir, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules", "--depth=1",
		"--", s.URL, s.Commit,
	})
	switch {
	case err != nil:
		return err
	case res.code != 0:
		return refusal(res)
	case written(r.dir) > s.Limits.Transfer:
		return s.tooMuch()
	}
	return nil
}

func (s Snapshot) tooMuch() error {
	return fmt.Errorf("the commit has more than %d bytes; give policies a repository of their own", s.Limits.Transfer)
}

func (s Snapshot) watch(ctx context.Context, stop context.CancelCauseFunc, dir string) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if written(dir) > s.Limits.Transfer {
				stop(s.tooMuch())
				return
			}
		}
	}
}

func written(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error { // files come and go while git works
		if err != nil {
			return nil //nolint:nilerr // see above
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}

// refusals are the answers of servers that people meet, with what they mean here.
var refusals = []struct {
	err   error
	text  string
	marks []string
}{
	{mlgate.ErrForbidden, "the server wants to know who asks, and this is fetched without credentials", []string{"could not read Username", "terminal prompts disabled", "Authentication failed", "error: 401", "error: 403"}},
	{mlgate.ErrNotFound, "the server does not hand this commit out: it has none of this id, or only gives tips of branches and tags", []string{"not our ref", "unadvertised object", "couldn't find remote ref"}},
	{mlgate.ErrNotFound, "there is no repository at this address", []string{"error: 404", "epository not found", "' not found", "does not appear to be a git repository"}},
	{nil, "there is no git server at this address: a web page, or a folder of files", []string{"dumb http transport", "is this a git repository?"}},
	{nil, "the server redirects, and that is not followed: write the address that it redirects to", []string{"error: 301", "error: 302", "error: 303", "error: 307", "error: 308"}},
	{nil, "its certificate is not trusted here: a certificate authority of your own is named by GIT_SSL_CAINFO or SSL_CERT_FILE", []string{"SSL certificate problem", "certificate verification failed", "certificate is not trusted"}},
}

func refusal(res result) error {
	for _, x := range refusals {
		if !slices.ContainsFunc(x.marks, func(m string) bool { return strings.Contains(res.stderr, m) }) {
			continue
		}
		if x.err != nil {
			return fmt.Errorf("%s: %w (git: %s)", x.text, x.err, words(res.stderr))
		}
		return fmt.Errorf("%s (git: %s)", x.text, words(res.stderr))
	}
	return fmt.Errorf("git ended with exit code %d: %s", res.code, words(res.stderr))
}

// snapshotWalk reads trees of a stranger: the same small tree may stand in itself a billion times.
type snapshotWalk struct {
	Snapshot
	repo    *Repo
	files   []SnapshotFile
	entries int
	total   int64
}

// maxFolders is how many folders of a stranger may lie in each other.
const maxFolders = 32

func (w *snapshotWalk) folder(id, prefix string, depth int) error {
	if depth > maxFolders {
		return fmt.Errorf("%s: folders in folders deeper than %d", inert.Line(prefix), maxFolders)
	}
	es, err := w.repo.entries(id)
	if err != nil {
		return err
	}
	for _, e := range es {
		name := path.Join(prefix, e.name)
		if w.entries++; w.entries > w.Limits.Entries {
			return fmt.Errorf("there are more than %d files and folders; give policies a folder of their own", w.Limits.Entries)
		}
		if e.isTree() {
			err = w.folder(e.id, name, depth+1)
		} else {
			err = w.file(e, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *snapshotWalk) file(e entry, name string) error {
	switch e.mode {
	case "120000":
		return fmt.Errorf("%s is a symlink; none is followed, and none may lie among policies", inert.Line(name))
	case "160000":
		return fmt.Errorf("%s is a submodule; none is fetched, and none may lie among policies", inert.Line(name))
	}
	if w.Want != nil && !w.Want(name) {
		return nil
	}
	if len(w.files) == w.Limits.Files {
		return fmt.Errorf("there are more than %d files of policies", w.Limits.Files)
	}
	kind, data, err := w.repo.locked(e.id)
	if err != nil {
		return fmt.Errorf("reading %s: %w", inert.Line(name), err)
	}
	w.total += int64(len(data))
	switch {
	case kind != "blob":
		return fmt.Errorf("reading %s: it is a %s", inert.Line(name), kind)
	case int64(len(data)) > w.Limits.File:
		return fmt.Errorf("%s has %d bytes; at most %d are read", inert.Line(name), len(data), w.Limits.File)
	case w.total > w.Limits.Total:
		return fmt.Errorf("the files of policies have more than %d bytes", w.Limits.Total)
	}
	w.files = append(w.files, SnapshotFile{Path: name, Data: data})
	return nil
}
