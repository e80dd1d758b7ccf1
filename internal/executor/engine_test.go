package executor

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeEngine answers as a Docker engine does, at a unix socket. A container that is started runs step.
type fakeEngine struct {
	t      *testing.T
	host   string
	images map[string]string // name → id
	pulls  string            // what a pull streams; the image is there afterwards unless it says error
	step   func(out io.Writer, signals <-chan string) int
	oom    bool
	stays  bool               // containers cannot be removed
	silent string             // path whose calls get no answer
	stat   map[string]any     // of the witness
	own    map[string]any     // of our own container, by any id
	list   []map[string]any   // containers from before
	refuse map[string]refusal // by path's end
	mu     sync.Mutex
	calls  []string
	made   map[string]any // body of the last container
	gone   []string       // removed
	output chan net.Conn
	signal chan string
	ended  chan int
}

type refusal struct {
	status  int
	message string
}

func startEngine(t *testing.T) *fakeEngine {
	t.Helper()
	dir, err := os.MkdirTemp("", "engine") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeEngine{
		t: t, host: "unix://" + socket, images: map[string]string{"python:3.12": imageID}, output: make(chan net.Conn, 1), signal: make(chan string, 8), ended: make(chan int, 1),
		step: func(io.Writer, <-chan string) int { return 0 },
	}
	s := &http.Server{Handler: f}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return f
}

var imageID = "sha256:" + strings.Repeat("ab", 32)

func (f *fakeEngine) called(prefix string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, c := range f.calls {
		if strings.HasPrefix(c, prefix) {
			n++
		}
	}
	return n
}

func (f *fakeEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.calls = append(f.calls, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/v1.41"))
	f.mu.Unlock()
	p := strings.TrimPrefix(r.URL.Path, "/v1.41")
	for end, no := range f.refuse {
		if strings.HasSuffix(p, end) {
			reply(w, no.status, map[string]string{"message": no.message})
			return
		}
	}
	switch name := strings.Split(p, "/"); {
	case f.silent != "" && strings.HasSuffix(p, f.silent):
		<-r.Context().Done()
	case p == "/_ping":
		w.Header().Set("Api-Version", "1.41")
	case p == "/info":
		reply(w, 200, map[string]any{"SecurityOptions": []string{"name=seccomp,profile=default"}})
	case strings.HasPrefix(p, "/images/"):
		f.image(w, r, p)
	case p == "/containers/json":
		reply(w, 200, f.list)
	case p == "/containers/create":
		f.made = map[string]any{}
		json.NewDecoder(r.Body).Decode(&f.made)
		reply(w, 201, map[string]string{"Id": r.URL.Query().Get("name")})
	case strings.HasSuffix(p, "/json"):
		f.inspect(w)
	case r.Method == "DELETE" && f.stays:
		reply(w, 500, map[string]string{"message": "device or resource busy"})
	case r.Method == "DELETE":
		f.mu.Lock()
		f.gone = append(f.gone, name[2])
		f.mu.Unlock()
		w.WriteHeader(204)
	default:
		f.container(w, r, name[3])
	}
}

func (f *fakeEngine) image(w http.ResponseWriter, r *http.Request, p string) {
	if p == "/images/create" {
		io.WriteString(w, f.pulls)
		if !strings.Contains(f.pulls, "error") {
			f.images[r.URL.Query().Get("fromImage")+":"+r.URL.Query().Get("tag")] = imageID
		}
		return
	}
	name := strings.TrimSuffix(strings.TrimPrefix(p, "/images/"), "/json")
	id, have := f.images[name]
	if !have {
		reply(w, 404, map[string]string{"message": "No such image: " + name})
		return
	}
	reply(w, 200, map[string]any{"Id": id, "RepoDigests": []string{"other@sha256:" + strings.Repeat("1", 64), "python@sha256:" + strings.Repeat("cd", 32)}})
}

func (f *fakeEngine) inspect(w http.ResponseWriter) {
	if f.own != nil {
		reply(w, 200, f.own)
		return
	}
	if f.made == nil {
		reply(w, 404, map[string]string{"message": "No such container"})
		return
	}
	reply(w, 200, map[string]any{"Id": "x", "State": map[string]any{"OOMKilled": f.oom}})
}

func (f *fakeEngine) container(w http.ResponseWriter, r *http.Request, verb string) {
	switch verb {
	case "archive":
		data, _ := json.Marshal(f.stat)
		w.Header().Set("X-Docker-Container-Path-Stat", base64.StdEncoding.EncodeToString(data))
	case "attach":
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			f.t.Error(err)
			return
		}
		fmt.Fprint(c, "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
		f.output <- c
	case "start":
		out := <-f.output
		go func() {
			code := f.step(out, f.signal)
			out.Close()
			f.ended <- code
		}()
		w.WriteHeader(204)
	case "wait":
		select {
		case code := <-f.ended:
			reply(w, 200, map[string]int{"StatusCode": code})
		case <-r.Context().Done():
		}
	case "kill":
		f.signal <- r.URL.Query().Get("signal")
		w.WriteHeader(204)
	default:
		f.t.Errorf("no such call: %s %s", r.Method, r.URL)
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

// frame is output as the engine sends it: 1 is stdout, 2 stderr.
func frame(stream byte, text string) []byte {
	head := []byte{stream, 0, 0, 0, 0, 0, 0, 0}
	binary.BigEndian.PutUint32(head[4:], uint32(len(text)))
	return append(head, text...)
}

// untilKilled is a step that does not care for SIGTERM.
func untilKilled(out io.Writer, signals <-chan string) int {
	out.Write(frame(1, "still here\n"))
	for s := range signals {
		if s == "SIGKILL" {
			break
		}
	}
	return 137
}

// workTree is a folder with a witness, known to the engine as ours.
func (f *fakeEngine) workTree(t *testing.T) *Containers {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	witness := filepath.Join(dir, "mlops.yaml")
	if err := os.WriteFile(witness, []byte("version: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o700); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(witness)
	if err != nil {
		t.Fatal(err)
	}
	f.stat = map[string]any{"name": "mlops.yaml", "size": info.Size(), "mtime": info.ModTime().Format(time.RFC3339Nano)}
	owner, err := OwnerOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &Containers{Host: f.host, Work: dir, Owner: owner, Witness: "mlops.yaml", Now: time.Now, Notes: io.Discard, Patience: 5 * time.Second}
}
