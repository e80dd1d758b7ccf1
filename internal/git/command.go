package git

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// result is a process that ended: its output, and its exit code when it was not 0.
type result struct {
	stdout string
	stderr string
	code   int
}

// objects runs git on objects only: no configuration but our own.
func (r *Repo) objects(ctx context.Context, stdin io.Reader, args ...string) (result, error) {
	env := append(passEnv(r.o.Env), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
	return start(ctx, r.dir, append(env, configEnv(nil)...), stdin, append([]string{"--git-dir", r.dir}, args...))
}

// network runs git against the remote: credentials, proxies and certificates come from the system's
// and the user's configuration as it was before any step ran, never from a clone's.
func (r *Repo) network(ctx context.Context, args ...string) (result, error) {
	user, err := r.userConfig(ctx)
	if err != nil {
		return result{}, err
	}
	global := filepath.Join(r.dir, ownConfig)
	env := append(passEnv(r.o.Env), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+global)
	return start(ctx, r.dir, append(env, configEnv(append(user, r.tokenConfig()...))...), nil, append([]string{"--git-dir", r.dir}, args...))
}

// userConfig is what system and user configured about remotes, as it was when first asked for.
func (r *Repo) userConfig(ctx context.Context) ([][2]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.user != nil {
		return *r.user, nil
	}
	var user [][2]string
	if r.o.Borrow != nil {
		user = r.o.Borrow.config
	} else {
		all, err := settings(func(args ...string) (result, error) {
			return start(ctx, r.dir, passEnv(r.o.Env), nil, args)
		})
		if err != nil {
			return nil, err
		}
		user = userSettings(all)
	}
	if err := r.trust(user); err != nil {
		return nil, err
	}
	r.user = &user
	return user, nil
}

// tokenConfig makes git send the token to the remote's host and nowhere else.
func (r *Repo) tokenConfig() [][2]string {
	u, err := url.Parse(r.remote)
	if err != nil || r.o.Token == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil
	}
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + r.o.Token))
	key := fmt.Sprintf("http.%s://%s/.extraheader", u.Scheme, u.Host)
	return [][2]string{{key, ""}, {key, "Authorization: Basic " + basic}, {"http.followRedirects", "false"}}
}

// passed are the variables that git may see.
var passed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSH_ASKPASS",
	"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM",
	"GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_TRACE2_EVENT", "GIT_EXEC_PATH", "GIT_TEMPLATE_DIR",
	"http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
}

func passEnv(environ []string) []string {
	env := []string{"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_NO_REPLACE_OBJECTS=1", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_ADVICE=0"}
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		for _, p := range passed {
			if name == p {
				env = append(env, kv)
			}
		}
	}
	return env
}

// configEnv hands configuration over by environment: it beats every file, and no argument list shows
// it.
func configEnv(more [][2]string) []string {
	all := append([][2]string{
		{"safe.directory", "*"}, {"safe.bareRepository", "explicit"}, {"core.hooksPath", "/dev/null"}, {"core.fsmonitor", "false"},
		{"core.attributesFile", "/dev/null"}, {"gc.auto", "0"}, {"maintenance.auto", "false"}, {"protocol.ext.allow", "never"},
		{"fetch.writeCommitGraph", "false"}, {"fetch.recurseSubmodules", "false"}, {"push.recurseSubmodules", "no"}, {"push.followTags", "false"},
		{"transfer.fsckObjects", "false"}, {"submodule.recurse", "false"}, {"tag.gpgSign", "false"}, {"commit.gpgSign", "false"}, {"push.gpgSign", "false"},
	}, more...)
	env := []string{"GIT_CONFIG_COUNT=" + strconv.Itoa(len(all))}
	for i, kv := range all {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, kv[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, kv[1]))
	}
	return env
}

// start runs git to its end. A cancelled ctx kills its whole process group. An exit code other than
// 0 is no error: callers know what it means.
func start(ctx context.Context, dir string, env []string, stdin io.Reader, args []string) (result, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, env, stdin, &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 2 * time.Second
	err := cmd.Run()
	res := result{stdout: stdout.String(), stderr: stderr.String()}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return res, context.Cause(ctx)
	case errors.As(err, &exit):
		res.code = exit.ExitCode()
		return res, nil
	case errors.Is(err, exec.ErrNotFound):
		return res, &mlgate.Mistake{Err: errors.New("running git: it is not installed"), Fix: "install git 2.38 or newer"}
	case err != nil:
		return res, fmt.Errorf("running git: %w", err)
	}
	return res, nil
}

// oldest is the first git that has `merge-tree --write-tree`.
const oldest = "2.38"

// failed makes an error of a git that ended badly, in git's own words made harmless.
func (res result) failed() error {
	if res.code == 129 || strings.Contains(res.stderr, "usage: git") {
		return &mlgate.Mistake{Err: fmt.Errorf("git does not know what mlgate asks of it: %s", firstLine(res.stderr)), Fix: "install git " + oldest + " or newer"}
	}
	said := words(res.stderr)
	for _, k := range known {
		for _, mark := range k.marks {
			if strings.Contains(res.stderr, mark) {
				return fmt.Errorf("%w: %s%s", k.err, said, k.fix)
			}
		}
	}
	return fmt.Errorf("git ended with exit code %d: %s", res.code, said)
}

// What the user can do something about, and no caller decides by.
var (
	errNoRepository = errors.New("there is no repository")
	errNoAnswer     = errors.New("the remote cannot be reached")
	errPartial      = errors.New("an object is not here")
)

const lookAgain = "; is the network there, and does `git remote -v` name the right place?"

// known are git's messages that a caller decides by.
var known = []struct {
	err   error
	fix   string
	marks []string
}{
	{mlgate.ErrForbidden, "; is there a token, and may it write here (`permissions: contents: write`)?", []string{
		"Authentication failed", "error: 401", "error: 403", "Permission denied", "Permission to ", "could not read Username", "terminal prompts disabled", "Write access to repository not granted"}},
	{errNoRepository, "; has it moved? `git remote -v` shows where it is looked for, `git remote set-url` mends it", []string{
		"does not appear to be a git repository", "repository not found", "Repository not found", "error: 404", "is not a git command"}},
	{errNoAnswer, lookAgain, []string{
		"unable to access", "unable to connect", "Could not resolve host", "Connection timed out", "Connection refused", "Operation too slow", "early EOF", "hung up unexpectedly"}},
	{errPartial, "; a clone made with --filter lacks some: `git fetch --refetch --no-filter` brings them", []string{
		"unable to read blob object", "missing blob object", "missing tree object", "unable to read tree", "did not send all necessary objects"}},
	{mlgate.ErrNotFound, "", []string{"not our ref", "couldn't find remote ref", "unadvertised object"}},
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return inert.Line(inert.Clip(line, 300))
}

// words are the lines that matter of what git and the remote said.
func words(stderr string) string {
	var kept []string
	for line := range strings.SplitSeq(stderr, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "hint:") || strings.HasPrefix(line, "warning: ") {
			continue
		}
		kept = append(kept, inert.Line(inert.Clip(line, 300)))
	}
	if len(kept) > 6 {
		kept = kept[:6]
	}
	if len(kept) == 0 {
		return "it said nothing"
	}
	return strings.Join(kept, " / ")
}
