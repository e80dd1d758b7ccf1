package script

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/test/fakegithub"
)

const repository = "acme/model"

// github starts a fake GitHub that hosts origin.git as acme/model, and sets the environment of a
// runner: github [readonly | PERMISSION=read|write …].
func github(ts *testscript.TestScript, _ bool, args []string) {
	o := fakegithub.Options{Root: ts.Getenv("WORK"), Repo: repository, Git: "origin.git", Token: "secret-token", ReadOnly: len(args) > 0 && args[0] == "readonly"}
	for _, a := range args {
		if name, right, ok := strings.Cut(a, "="); ok {
			if o.Rights == nil {
				o.Rights = map[string]string{}
			}
			o.Rights[name] = right
		}
	}
	s, err := fakegithub.Start(o)
	ts.Check(err)
	ts.Defer(s.Close)
	work := ts.Getenv("WORK")
	servers.Store(work, s)
	ts.Defer(func() { servers.Delete(work) })
	for name, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_ACTOR": "ada", "GITHUB_TOKEN": "secret-token", "GITHUB_API_URL": s.URL, "GITHUB_SERVER_URL": s.URL,
		"GITHUB_REPOSITORY": repository, "GITHUB_EVENT_PATH": filepath.Join(work, "event.json"), "GITHUB_OUTPUT": filepath.Join(work, "output"),
		"GITHUB_STEP_SUMMARY": filepath.Join(work, "summary.md"), "GITHUB_RUN_ID": "100", "GITHUB_RUN_ATTEMPT": "1", "FAKE": s.URL,
	} {
		ts.Setenv(name, value)
	}
}

// protect sets the rulesets of the fake GitHub: main waits for a status, tags cannot be moved or deleted.
//
//	protect [branch STATUS] [tags PATTERN…]
func protect(ts *testscript.TestScript, _ bool, args []string) {
	var all []fakegithub.Ruleset
	if len(args) > 1 && args[0] == "branch" {
		all = append(all, fakegithub.Ruleset{Name: "main", Target: "branch", Include: []string{"~DEFAULT_BRANCH"}, Rules: []string{"non_fast_forward"}, Checks: args[1:2]})
		args = args[2:]
	}
	if len(args) > 1 && args[0] == "tags" {
		all = append(all, fakegithub.Ruleset{Name: "tags", Target: "tag", Include: args[1:], Rules: []string{"deletion", "update"}})
	}
	s, ok := servers.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("no GitHub was started")
	}
	s.(*fakegithub.Server).Protect(all...)
}

// event writes an event file. Revisions are the remote's; none is no commit.
//
//	event pull_request NUMBER HEAD-REV BASE-BRANCH [fork|closed]
//	event push REV BEFORE-REV [BRANCH]
//	event merge_group NUMBER HEAD-REV BASE-BRANCH
//	event NAME REV [BRANCH]
func event(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("GITHUB_EVENT_NAME", args[0])
	ts.Setenv("GITHUB_REF", "refs/heads/main")
	var data []byte
	switch args[0] {
	case "pull_request", "pull_request_target", "pull_request_review":
		ts.Setenv("GITHUB_REF", "refs/pull/"+args[1]+"/merge")
		data = pull(ts, args[1:])
	case "push":
		branch := "main"
		if len(args) > 3 {
			branch = args[3]
		}
		ts.Setenv("GITHUB_REF", "refs/heads/"+branch)
		ts.Setenv("GITHUB_SHA", revision(ts, args[1]))
		data = fakegithub.PushEvent(repository, branch, revision(ts, args[1]), revision(ts, args[2]))
	case "merge_group":
		data = fakegithub.MergeGroupEvent(repository, args[1], revision(ts, args[2]), args[3])
	default:
		data = fakegithub.OtherEvent(repository)
		ts.Setenv("GITHUB_SHA", revision(ts, args[1]))
		if len(args) > 2 {
			ts.Setenv("GITHUB_REF", "refs/heads/"+args[2])
		}
	}
	ts.Check(os.WriteFile(ts.Getenv("GITHUB_EVENT_PATH"), data, 0o600))
}

func pull(ts *testscript.TestScript, args []string) []byte {
	data := fakegithub.PullRequestEvent(repository, args[0], revision(ts, args[1]), args[2])
	if len(args) == 3 {
		return data
	}
	switch args[3] {
	case "fork":
		before, head, _ := bytes.Cut(data, []byte(`"head":`))
		head = bytes.Replace(head, []byte(repository), []byte("mallory/model"), 1)
		return bytes.Join([][]byte{before, head}, []byte(`"head":`))
	case "closed":
		return bytes.Replace(data, []byte(`"opened"`), []byte(`"closed"`), 1)
	}
	ts.Fatalf("a pull request is opened, from a fork, or closed; not %q", args[3])
	return nil
}

func revision(ts *testscript.TestScript, rev string) string {
	if rev == "none" {
		return strings.Repeat("0", 40)
	}
	ts.Check(ts.Exec("git", "--git-dir", filepath.Join(ts.Getenv("WORK"), "origin.git"), "rev-parse", rev))
	return strings.TrimSpace(ts.ReadFile("stdout"))
}

// merged tells the forge of a pull request that was merged into main: merged NUMBER MERGE-REV HEAD-REV
// [LABEL…]. Of further commits that it brought: merged NUMBER brought REV….
func merged(ts *testscript.TestScript, neg bool, args []string) {
	s, ok := servers.Load(ts.Getenv("WORK"))
	if neg || !ok || len(args) < 3 {
		ts.Fatalf("usage, after github: merged NUMBER MERGE-REV HEAD-REV [LABEL…]")
	}
	fake, _ := s.(*fakegithub.Server)
	if args[1] != "brought" {
		fake.Merge(args[0], revision(ts, args[1]), revision(ts, args[2]), args[3:]...)
		return
	}
	for _, rev := range args[2:] {
		fake.MergeOf(args[0], revision(ts, rev))
	}
}
