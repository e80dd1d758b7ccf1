package docker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const (
	short = 50 * time.Millisecond // for engines that never answer
	long  = time.Minute           // for those that do
)

// An engine that cannot be reached is told apart from one that says no.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	greets := func(version string) string {
		return start(t, answers{"GET /_ping": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Api-Version", version) }}).host
	}
	for name, c := range map[string]struct {
		host     string
		patience time.Duration
		says     string
	}{
		"absent":        {"unix://" + socket(t), long, "no such file or directory"},
		"refused":       {dead(t), long, "connection refused"},
		"hanging":       {hang(t), short, "greeting: it does not answer for 50ms"},
		"tcp":           {"tcp://127.0.0.1:2375", long, "is no unix socket (unix:///path)"},
		"relative":      {"unix://docker.sock", long, "is no unix socket (unix:///path)"},
		"no version":    {greets(""), long, `of version "": no Docker engine that is known`},
		"another major": {greets("2.41"), long, `of version "2.41"`},
		"no number":     {greets("1.x\u202e" + strings.Repeat("y", 100)), long, `of version "1.x`},
		"no header":     {greets("1.41\x1b[31m" + strings.Repeat("y", 10_000)), long, "malformed MIME header"},
		"below zero":    {greets("1.-1"), long, `of version "1.-1"`},
		"beyond":        {greets("1.99999999999999999999"), long, "no Docker engine that is known"},
		"too old":       {greets("1.39"), long, "its API 1.39 is too old: 1.40 or later is needed"},
		"says no":       {start(t, answers{"GET /_ping": says(500, `{"message":"starting"}`)}).host, long, "greeting: the Docker engine says 500: starting"},
		"huge headers":  {start(t, answers{"GET /_ping": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 200<<10)) }}).host, long, "server response headers exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(context.Background(), Options{Host: c.host, Patience: c.patience})
			var u *Unreachable
			if !errors.As(err, &u) || u.Host != c.host || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			if strings.ContainsAny(err.Error(), "\x1b\n") || strings.Contains(err.Error(), "\u202e") || len(err.Error()) > 700 {
				t.Errorf("not made harmless: %q", err)
			}
		})
	}
}

// Calls use the newest version that both sides speak.
func TestVersions(t *testing.T) {
	t.Parallel()
	for theirs, want := range map[string]string{"1.40": "/v1.40", "1.51": "/v1.51", "1.52": "/v1.51", "1.200": "/v1.51"} {
		if got, err := negotiate(theirs); got != want || err != nil {
			t.Errorf("%s: %q, %v", theirs, got, err)
		}
	}
	e := start(t, answers{"GET /info": says(200, `{"SecurityOptions":["name=seccomp","name=rootless"]}`)})
	if rootless, err := e.open(t, long).Rootless(context.Background()); !rootless || err != nil {
		t.Errorf("%v, %v", rootless, err)
	}
	if r := <-e.asked; r.URL.Path != "/v1.41/info" {
		t.Errorf("asked %s", r.URL)
	}
}

// What an engine says instead of an answer is shown, harmless and short; a redirect is not followed.
func TestRefusal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do     http.HandlerFunc
		status int
		says   string
	}{
		"a message":     {says(500, `{"message":"no space left on device"}`), 500, "looking at a container: the Docker engine says 500: no space left on device"},
		"a hostile one": {says(409, `{"message":"\u001b[2J\n::error::x\u202e"}`), 409, `409: \u{1b}[2J␤::error::x\u{202e}`},
		"no JSON":       {says(503, "upstream is away\n"), 503, "503: upstream is away"},
		"other JSON":    {says(400, `{"message":{"a":1}}`), 400, `400: {"message":{"a":1}}`},
		"half of one":   {says(400, `{"message":"no`), 400, `400: {"message":"no`},
		"nothing":       {says(404, ""), 404, "says 404: "},
		"no UTF-8":      {says(500, "\xff\xfe"), 500, `500: \xff\xfe`},
		"without end":   {endless(500, "long "), 500, "500: long x"},
		"long message":  {says(500, `{"message":"`+strings.Repeat("y", 60<<10)+`"}`), 500, "500: yyyy"},
		"to another way": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/v1.41/info", http.StatusTemporaryRedirect)
		}, http.StatusTemporaryRedirect, "says 307: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := start(t, answers{"GET /containers/c/json": c.do, "GET /info": says(200, "{}")})
			_, err := e.open(t, long).Inspect(context.Background(), "c")
			var no *Error
			if !errors.As(err, &no) || no.Status != c.status || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			if n := utf8.RuneCountInString(no.Message); n > maxMessage || strings.ContainsAny(no.Message, "\x1b\n\u202e") {
				t.Errorf("%d characters: %q", n, no.Message)
			}
			if IsNotFound(err) != (c.status == 404) || IsConflict(err) != (c.status == 409) {
				t.Error("taken for another refusal")
			}
			if len(e.asked) != 1 {
				t.Errorf("%d calls, one was made", len(e.asked))
			}
		})
	}
}

// An answer is read to its limit and no further, and whatever is no answer is an error.
func TestAnswer(t *testing.T) {
	t.Parallel()
	full := `{"Id":"c","Config":{"Hostname":"` + strings.Repeat("h", maxAnswer-35) + `"}}`
	if len(full) != maxAnswer {
		t.Fatalf("the test's answer has %d bytes", len(full))
	}
	for name, c := range map[string]struct {
		do       http.HandlerFunc
		patience time.Duration
		says     string // empty: it is taken
	}{
		"as large as may be": {says(200, full), long, ""},
		"a byte more":        {says(200, full+" "), long, fmt.Sprintf("answer has more than %d bytes", maxAnswer)},
		"without end":        {endless(200, ""), long, fmt.Sprintf("answer has more than %d bytes", maxAnswer)},
		"no JSON":            {says(200, "<html>"), long, "reading the Docker engine's answer: invalid character"},
		"half of it":         {says(200, `{"Id":`), long, "reading the Docker engine's answer: unexpected end"},
		"another type":       {says(200, `{"Id":7}`), long, "reading the Docker engine's answer: json: cannot unmarshal"},
		"a list":             {says(200, `[]`), long, "reading the Docker engine's answer: json: cannot unmarshal"},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte(`{"Id":"c"}`))
		}, long, "reading the Docker engine's answer: unexpected EOF"},
		"silent":   {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, short, "looking at a container: it does not answer for 50ms"},
		"stopping": {begins(`{"Id":`), short, "looking at a container: reading the Docker engine's answer: it does not answer for 50ms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := start(t, answers{"GET /containers/c/json": c.do})
			_, err := e.open(t, c.patience).Inspect(context.Background(), "c")
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
		})
	}
}

// Who cancels is told that, and not that the engine is slow.
func TestCancelled(t *testing.T) {
	t.Parallel()
	e := start(t, answers{"POST /containers/c/wait": begins("")})
	c := e.open(t, short)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-e.asked
		cancel()
	}()
	if _, err := c.Wait(ctx, "c"); !errors.Is(err, context.Canceled) || errors.Is(err, errSilent) {
		t.Errorf("got %v", err)
	}
}
