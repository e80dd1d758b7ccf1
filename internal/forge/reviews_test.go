package forge

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/test/fakegithub"
)

const (
	headSHA   = "1111111111111111111111111111111111111111"
	beforeSHA = "2222222222222222222222222222222222222222"
)

// society is pull request 7 of ada, which kim approved; each case spoils one thing of it.
func society() fakegithub.Society {
	return fakegithub.Society{
		Pulls: []fakegithub.Pull{{
			Number: 7, Author: "ada", Head: headSHA, HeadRef: "change", HeadRepo: "acme/model", Base: "main",
			Commits: []fakegithub.Commit{{SHA: beforeSHA, Author: "ada"}, {SHA: headSHA, Author: "ada"}},
			Reviews: []fakegithub.Review{{By: "kim", State: "APPROVED", Commit: headSHA, At: "2026-01-02T00:00:00Z"}},
			Pushes:  []fakegithub.Push{{By: "ada", After: headSHA}, {By: "ada", After: beforeSHA}},
		}},
		Teams: map[string][]string{"acme/risk": {"kim"}, "acme/empty": {}, "acme/soon": {"?kim"}},
	}
}

// Who approved, read at the wire, and what that means for a change that needs an owner's yes.
func TestApprovals(t *testing.T) {
	t.Parallel()
	type pull = *fakegithub.Pull
	review := func(by, state, commit string) fakegithub.Review {
		return fakegithub.Review{By: by, State: state, Commit: commit, At: "2026-01-03T00:00:00Z"}
	}
	for _, c := range []struct {
		name   string
		owners string
		need   int
		change func(p pull, all *fakegithub.Society)
		status mlgate.Status
		says   string
	}{
		{"approved", "@kim", 1, nil, mlgate.Pass, "approved by @kim"},
		{"approved, another spelling of the login", "@KIM", 1, nil, mlgate.Pass, "approved by @kim"},
		{"no review", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Reviews = nil }, mlgate.Fail, "an owner must approve it"},
		{"a comment alone", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].State = "COMMENTED" }, mlgate.Fail, "an owner must approve it"},
		{"pending", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].State = "PENDING" }, mlgate.Fail, "an owner must approve it"},
		{"approved, then a comment", "@kim", 1, func(p pull, _ *fakegithub.Society) {
			p.Reviews = append(p.Reviews, review("kim", "COMMENTED", headSHA))
		}, mlgate.Pass, "approved by @kim"},
		{"approved, then changes asked for", "@kim", 1, func(p pull, _ *fakegithub.Society) {
			p.Reviews = append(p.Reviews, review("kim", "CHANGES_REQUESTED", headSHA))
		}, mlgate.Fail, "an owner must approve it"},
		{"changes asked for, then approved", "@kim", 1, func(p pull, _ *fakegithub.Society) {
			p.Reviews = append([]fakegithub.Review{review("kim", "CHANGES_REQUESTED", headSHA)}, p.Reviews...)
		}, mlgate.Pass, "approved by @kim"},
		{"dismissed", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].State = "DISMISSED" }, mlgate.Fail, "the yes of @kim was dismissed"},
		{"outdated", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].Commit = beforeSHA }, mlgate.Fail, "approved 2222222, which is not the head"},
		{"of a commit that is gone", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].Commit = "" }, mlgate.Fail, "not the head"},
		{"the head moved on", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Head = beforeSHA }, mlgate.Fail, "the head is 2222222 by now"},
		{"by a bot", "@dependabot[bot]", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].By = "dependabot[bot]" }, mlgate.Fail, "is a program's"},
		{"by nobody's account", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].By = "" }, mlgate.Fail, "an owner must approve it"},
		{"by somebody else", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].By = "bob" }, mlgate.Fail, "@bob is no owner"},
		{"by the opener", "@kim @ada", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].By = "ada" }, mlgate.Fail, "@ada had a hand in it"},
		{"by the author of a commit", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Commits[0].Author = "Kim" }, mlgate.Fail, "@kim had a hand in it"},
		{"by a committer", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Commits[0].Committer = "kim" }, mlgate.Fail, "@kim had a hand in it"},
		{"by a co-author", "@kim", 1, func(p pull, _ *fakegithub.Society) {
			p.Commits[1].Message = "x\n\nCo-authored-by: Kim <12+kim@users.noreply.github.com>"
		}, mlgate.Fail, "@kim had a hand in it"},
		{"by a co-author, known from another commit", "@kim @bob", 1, func(p pull, _ *fakegithub.Society) {
			p.Commits[0] = fakegithub.Commit{SHA: beforeSHA, Author: "bob", Email: "b@example.com"}
			p.Commits[1].Message, p.Reviews[0].By = "x\n\nco-authored-by: B <B@example.com>\r\n", "bob"
		}, mlgate.Fail, "@bob had a hand in it"},
		{"by who pushed the head", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Pushes[0].By = "kim" }, mlgate.Fail, "@kim had a hand in it"},
		{"by who pushed before", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Pushes[1].By = "kim" }, mlgate.Fail, "@kim had a hand in it"},
		{"a push of somebody to another branch", "@kim", 1, func(p pull, _ *fakegithub.Society) {
			p.Pushes = append(p.Pushes, fakegithub.Push{By: "kim", After: headSHA, Ref: "refs/heads/other"})
		}, mlgate.Pass, "approved by @kim"},
		{"nobody knows who pushed", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Pushes = p.Pushes[1:] }, mlgate.Fail, "who pushed 1111111"},
		{"the pusher's account is gone", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Pushes[0].By = "" }, mlgate.Fail, "the account is gone"},
		{"the fork is gone", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.HeadRepo = "" }, mlgate.Fail, "the fork is gone"},
		{"from a fork", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.HeadRepo = "ada/model" }, mlgate.Pass, "approved by @kim"},
		{"an author without account", "@kim", 1, func(p pull, _ *fakegithub.Society) {
			p.Commits[0] = fakegithub.Commit{SHA: beforeSHA, Email: "x@y\u202e"}
		}, mlgate.Fail, "the account of x@y"},
		{"sent to another branch after it", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Retarget = "2026-01-02T00:00:01Z" }, mlgate.Fail, "before it was sent to another branch"},
		{"sent to another branch in the same second", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Retarget = "2026-01-02T00:00:00Z" }, mlgate.Fail, "before it was sent to another branch"},
		{"sent to another branch by GitHub, when its base was deleted", "@kim", 1, func(p pull, _ *fakegithub.Society) {
			p.Retarget = "automatic_base_change_succeeded 2026-01-02T00:00:01Z"
		}, mlgate.Fail, "before it was sent to another branch"},
		{"sent to another branch before it", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Retarget = "2026-01-01T23:59:59Z" }, mlgate.Pass, "approved by @kim"},
		{"a team's member", "@acme/risk", 1, nil, mlgate.Pass, "approved by @kim"},
		{"a team's member, another spelling", "@Acme/Risk", 1, func(_ pull, all *fakegithub.Society) { all.Teams["Acme/risk"] = []string{"Kim"} }, mlgate.Pass, "approved by @kim"},
		{"not in the team", "@acme/empty", 1, nil, mlgate.Fail, "@kim is no owner"},
		{"not in the team yet", "@acme/soon", 1, nil, mlgate.Fail, "@kim is no owner"},
		{"team missing", "@acme/none", 1, nil, mlgate.Unknown, "cannot read the team @acme/none"},
		{"team missing, and nobody approved", "@acme/none", 1, func(p pull, _ *fakegithub.Society) { p.Reviews = nil }, mlgate.Unknown, "cannot read the team @acme/none"},
		{"team missing, and another owner said yes", "@acme/none @kim", 1, nil, mlgate.Pass, "approved by @kim"},
		{"an address", "kim@example.com", 1, nil, mlgate.Unknown, "does not tell whose address"},
		{"two of two", "@kim @acme/risk", 2, func(p pull, all *fakegithub.Society) {
			all.Teams["acme/risk"], p.Reviews = []string{"bob"}, append(p.Reviews, review("bob", "APPROVED", headSHA))
		}, mlgate.Pass, "approved by @kim, @bob"},
		{"one person in two owners", "@kim @acme/risk", 2, nil, mlgate.Fail, "2 owners must approve it, and 1 did: @kim"},
		{"the only owner made it", "@ada", 1, func(p pull, _ *fakegithub.Society) { p.Reviews = nil }, mlgate.Warn, "the only owner made this change"},
		{"the only owner opened it, another pushed", "@ada", 1, func(p pull, _ *fakegithub.Society) { p.Reviews, p.Pushes[0].By = nil, "mallory" }, mlgate.Fail, "an owner must approve it"},
		{"the only owner is named in another's commit", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Reviews, p.Commits[0].Author = nil, "kim" }, mlgate.Fail, "an owner must approve it"},
		{"a hostile login", "@kim", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].By = "kim\u200b" }, mlgate.Fail, "is no owner"},
		{"a login that leaves the path", "@acme/risk", 1, func(p pull, _ *fakegithub.Society) { p.Reviews[0].By = "../../../user" }, mlgate.Fail, "is no owner"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all := society()
			if c.change != nil {
				c.change(&all.Pulls[0], &all)
			}
			w := open(t, fakegithub.Options{})
			w.fake.Know(all)
			owners := strings.Fields(c.owners)
			f := governance.Facts{Demands: []mlgate.ValueChange{{Name: "x"}}, Owners: owners, Need: c.need, Asked: governance.Forge, Head: headSHA, Base: "main"}
			var err error
			if f.People, err = w.hub.People(t.Context(), 7, owners); err != nil {
				t.Fatal(err)
			}
			got := governance.Judge(f)
			if len(got) != 1 || got[0].Status != c.status || !strings.Contains(got[0].Message, c.says) {
				t.Errorf("got %+v, want %s saying %q", got, c.status, c.says)
			}
			if n := len(w.fake.Requests()); n > 8 {
				t.Errorf("%d requests: %q", n, w.fake.Requests())
			}
		})
	}
}

