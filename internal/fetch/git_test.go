package fetch_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
)

const rego = "package a\ndeny contains \"no\" if true\n"

func paths(files []mlgate.PolicyFile) (names []string) {
	for _, f := range files {
		names = append(names, f.Path)
	}
	return names
}

// The pinned commit is what comes, whatever the branch says today; only .rego and .json of the folder,
// once; no submodule and nothing of other folders is touched.
func TestGit(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, format := range []string{"sha1", "sha256"} {
		r := s.repo(t, format, "--object-format="+format)
		pinned := r.commit(map[string]entry{
			"rego/ml/a.rego": regular(rego), "rego/ml/limits/x.json": regular(`{"acc": 0.9}`), "rego/ml/README.md": regular("x"), "other/b.rego": regular(rego),
			"other/link": {"120000", "/etc/passwd"}, ".gitmodules": regular("[submodule \"m\"]\n\tpath = m\n\turl = " + s.URL + "/git/never.git\n"), "m": {"160000", strings.Repeat("1", len(r.run("", "hash-object", "-t", "blob", "/dev/null")))},
		})
		r.commit(map[string]entry{"rego/ml/a.rego": regular("package moved")}) // no ref reaches the pinned commit any more
		f := s.fetcher(t, small())
		ref := mlgate.RemotePolicy{Git: true, Address: s.URL + "/git/" + format + ".git", Sub: "rego/ml", Pin: pinned}
		got, err := f.Load(context.Background(), ref)
		if err != nil {
			t.Fatal(err)
		}
		want := []mlgate.PolicyFile{{Path: "a.rego", Data: []byte(rego)}, {Path: "limits/x.json", Data: []byte(`{"acc": 0.9}`)}}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		n := len(s.Asked())
		if _, err := f.Load(context.Background(), ref); err != nil || len(s.Asked()) != n {
			t.Errorf("asked again: %v, %q", err, s.Asked()[n:])
		}
	}
	for _, r := range s.Asked() {
		if strings.Contains(r, "never") {
			t.Errorf("the submodule was asked for: %s", r)
		}
	}
}

func TestGitRefuses(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.repo(t, "p")
	absent := strings.Repeat("4", 40)
	good := r.commit(map[string]entry{"a.rego": regular(rego)})
	symlink := r.commit(map[string]entry{"p/a.rego": regular(rego), "p/b.rego": {"120000", "/etc/passwd"}})
	submodule := r.commit(map[string]entry{"p/a.rego": regular(rego), "p/m": {"160000", absent}})
	huge := r.commit(map[string]entry{"a.rego": regular(rego + strings.Repeat("# long\n", 20000))})
	heavy := r.commit(map[string]entry{"a.rego": regular(rego), "model.bin": regular(noise(4 << 20))})
	many := map[string]entry{}
	for i := range 60 {
		many["p/"+strings.Repeat("a", i+1)+".txt"] = regular("x")
	}
	crowd := r.commit(many)
	hidden := r.commit(map[string]entry{"a\u202eb.rego": regular(rego)})
	deep := r.commit(map[string]entry{strings.Repeat("d/", 40) + "a.rego": regular(rego)})
	tag := r.run("object "+good+"\ntype commit\ntag v1\ntagger A <a@b> 0 +0000\n\nv1\n", "mktag")
	other := serve(t)
	host := strings.TrimPrefix(s.URL, "https://")
	for _, k := range []struct{ name, where, sub, pin, want string }{
		{"absent commit", "/git/p.git", "", absent, "none of this id"},
		{"old server, not a tip", "/old/p.git", "", good, "only gives tips"},
		{"a tag's id", "/git/p.git", "", tag, "not a commit"},
		{"a tree's id", "/git/p.git", "", r.run("", "rev-parse", good+"^{tree}"), "is a tree, not a commit"},
		{"symlink", "/git/p.git", "p", symlink, "b.rego is a symlink"},
		{"submodule", "/git/p.git", "p", submodule, "m is a submodule"},
		{"huge policy", "/git/p.git", "", huge, "at most 65536"},
		{"heavy repository", "/git/p.git", "", heavy, "more than 2097152 bytes"},
		{"many files", "/git/p.git", "p", crowd, "more than 50 files"},
		{"deep", "/git/p.git", "", deep, "deeper than 32"},
		{"hidden characters", "/git/p.git", "", hidden, `\u{202e}`},
		{"no such folder", "/git/p.git", "nowhere", good, `"nowhere"`},
		{"a file as folder", "/git/p.git", "a.rego", good, "it is a file"},
		{"no repository", "/git/q.git", "", good, "no repository"},
		{"401", "/code/401/p.git", "", good, "without credentials"},
		{"403", "/code/403/p.git", "", good, "without credentials"},
		{"a web page", "/html/p.git", "", good, "no git server"},
		{"redirect to http", "/to/302/http/" + host + "/git/p.git", "", good, "redirects"},
		{"redirect to another host", "/to/301/https/" + strings.TrimPrefix(other.URL, "https://") + "/git/p.git", "", good, "redirects"},
	} {
		got, err := s.fetcher(t, small()).Load(context.Background(), mlgate.RemotePolicy{Git: true, Address: s.URL + k.where, Sub: k.sub, Pin: k.pin})
		if err == nil || !strings.Contains(err.Error(), k.want) {
			t.Errorf("%s: got %v, %v; want %q", k.name, paths(got), err, k.want)
		}
		var mistake *mlgate.Mistake
		if errors.As(err, &mistake) {
			t.Errorf("%s: %v is told as the user's mistake; it is \"could not decide\"", k.name, err)
		}
	}
	if asked := other.Asked(); len(asked) > 0 {
		t.Errorf("another host was asked: %q", asked)
	}
}

