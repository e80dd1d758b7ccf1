package git

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Clone is a checkout of the user's. It is only read.
type Clone struct {
	Dir           string // top of the work tree; of a bare repository, the repository
	GitDir        string
	CommonDir     string // the same but in a linked work tree
	Head          string // commit id
	Branch        string // short name; empty when HEAD is detached
	Remote        string // URL or path of origin, or of the only remote; empty: none
	DefaultBranch string // of the remote, or main, or master; empty: neither
	Shallow       bool
	UserName      string // as git's configuration has them; may be empty
	UserEmail     string
	config        [][2]string // of system and user, for speaking to the remote
}

// Find looks at the clone that dir lies in. A folder outside of any is a Mistake, a repository
// without a commit too. The owner of the files does not matter: a container's user is another one.
func Find(ctx context.Context, dir string, environ []string) (Clone, error) {
	ask := asker(ctx, dir, environ)
	c, _, err := look(ask, dir, nil)
	if err != nil {
		return c, err
	}
	return c, c.configured(ask)
}

// FindCommits looks at the clone that dir lies in and finds the commits that revs name, with one
// process of git: remote, default branch and identity stay empty. A name that stands for no commit
// is a Mistake.
func FindCommits(ctx context.Context, dir string, environ, revs []string) (Clone, []string, error) {
	for _, rev := range revs {
		if rev == "" || rev[0] == '-' || rev[0] == '^' || strings.Contains(rev, "..") || inert.Line(rev) != rev {
			return Clone{}, nil, noCommit(rev, Clone{})
		}
	}
	return look(asker(ctx, dir, environ), dir, revs)
}

func noCommit(rev string, c Clone) error {
	fix := "name a commit, branch or tag that is in the clone; `git fetch` brings those of the remote"
	if c.Shallow {
		fix = deepen
	}
	return &mlgate.Mistake{Err: fmt.Errorf("resolving %q: the clone has no such commit", rev), Fix: fix}
}

// asking runs git in the folder that was named, without our own repository.
type asking func(args ...string) (result, error)

func asker(ctx context.Context, dir string, environ []string) asking {
	return func(args ...string) (result, error) {
		return start(ctx, dir, append(passEnv(environ), findEnv...), nil, args)
	}
}

func look(ask asking, dir string, revs []string) (Clone, []string, error) {
	var c Clone
	args := []string{"rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--is-shallow-repository", "--is-bare-repository", "--is-inside-work-tree", "--show-cdup", "HEAD^{commit}"}
	for _, rev := range revs {
		args = append(args, rev+"^{commit}")
	}
	res, err := ask(args...)
	if err != nil {
		return c, nil, fmt.Errorf("looking for the git repository of %q: %w", dir, err)
	}
	lines := strings.Split(res.stdout, "\n")
	if len(lines) < 6 {
		return c, nil, &mlgate.Mistake{Err: fmt.Errorf("looking for the git repository of %q: %s", dir, words(res.stderr)), Fix: "run mlgate inside a clone"}
	}
	c.GitDir, c.CommonDir, c.Shallow = lines[0], lines[1], lines[2] == "true"
	bare, inside, rest := lines[3] == "true", lines[4] == "true", lines[5:]
	c.Dir = c.GitDir
	if inside { // else git says nothing of the way up
		if c.Dir, err = top(dir, rest[0]); err != nil {
			return c, nil, err
		}
		rest = rest[1:]
	}
	if c.Head = first(rest); !hexID(c.Head) {
		return c, nil, &mlgate.Mistake{Err: fmt.Errorf("reading HEAD of %q: there is no commit yet", dir), Fix: "commit something first: mlgate judges commits"}
	}
	if !bare && !inside {
		return c, nil, &mlgate.Mistake{Err: fmt.Errorf("looking for the work tree of %q: this folder is inside of .git", dir), Fix: "run mlgate at the top of the clone"}
	}
	for i, rev := range revs {
		if i+1 >= len(rest) || !hexID(rest[i+1]) {
			return c, nil, noCommit(rev, c)
		}
	}
	c.Branch = branch(c.GitDir)
	return c, rest[1:][:len(revs)], nil
}

// branch is what HEAD names; empty when it is detached.
func branch(gitDir string) string {
	head, err := os.ReadFile(filepath.Join(gitDir, "HEAD"))
	if err != nil {
		return ""
	}
	name, ok := strings.CutPrefix(strings.TrimSpace(string(head)), "ref: refs/heads/")
	if !ok {
		return ""
	}
	return name
}

// findEnv lets git read a folder of any owner; its repository's configuration is not executed by the
// commands used here.
var findEnv = []string{
	"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
	"GIT_CONFIG_KEY_1=core.fsmonitor", "GIT_CONFIG_VALUE_1=false",
}

// top is the work tree's top, from the way up that git tells; inside a git directory there is none.
func top(dir, up string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", fmt.Errorf("looking for the top of the work tree: %w", err)
	}
	return filepath.Join(abs, filepath.FromSlash(up)), nil
}

// configured reads remotes and identity, and from the refs which branch is the default one.
func (c *Clone) configured(ask func(...string) (result, error)) error {
	all, err := settings(ask)
	if err != nil {
		return err
	}
	c.config = userSettings(all)
	urls := map[string]string{}
	for _, s := range all {
		key, value := s.key, s.value
		switch name, isURL := strings.CutSuffix(key, ".url"); {
		case key == "user.name":
			c.UserName = value
		case key == "user.email":
			c.UserEmail = value
		case isURL:
			name = strings.TrimPrefix(name, "remote.")
			if _, twice := urls[name]; !twice {
				urls[name] = value
			}
		}
	}
	remote := "origin"
	if len(urls) == 1 {
		for name := range urls {
			remote = name
		}
	}
	c.Remote = c.absolute(urls[remote])
	if len(urls) > 1 && c.Remote == "" {
		return &mlgate.Mistake{Err: fmt.Errorf("choosing a remote: there are %d and none is called origin", len(urls)), Fix: "git remote rename NAME origin"}
	}
	return c.defaultBranch(ask, remote)
}

// absolute resolves a remote that is a relative path: mlgate runs git elsewhere. "host:path" and URLs
// stay as they are.
func (c *Clone) absolute(remote string) string {
	colon, slash := strings.IndexByte(remote, ':'), strings.IndexByte(remote, '/')
	if remote == "" || filepath.IsAbs(remote) || (colon >= 0 && (slash < 0 || colon < slash)) {
		return remote
	}
	return filepath.Join(c.Dir, remote)
}

func (c *Clone) defaultBranch(ask func(...string) (result, error), remote string) error {
	head := "refs/remotes/" + remote + "/HEAD"
	candidates := []string{"refs/remotes/" + remote + "/main", "refs/remotes/" + remote + "/master", "refs/heads/main", "refs/heads/master"}
	res, err := ask(append([]string{"for-each-ref", "--format=%(refname) %(symref)", "--end-of-options", head}, candidates...)...)
	if err != nil {
		return fmt.Errorf("reading the branches: %w", err)
	}
	var there []string
	for line := range strings.SplitSeq(res.stdout, "\n") {
		ref, symref, _ := strings.Cut(line, " ")
		if ref == head && symref != "" {
			c.DefaultBranch = strings.TrimPrefix(symref, "refs/remotes/"+remote+"/")
			return nil
		}
		there = append(there, ref)
	}
	for _, ref := range candidates {
		if slices.Contains(there, ref) {
			c.DefaultBranch = ref[strings.LastIndexByte(ref, '/')+1:]
			return nil
		}
	}
	if c.Remote == "" {
		c.DefaultBranch = c.Branch
	}
	return nil
}