// What cannot be read is an error that names the permission, never "nobody approved".
func TestApprovalsNotReadable(t *testing.T) {
	t.Parallel()
	w := open(t, fakegithub.Options{Rights: map[string]string{"contents": "read"}})
	w.fake.Know(society())
	if _, err := w.hub.People(t.Context(), 7, []string{"@kim"}); err == nil || !strings.Contains(err.Error(), "pull-requests: read") {
		t.Errorf("without the right to read pull requests: %v", err)
	}
	w = open(t, fakegithub.Options{Rights: map[string]string{"pull_requests": "read"}})
	w.fake.Know(society())
	p, err := w.hub.People(t.Context(), 7, []string{"@kim"})
	if err != nil || len(p.Unknown) != 1 || !strings.Contains(p.Unknown[0], "may not read the activity") {
		t.Errorf("without the right to read the activity: %+v, %v", p.Unknown, err)
	}
	w = open(t, fakegithub.Options{})
	w.fake.Know(society())
	w.fake.Fail(times(fakegithub.Trouble{Match: "GET /orgs/", Status: 500}, maxTries)...)
	if _, err := w.hub.People(t.Context(), 7, []string{"@acme/risk"}); err == nil || !strings.Contains(err.Error(), "reading the team @acme/risk") {
		t.Errorf("a team while the server is down: %v", err)
	}
}

