package docker

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// What a container is made with is all that it gets.
func TestCreate(t *testing.T) {
	t.Parallel()
	var body []byte
	e := start(t, answers{"POST /containers/create": func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(201)
	}})
	spec := Spec{Name: "n", Image: "i", Command: []string{"sh", "-c", "x"}, User: "1:2", Dir: "/w", Network: "none", CPUs: 2, Memory: 5, Pids: 9, Binds: []Bind{{"/a", "/b", true}}}
	if err := e.open(t, long).Create(context.Background(), spec); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"Entrypoint": `["sh"]`, "Cmd": `["-c","x"]`, "User": `"1:2"`, "WorkingDir": `"/w"`, "Healthcheck": `{"Test":["NONE"]}`,
		"HostConfig": `{"CapDrop":["ALL"],"LogConfig":{"Type":"none"},"Memory":5,"MemorySwap":5,"Mounts":[{"ReadOnly":true,"Source":"/a","Target":"/b","Type":"bind"}],` +
			`"NanoCpus":2000000000,"NetworkMode":"none","PidsLimit":9,"SecurityOpt":["no-new-privileges"]}`,
	} {
		if text, err := json.Marshal(got[key]); err != nil || string(text) != want {
			t.Errorf("%s: %s, %v; want %s", key, text, err, want)
		}
	}
	if r := <-e.asked; r.URL.RawQuery != "name=n" {
		t.Errorf("asked %s", r.URL)
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body string
		code int
		says string
	}{
		{`{"StatusCode":137}`, 137, ""},
		{`{"StatusCode":0,"Error":null}`, 0, ""},
		{`{"StatusCode":0,"Error":{"Message":"gone\u001b"}}`, -1, `waiting for the container: the Docker engine says: gone\u{1b}`},
		{`{"StatusCode":"0"}`, -1, "cannot unmarshal"},
		{``, -1, "unexpected end"},
	} {
		e := start(t, answers{"POST /containers/c/wait": says(200, c.body)})
		code, err := e.open(t, long).Wait(context.Background(), "c")
		if code != c.code || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %d, %v", c.body, code, err)
		}
	}
}

// What is gone need not be ended or removed; a removal that somebody else is at is asked for again.
func TestRemove(t *testing.T) {
	t.Parallel()
	ctx, times := context.Background(), 0
	e := start(t, answers{
		"POST /containers/ended/kill": says(409, `{"message":"is not running"}`),
		"POST /containers/stuck/kill": says(500, `{"message":"stuck"}`),
		"DELETE /containers/busy": func(w http.ResponseWriter, r *http.Request) {
			if times++; times < 3 {
				says(409, `{"message":"already in progress"}`)(w, r)
			}
		},
		"DELETE /containers/stuck": says(500, `{"message":"stuck"}`),
		"DELETE /containers/ever":  says(409, `{"message":"already in progress"}`),
	})
	c := e.open(t, long)
	for name, err := range map[string]error{"ended": c.Kill(ctx, "ended", "TERM"), "absent": c.Kill(ctx, "absent", "KILL"), "gone": c.Remove(ctx, "absent"), "busy": c.Remove(ctx, "busy")} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if times != 3 {
		t.Errorf("asked %d times", times)
	}
	for name, err := range map[string]error{"kill": c.Kill(ctx, "stuck", "KILL"), "remove": c.Remove(ctx, "stuck")} {
		if err == nil || !strings.Contains(err.Error(), "says 500: stuck") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ended, cancel := context.WithTimeout(ctx, short)
	defer cancel()
	if err := c.Remove(ended, "ever"); err == nil {
		t.Error("a removal that never comes about is no error")
	}
}

// An engine that does not know the filter lists everything.
func TestList(t *testing.T) {
	t.Parallel()
	e := start(t, answers{"GET /containers/json": says(200, `[{"Id":"a","Labels":{"l":"mine"}},{"Id":"b","Labels":{"l":"theirs"}},{"Id":"c","Labels":null},{"Id":"d"}]`)})
	got, err := e.open(t, long).List(context.Background(), "l", "mine")
	if err != nil || len(got) != 1 || got[0].ID != "a" {
		t.Errorf("%v, %v", got, err)
	}
	if r := <-e.asked; r.URL.Query().Get("filters") != `{"label":["l=mine"]}` || r.URL.Query().Get("all") != "1" {
		t.Errorf("asked %s", r.URL)
	}
}

func TestStat(t *testing.T) {
	t.Parallel()
	for head, says := range map[string]string{
		"eyJzaXplIjo3fQ==": "", "": "unexpected end", "%%%": "illegal base64", "eyJzaXplIjoi": "unexpected end", "W10=": "cannot unmarshal",
	} {
		e := start(t, answers{"HEAD /containers/c/archive": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Docker-Container-Path-Stat", head) }})
		f, err := e.open(t, long).Stat(context.Background(), "c", "/x")
		if says == "" && (err != nil || f.Size != 7) || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%q: %+v, %v", head, f, err)
		}
	}
}

// upgrades takes the connection over and writes what the container says, a byte at a time.
func upgrades(stream string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
		io.Copy(conn, iotest.OneByteReader(strings.NewReader(stream)))
		if strings.HasSuffix(stream, "stays") {
			io.Copy(io.Discard, conn) // until the other side lets go
		}
	}
}

func TestAttach(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]http.HandlerFunc{"a connection": upgrades(frame(1, "out") + frame(2, "err")), "an answer": says(200, frame(1, "out")+frame(2, "err"))} {
		e := start(t, answers{"POST /containers/c/attach": do})
		r, err := e.open(t, long).Attach(context.Background(), "c")
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := Copy(&got, r); err != nil || got.String() != "outerr" {
			t.Errorf("%s: %q, %v", name, got.String(), err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	e := start(t, answers{"POST /containers/c/attach": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }})
	if _, err := e.open(t, short).Attach(context.Background(), "c"); err == nil || !strings.Contains(err.Error(), "opening the container's output: it does not answer for 50ms") {
		t.Errorf("silent: %v", err)
	}
}

// Output that nobody waits for any more ends with the caller's context, also in the middle of a frame.
func TestAttachEnds(t *testing.T) {
	t.Parallel()
	e := start(t, answers{"POST /containers/c/attach": upgrades(frame(1, "begun") + "\x01\x00\x00\x00\x00\x00\x00\xffit stays")})
	ctx, cancel := context.WithCancel(context.Background())
	r, err := e.open(t, long).Attach(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	seen := writer(func(p []byte) {
		if bytes.HasSuffix(p, []byte("s")) {
			cancel()
		}
	})
	if err := Copy(seen, r); err == nil || ctx.Err() == nil {
		t.Errorf("got %v", err)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }
