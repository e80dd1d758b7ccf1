package docker

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// engine is a Docker engine at a unix socket that answers calls as a test wants it. The greeting is answered;
// what a test does not name is not found.
type engine struct {
	host  string
	asked chan *http.Request
}

func socket(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wire") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

func listen(t testing.TB) (net.Listener, string) {
	t.Helper()
	path := socket(t)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, "unix://" + path
}

// answers are what the calls below the version are answered with, by "METHOD /path".
type answers map[string]http.HandlerFunc

func start(t testing.TB, all answers) *engine {
	t.Helper()
	l, host := listen(t)
	e := &engine{host: host, asked: make(chan *http.Request, 100)}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.asked <- r
		path := strings.TrimPrefix(r.URL.Path, "/v1.41")
		do, ok := all[r.Method+" "+path]
		switch {
		case ok:
			do(w, r)
		case path == "/_ping":
			w.Header().Set("Api-Version", "1.41")
		default:
			says(http.StatusNotFound, `{"message":"no such thing"}`)(w, r)
		}
	})}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return e
}

// open greets an engine, which has the patience of the test.
func (e *engine) open(t testing.TB, patience time.Duration) *Client {
	t.Helper()
	c, err := Open(context.Background(), Options{Host: e.host, Patience: patience})
	if err != nil {
		t.Fatal(err)
	}
	<-e.asked
	t.Cleanup(c.Close)
	return c
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// begins is an answer that starts with text and never ends.
func begins(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, text)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

// endless is an answer of one letter, until nobody reads it any more.
func endless(status int, head string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, head)
		chunk := []byte(strings.Repeat("x", 64<<10))
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
}

// hang is an engine that takes connections and says nothing.
func hang(t testing.TB) string {
	t.Helper()
	l, host := listen(t)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
		}
	}()
	return host
}

// dead is a socket that nobody listens at any more.
func dead(t testing.TB) string {
	t.Helper()
	l, host := listen(t)
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	return host
}
