package docker

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
)

var (
	one = "sha256:" + strings.Repeat("1", 64)
	two = "sha256:" + strings.Repeat("2", 64)
)

func TestImage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		image, body string
		want        Image
		says        string
	}{
		"here only":            {"i", `{"Id":"` + one + `"}`, Image{ID: one}, ""},
		"from its registry":    {"team/i:v1", `{"Id":"` + one + `","RepoDigests":["team/j@` + one + `","docker.io/team/i@` + two + `"]}`, Image{one, two}, ""},
		"pinned":               {"i@" + two, `{"Id":"` + one + `","RepoDigests":["i@` + one + `"]}`, Image{one, two}, ""},
		"as podman says it":    {"i", `{"Id":"` + strings.Repeat("1", 64) + `"}`, Image{ID: one}, ""},
		"a digest that is not": {"i", `{"Id":"` + one + `","RepoDigests":["i@sha256:1","i","@"]}`, Image{ID: one}, ""},
		"no id":                {"i", `{}`, Image{}, `calls it "sha256:", which is no digest`},
		"an id to read aloud":  {"i", `{"Id":"sha256:\u001b[31m"}`, Image{}, `u{1b}`},
	} {
		e := start(t, answers{"GET /images/" + c.image + "/json": says(200, c.body)})
		got, err := e.open(t, long).Image(context.Background(), c.image)
		if got != c.want || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	e := start(t, nil)
	if _, err := e.open(t, long).Image(context.Background(), "i"); !IsNotFound(err) {
		t.Errorf("an absent one: %v", err)
	}
}

func TestPull(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do    http.HandlerFunc
		says  string
		lines []string
	}{
		"done":           {says(200, `{"status":"Pulling from i","id":"v1"}`+"\n"+`{"status":"Digest: x\u001b"}`+"\n{}\n"), "", []string{`Digest: x\u{1b}`}},
		"nothing":        {says(200, ""), "", nil},
		"refused":        {says(404, `{"message":"pull access denied"}`), `pulling the image "i:v1": the Docker engine says 404: pull access denied`, nil},
		"fails later":    {says(200, `{"status":"a"}`+"\n"+`{"error":"no space\n::error::","errorDetail":{"message":"x"}}`), `pulling the image "i:v1": no space␤::error::`, []string{"a"}},
		"half a line":    {says(200, `{"status":"a"}`+"\n"+`{"stat`), "reading the Docker engine's answer: unexpected end", []string{"a"}},
		"a line, no end": {endless(200, `{"status":"`), "reading the Docker engine's answer: bufio.Scanner: token too long", nil},
		"no JSON":        {says(200, "<html>"), "invalid character", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := start(t, answers{"POST /images/create": c.do})
			var lines []string
			err := e.open(t, long).Pull(context.Background(), "i:v1", func(l string) { lines = append(lines, l) })
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) || !slices.Equal(lines, c.lines) {
				t.Errorf("%q, %v", lines, err)
			}
		})
	}
}

// A pull may be silent for longer than other calls, and not for ever: neither before it answers nor after.
func TestPullSilent(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]http.HandlerFunc{"at once": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "in the middle": begins(`{"status":"a"}` + "\n")} {
		e := start(t, answers{"POST /images/create": do})
		if err := e.open(t, short).Pull(context.Background(), "i", func(string) {}); !errors.Is(err, errSilent) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A pull asks for one image, never for all of a repository.
func TestPullAsks(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"i": "fromImage=i&tag=latest", "i:v1": "fromImage=i&tag=v1", "host:5000/i": "fromImage=host%3A5000%2Fi&tag=latest",
		"host:5000/i:v1@" + one: "fromImage=host%3A5000%2Fi&tag=" + strings.ReplaceAll(one, ":", "%3A"),
	} {
		e := start(t, answers{"POST /images/create": says(200, "")})
		if err := e.open(t, long).Pull(context.Background(), name, nil); err != nil {
			t.Error(err)
		}
		if r := <-e.asked; r.URL.RawQuery != want {
			t.Errorf("%s: asked %s", name, r.URL.RawQuery)
		}
	}
}