func noise(n int) string {
	b := make([]byte, n)
	for i, x := 0, uint32(1); i < n; i++ {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return string(b)
}

// A server that does not end is left when the time is over, and no git stays behind.
func TestGitSlow(t *testing.T) {
	t.Parallel()
	s := serve(t)
	l := small()
	l.Time = 300 * time.Millisecond
	began := time.Now()
	_, err := s.fetcher(t, l).Load(context.Background(), mlgate.RemotePolicy{Git: true, Address: s.URL + "/slow/p.git", Pin: strings.Repeat("4", 40)})
	if err == nil || !strings.Contains(err.Error(), "did not end within 300ms") || time.Since(began) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}

// Whatever the environment knows of who we are, no server hears it. That the same environment makes
// a plain git tell shows that the test could fail.
func TestNoCredentialsLeave(t *testing.T) {
	t.Parallel()
	s := serve(t)
	home := t.TempDir()
	host, _, _ := strings.Cut(strings.TrimPrefix(s.URL, "https://"), ":")
	write(t, filepath.Join(home, ".netrc"), []byte("machine "+host+" login kim password netrc-secret\n"))
	helper := filepath.Join(home, "helper")
	if err := os.WriteFile(helper, []byte("#!/bin/sh\necho username=kim\necho password=helper-secret\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(home, ".gitconfig"), []byte("[credential]\n\thelper = "+helper+"\n[http]\n\textraHeader = X-Token: config-secret\n"))
	env := []string{
		"HOME=" + home, "GIT_ASKPASS=" + helper, "SSH_ASKPASS=" + helper, "NETRC=" + filepath.Join(home, ".netrc"),
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.extraHeader", "GIT_CONFIG_VALUE_0=X-Token: environment-secret", "GITHUB_TOKEN=token",
	}
	f := s.fetcher(t, small(), env...)
	for _, ref := range []mlgate.RemotePolicy{
		{Git: true, Address: s.URL + "/code/401/p.git", Pin: strings.Repeat("4", 40)},
		{Address: s.URL + "/code/401/p.tar.gz", Pin: strings.Repeat("4", 64)},
	} {
		if _, err := f.Load(context.Background(), ref); !errors.Is(err, mlgate.ErrForbidden) {
			t.Errorf("%s: %v", ref, err)
		}
	}
	if len(s.Asked()) < 2 || len(s.Told()) > 0 {
		t.Errorf("asked %q, told %q", s.Asked(), s.Told())
	}
	plain := exec.Command("git", "ls-remote", s.URL+"/code/401/p.git")
	plain.Env = append([]string{"PATH=" + os.Getenv("PATH"), "GIT_SSL_CAINFO=" + s.ca, "GIT_TERMINAL_PROMPT=0"}, env...)
	_ = plain.Run()
	if told := strings.Join(s.Told(), " "); !strings.Contains(told, "environment-secret") || !strings.Contains(told, "Basic") {
		t.Errorf("a plain git told %q only: the test proves nothing", told)
	}
}
