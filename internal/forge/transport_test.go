package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/test/fakegithub"
)

const thread = "/repos/acme/model/issues/7/comments"

// world is a fake GitHub and a client whose waits are written down instead of waited.
type world struct {
	fake  *fakegithub.Server
	hub   *GitHub
	waits []time.Duration
	notes strings.Builder
}

func open(t *testing.T, o fakegithub.Options) *world {
	t.Helper()
	o.Repo, o.Token = "acme/model", "t"
	s, err := fakegithub.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	w := &world{fake: s}
	w.hub, err = NewGitHub(GitHubOptions{API: s.URL, Repo: o.Repo, Token: o.Token, Notes: &w.notes, HTTP: &http.Client{Transport: &http.Transport{}},
		Sleep: func(ctx context.Context, d time.Duration) error { w.waits = append(w.waits, d); return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func times(t fakegithub.Trouble, n int) []fakegithub.Trouble {
	return slices.Repeat([]fakegithub.Trouble{t}, n)
}

const lockedOut = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."

// Each kind of trouble, for a read and for a write: what is waited, how often is asked, what is said.
func TestTrouble(t *testing.T) {
	t.Parallel()
	const s, minute = time.Second, time.Minute
	var (
		asked429  = fakegithub.Trouble{Status: 429, Header: map[string]string{"Retry-After": "7"}}
		bare429   = fakegithub.Trouble{Status: 429}
		secondary = fakegithub.Trouble{Status: 403, Body: lockedOut}
		asked403  = fakegithub.Trouble{Status: 403, Body: lockedOut, Header: map[string]string{"Retry-After": "60"}}
		far       = fakegithub.Trouble{Status: 429, Header: map[string]string{"Retry-After": "3600"}}
		gateway   = fakegithub.Trouble{Status: 502, Type: "text/html", Body: "<html>"}
		cut       = fakegithub.Trouble{}
		denied    = fakegithub.Trouble{Status: 403, Body: "Resource not accessible by integration"}
	)
	for _, c := range []struct {
		name    string
		trouble []fakegithub.Trouble
		write   bool
		waits   []time.Duration
		asked   int
		err     string
	}{
		{"429 says how long", times(asked429, 1), false, []time.Duration{7 * s}, 2, ""},
		{"429 says how long to a write", times(asked429, 2), true, []time.Duration{7 * s, 7 * s}, 3, ""},
		{"429 does not say", times(bare429, 1), true, []time.Duration{minute}, 2, ""},
		{"secondary without a header", times(secondary, 2), true, []time.Duration{minute, 2 * minute}, 3, ""},
		{"secondary for ever", times(secondary, 9), true, []time.Duration{minute, 2 * minute}, 3, "longer than mlgate still waits (3m0s in a run)"},
		{"secondary with a header", times(asked403, 1), false, []time.Duration{minute}, 2, ""},
		{"an hour", times(far, 1), false, nil, 1, "run the job again in 1h0m0s"},
		{"a missing right is no limit", times(denied, 1), true, nil, 1, "permissions: pull-requests: write"},
		{"502 to a read", times(gateway, 3), false, []time.Duration{s, 2 * s, 4 * s}, 4, ""},
		{"502 for ever", times(gateway, 9), false, []time.Duration{s, 2 * s, 4 * s}, 4, "is a proxy in between?"},
		{"cut reads", times(cut, 2), false, []time.Duration{s, 2 * s}, 3, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := open(t, fakegithub.Options{})
			w.fake.Fail(c.trouble...)
			var err error
			if c.write {
				err = w.hub.Create(context.Background(), 7, "hello")
			} else {
				_, err = w.hub.List(context.Background(), 7)
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %q", err, c.err)
			}
			if !slices.Equal(w.waits, c.waits) {
				t.Errorf("waited %v, want %v", w.waits, c.waits)
			}
			if got := len(w.fake.Requests()); got != c.asked {
				t.Errorf("asked %d times, want %d: %v", got, c.asked, w.fake.Requests())
			}
			if got := strings.Count(w.notes.String(), "waiting "); got != len(c.waits) || got > 0 && !strings.Contains(w.notes.String(), thread) {
				t.Errorf("%d waits, said:\n%s", len(c.waits), w.notes.String())
			}
		})
	}
}

// A write whose answer was lost is looked for before it is made again: once is once.
func TestLostWrites(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]fakegithub.Trouble{
		"502 before": {Status: 502}, "502 after": {Status: 502, After: true}, "cut before": {}, "cut after": {After: true},
		"504 after": {Status: 504, After: true}, "an answer that cannot be read": {Status: 201, Type: "application/json", Body: `{"id":`, After: true},
	} {
		for n := 1; n <= 3; n++ {
			t.Run(fmt.Sprint(name, " ", n), func(t *testing.T) {
				t.Parallel()
				w := open(t, fakegithub.Options{})
				lost := lost
				lost.Match = "POST"
				w.fake.Fail(times(lost, n)...)
				err := w.hub.Create(context.Background(), 7, "hello")
				want := 1
				if n == 3 && !lost.After {
					want = 0
				}
				if got := len(w.fake.Comments(7)); got != want || (err == nil) != (want == 1) {
					t.Errorf("%d comments, want %d; %v", got, want, err)
				}
				if want == 0 && !errors.Is(err, mlgate.ErrUnsure) {
					t.Errorf("%v is not unsure", err)
				}
			})
		}
	}
}

// Nobody knows whether it took effect when looking fails too.
func TestLostAndBlind(t *testing.T) {
	t.Parallel()
	w := open(t, fakegithub.Options{})
	w.fake.Fail(append(times(fakegithub.Trouble{Match: "GET " + thread, Status: 404, Body: "Not Found"}, 1), fakegithub.Trouble{Match: "POST", After: true})...)
	err := w.hub.Create(context.Background(), 7, "hello")
	if !errors.Is(err, mlgate.ErrUnsure) || !strings.Contains(err.Error(), "looking whether it took effect") {
		t.Error(err)
	}
	if got := len(w.fake.Comments(7)); got != 1 {
		t.Errorf("%d comments", got)
	}
}

func TestNoConnectionIsNoWrite(t *testing.T) {
	t.Parallel()
	w := open(t, fakegithub.Options{})
	w.fake.Close()
	err := w.hub.Create(context.Background(), 7, "hello")
	if err == nil || errors.Is(err, mlgate.ErrUnsure) || len(w.waits) != maxTries-1 {
		t.Errorf("%v after %v", err, w.waits)
	}
}

// A list that was read is asked for with its ETag; what changed is seen.
func TestMemory(t *testing.T) {
	t.Parallel()
	w := open(t, fakegithub.Options{})
	for range 250 {
		w.fake.Add(7, "somebody", "hello")
	}
	for i, want := range []int{250, 250, 251} {
		if i == 2 {
			w.fake.Add(7, "somebody", "new")
		}
		all, err := w.hub.List(context.Background(), 7)
		if err != nil || len(all) != want {
			t.Errorf("%d comments, want %d; %v", len(all), want, err)
		}
	}
	if got := w.fake.Count(http.StatusNotModified); got != 5 {
		t.Errorf("%d answers were from memory, want 5", got)
	}
}

// A page that claims to go on elsewhere is not followed: it would be given the token.
func TestForeignPage(t *testing.T) {
	t.Parallel()
	var asked int
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(other.Close)
	w := open(t, fakegithub.Options{})
	for _, link := range []string{fmt.Sprintf(`<%s/x>; rel="next"`, other.URL), `<https://example.com/x>; rel="next"`} {
		w.fake.Fail(fakegithub.Trouble{Status: 200, Type: "application/json", Body: "[]", Header: map[string]string{"Link": link}})
		if _, err := w.hub.List(context.Background(), 7); err == nil || !strings.Contains(err.Error(), "not on the same server") {
			t.Error(err)
		}
	}
	w.fake.Fail(fakegithub.Trouble{Status: 302, Header: map[string]string{"Location": other.URL}})
	if _, err := w.hub.List(context.Background(), 7); err == nil {
		t.Error("a redirect elsewhere was followed")
	}
	if asked != 0 {
		t.Errorf("%d requests went elsewhere", asked)
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	w := open(t, fakegithub.Options{})
	w.fake.Fail(fakegithub.Trouble{Status: 429, Header: map[string]string{"Retry-After": "100"}})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := w.hub.List(ctx, 7); err == nil || len(w.waits) != 0 {
		t.Errorf("%v after %v: a wait that cannot end in time is not begun", err, w.waits)
	}
}

func TestHourUsedUp(t *testing.T) {
	t.Parallel()
	used := &http.Response{StatusCode: 403, Header: http.Header{}}
	for k, v := range map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1767268830", "Date": "Thu, 01 Jan 2026 12:00:00 GMT"} {
		used.Header.Set(k, v)
	}
	if long, why := limit(used, 1); !limited(used) || long != 31*time.Second || !strings.Contains(why, "used up") {
		t.Errorf("%s %q", long, why)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ api, graph, wantGraph, wantUpload string }{
		{"", "", "https://api.github.com/graphql", "https://uploads.github.com/"},
		{"https://api.acme.ghe.com", "", "https://api.acme.ghe.com/graphql", "https://uploads.acme.ghe.com/"},
		{"https://git.acme.com/api/v3", "https://git.acme.com/api/graphql", "https://git.acme.com/api/graphql", "https://git.acme.com/api/uploads/"},
		{"https://git.acme.com/api/v3/", "", "https://git.acme.com/api/graphql", "https://git.acme.com/api/uploads/"},
	} {
		at, err := places(c.api, c.graph)
		if err != nil || at.graph.String() != c.wantGraph || at.upload.String() != c.wantUpload {
			t.Errorf("%+v: %+v, %v", c, at, err)
		}
	}
	for _, bad := range []string{"git.acme.com", "file:///etc", "https://", ":"} {
		if _, err := places(bad, ""); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"POST issues/7/comments": "pull-requests: write", "GET pulls/7/reviews": "pull-requests: read", "POST statuses/abc": "statuses: write",
		"PATCH check-runs/1": "checks: write", "POST deployments": "deployments: write", "POST deployments/1/statuses": "deployments: write",
		"POST git/refs": "contents: write", "POST releases": "contents: write", "GET actions/runs/1/artifacts": "actions: read",
		"POST actions/runs/1/rerun": "actions: write", "GET commits/abc/pulls": "pull-requests: read", "GET commits/abc/status": "statuses: read",
		"GET commits/abc/check-runs": "checks: read", "GET contents/CODEOWNERS": "contents: read", "GET environments/production": "actions: read",
		"POST issues/comments/1/reactions": "pull-requests: write", "POST actions/runs/1/pending_deployments": "deployments: write",
	} {
		method, path, _ := strings.Cut(asked, " ")
		if got := rightFor(path, method); got != want {
			t.Errorf("%s: %q, want %q", asked, got, want)
		}
	}
}

// An answer without an end is not read to it; a file may be longer than other answers.
func TestLongAnswers(t *testing.T) {
	t.Parallel()
	w := open(t, fakegithub.Options{})
	long := fakegithub.Trouble{Status: 200, Type: "application/json", Body: "[" + strings.Repeat(" ", 1000) + "]"}
	w.fake.Fail(long, long)
	if _, err := w.hub.List(upTo(context.Background(), 500), 7); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Error(err)
	}
	if _, err := w.hub.List(upTo(context.Background(), 5000), 7); err != nil {
		t.Error(err)
	}
}