// The accounts of co-authors are asked for, each commit once; whom GitHub does not know is unknown.
func TestCoAuthors(t *testing.T) {
	t.Parallel()
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var q struct{ Variables map[string]string }
		if err := json.Unmarshal(body, &q); err != nil || q.Variables["oid"] != headSHA {
			t.Errorf("asked %s", body)
		}
		n++
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"data":{"repository":{"object":{"authors":{"nodes":[{"email":"Kim@work.example","user":{"login":"kim"}},{"email":"x@y.example","user":null}]}}}}}`)
	}))
	defer s.Close()
	hub, err := NewGitHub(GitHubOptions{API: s.URL, Repo: "acme/model", Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	var p mlgate.People
	var all []coAuthor
	for _, email := range coAuthors("x\n\nCo-authored-by: K <kim@work.example>\nCo-Authored-By: X <x@y.example>\nco-authored-by: D <1+dependabot[bot]@users.noreply.github.com>\nnot Co-authored-by: Z <z@z.example>") {
		all = append(all, coAuthor{headSHA, email})
	}
	if err := hub.resolve(t.Context(), all, accounts{}, &p); err != nil {
		t.Fatal(err)
	}
	if strings.Join(p.Makers, " ") != "kim dependabot[bot]" || len(p.Unknown) != 1 || !strings.Contains(p.Unknown[0], "x@y.example") || n != 1 {
		t.Errorf("makers %q, unknown %q, %d requests", p.Makers, p.Unknown, n)
	}
}
