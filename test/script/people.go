package script

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/test/fakegithub"
)

// people tells the fake GitHub who made pull request NUMBER, whose head is a revision of the remote,
// and what others said. Ada did all that is not told otherwise:
//
//	people NUMBER HEAD-REV [opened:LOGIN] [wrote:LOGIN] [pushed:LOGIN|nobody] [approved:LOGIN] [outdated:LOGIN]
//	    [dismissed:LOGIN] [team:ORG/TEAM=LOGIN] [writes:LOGIN] [reads:LOGIN] [merged:REV] [closed:yes] [ran:ID] [fork:OWNER|gone] [branch:NAME]
func people(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: people NUMBER HEAD-REV [WHAT:WHO…]")
	}
	head := revision(ts, args[1])
	p := fakegithub.Pull{
		Number: atoi(ts, args[0]), Author: "ada", Head: head, HeadRef: args[1], HeadRepo: repository, Base: "main",
		Commits: []fakegithub.Commit{{SHA: head, Author: "ada"}}, Pushes: []fakegithub.Push{{By: "ada", After: head}},
	}
	all := fakegithub.Society{Teams: map[string][]string{}, Rights: map[string]string{}}
	for _, arg := range args[2:] {
		what, who, _ := strings.Cut(arg, ":")
		if !told(ts, &p, &all, what, who) {
			ts.Fatalf("people: what is %q?", arg)
		}
	}
	all.Pulls = []fakegithub.Pull{p}
	post(ts, "/_society", all)
}

func told(ts *testscript.TestScript, p *fakegithub.Pull, all *fakegithub.Society, what, who string) bool {
	review := fakegithub.Review{By: who, State: "APPROVED", Commit: p.Head, At: "2026-01-02T00:00:00Z"}
	switch what {
	case "opened":
		p.Author = who
	case "wrote":
		p.Commits[0].Author = who
	case "pushed":
		p.Pushes[0].By = who
		if who == "nobody" {
			p.Pushes = nil
		}
	case "approved", "outdated", "dismissed":
		if what == "outdated" {
			review.Commit = strings.Repeat("0", 40)
		}
		if what == "dismissed" {
			review.State = "DISMISSED"
		}
		p.Reviews = append(p.Reviews, review)
	case "team":
		team, member, _ := strings.Cut(who, "=")
		all.Teams[team] = append(all.Teams[team], member)
	case "writes":
		all.Rights[who] = "write"
	case "reads":
		all.Rights[who] = "read"
	case "merged":
		p.Merge, p.MergedBy = revision(ts, who), "ada"
	case "closed":
		p.State = "closed"
	case "ran":
		all.Runs = append(all.Runs, fakegithub.Run{ID: int64(atoi(ts, who)), Path: ".github/workflows/mlgate.yml", Event: "pull_request", Head: p.Head, Status: "completed"})
	case "fork":
		_, name, _ := strings.Cut(repository, "/")
		if p.HeadRepo = who + "/" + name; who == "gone" {
			p.HeadRepo = ""
		}
	case "branch":
		p.HeadRef = who
	default:
		return false
	}
	return true
}

// comment is a comment on a pull request and its event: comment NUMBER LOGIN [created|edited] TEXT. @HEAD:REV@ in the
// text is the full id of a revision of the remote, @EVIDENCE:TAG@@ the evidence that a version's tag names, \n a new line.
func comment(ts *testscript.TestScript, neg bool, args []string) {
	action := "created"
	if len(args) == 4 {
		action, args = args[2], slices.Delete(args, 2, 3)
	}
	if neg || len(args) != 3 {
		ts.Fatalf("usage: comment NUMBER LOGIN [created|edited] TEXT")
	}
	text := strings.ReplaceAll(args[2], `\n`, "\n")
	for {
		before, rest, ok := strings.Cut(text, "@HEAD:")
		if !ok {
			break
		}
		rev, after, _ := strings.Cut(rest, "@")
		text = before + "@" + revision(ts, rev) + after
	}
	if before, rest, ok := strings.Cut(text, "@EVIDENCE:"); ok { // of a version's tag
		tag, after, _ := strings.Cut(rest, "@@")
		ts.Check(ts.Exec("git", "--git-dir", filepath.Join(ts.Getenv("WORK"), "origin.git"), "cat-file", "tag", tag))
		_, digest, _ := strings.Cut(ts.ReadFile("stdout"), "Mlgate-Evidence: ")
		text = before + "@" + digest[:64] + after
	}
	resp, err := http.Post(ts.Getenv("FAKE")+"/_say?number="+args[0]+"&login="+args[1], "text/plain", strings.NewReader(text))
	ts.Check(err)
	ts.Check(resp.Body.Close())
	var all []fakegithub.Comment
	resp, err = http.Get(ts.Getenv("FAKE") + "/_state")
	ts.Check(err)
	ts.Check(json.NewDecoder(resp.Body).Decode(&all))
	ts.Check(resp.Body.Close())
	ts.Setenv("GITHUB_EVENT_NAME", "issue_comment")
	ts.Setenv("GITHUB_REF", "refs/heads/main")
	ts.Setenv("GITHUB_ACTOR", args[1])
	ts.Setenv("GITHUB_SHA", revision(ts, "main"))
	ts.Check(os.WriteFile(ts.Getenv("GITHUB_EVENT_PATH"), fakegithub.CommentEvent(repository, atoi(ts, args[0]), action, all[len(all)-1]), 0o600))
}

func atoi(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

func post(ts *testscript.TestScript, path string, v any) {
	data, err := json.Marshal(v)
	ts.Check(err)
	resp, err := http.Post(ts.Getenv("FAKE")+path, "application/json", bytes.NewReader(data))
	ts.Check(err)
	ts.Check(resp.Body.Close())
}
