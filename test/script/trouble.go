package script

import (
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/test/fakegithub"
)

// trouble makes requests to the fake GitHub fail, one each: trouble STATUS|cut [times=N] [match=GET] [after]
// [secondary] [HEADER=VALUE…]. After: the request is carried out, only its answer is lost.
func trouble(ts *testscript.TestScript, neg bool, args []string) {
	s, ok := servers.Load(ts.Getenv("WORK"))
	if neg || len(args) == 0 || !ok {
		ts.Fatalf("usage: trouble STATUS|cut [times=N] [match=GET] [after] [secondary] [HEADER=VALUE…]; after github")
	}
	t, times := fakegithub.Trouble{Header: map[string]string{}, Body: "trouble"}, 1
	if args[0] != "cut" {
		status, err := strconv.Atoi(args[0])
		ts.Check(err)
		t.Status = status
	}
	for _, a := range args[1:] {
		name, value, _ := strings.Cut(a, "=")
		switch name {
		case "times":
			n, err := strconv.Atoi(value)
			ts.Check(err)
			times = n
		case "match":
			t.Match = value
		case "after":
			t.After = true
		case "secondary":
			t.Body = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
		default:
			t.Header[name] = value
		}
	}
	for range times {
		s.(*fakegithub.Server).Fail(t)
	}
}

// calm ends all trouble that nobody met.
func calm(ts *testscript.TestScript, _ bool, _ []string) {
	s, ok := servers.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("no GitHub was started")
	}
	s.(*fakegithub.Server).Calm()
}

// commented compares how many comments mlgate made: commented NUMBER COUNT.
func commented(ts *testscript.TestScript, neg bool, args []string) {
	s, ok := servers.Load(ts.Getenv("WORK"))
	if neg || len(args) != 2 || !ok {
		ts.Fatalf("usage: commented NUMBER COUNT; after github")
	}
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	n := 0
	for _, c := range s.(*fakegithub.Server).Comments(number) {
		if strings.HasPrefix(c.Body, "<!-- mlgate") {
			n++
		}
	}
	if strconv.Itoa(n) != args[1] {
		ts.Fatalf("%d comments on #%d, want %s", n, number, args[1])
	}
}
