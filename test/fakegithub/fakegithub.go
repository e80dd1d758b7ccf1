// Package fakegithub is a GitHub at the wire, for tests: its REST API with pages, ETags, permissions
// and trouble on demand, and git over HTTP, with state, for one repository. It is no part of the
// program.
//
// One file holds one subject: its state, and its routes, which a row of subjects (api.go) adds.
package fakegithub

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cgi"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options of a server.
type Options struct {
	Listen   string // empty: a free port of 127.0.0.1
	Root     string // folder of the bare repository
	Repo     string // owner/name
	Git      string // the bare repository's folder below Root
	Token    string // accepted; ReadOnly: it may not push or comment
	ReadOnly bool
	// Rights are the token's permissions, as "pull_requests": "write"; nil: all of them, or with
	// ReadOnly all for reading.
	Rights map[string]string
}

// Server is running until Close.
type Server struct {
	URL string
	o   Options
	srv *http.Server
	mux *http.ServeMux

	mu       sync.Mutex
	comments []Comment
	requests []string
	answers  map[int]int // how often which status was answered
	trouble  []Trouble
	rulesets []Ruleset
	handed   Handover
	asked    int                          // for pull requests
	leaked   bool                         // a token reached the host of archives
	grants   map[string]map[string]string // further tokens, and what they may
	asker    string                       // the token of the request that is answered
	merges   []object                     // pull requests that were merged
	society  Society

	lastComment int64
	marks       marks
	shown       []*deployment
	releases    []*release
	reviews     []object // of the environments that a run waited for
}

// Start serves.
func Start(o Options) (*Server, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "http://" + l.Addr().String(), o: o, mux: http.NewServeMux(), answers: map[int]int{}, grants: map[string]map[string]string{}}
	peopleRoutes(s)
	for _, subject := range subjects {
		subject(s)
	}
	s.srv = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.srv.Serve(l) }()
	return s, nil
}

// Close stops serving.
func (s *Server) Close() { _ = s.srv.Close() }

// Requests are those of the API so far, as "METHOD path".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Count is how often a status was answered by the API.
func (s *Server) Count(status int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers[status]
}

// ServeHTTP tells git from the API by the path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if do, ok := control[r.URL.Path]; ok {
		do(s, w, r)
		return
	}
	switch {
	case r.URL.Path == "/_state":
		s.mu.Lock()
		defer s.mu.Unlock()
		answer(w, http.StatusOK, s.comments)
	case r.URL.Path == "/_marks": // a line each
		_, _ = io.WriteString(w, s.markLines())
	case r.URL.Path == "/_mark": // as somebody: /_mark?sha=…&name=mlgate&says=success&by=mallory, a check with &app=…
		q := r.URL.Query()
		if app := q.Get("app"); app != "" {
			s.AddCheck(q.Get("sha"), q.Get("name"), q.Get("says"), app)
			return
		}
		s.AddStatus(q.Get("sha"), q.Get("name"), q.Get("says"), q.Get("by"))
	case r.URL.Path == "/_requests":
		answer(w, http.StatusOK, s.Requests())
	case r.URL.Path == "/_deployments":
		s.tellShown(w)
	case r.URL.Path == "/_releases":
		s.tellReleases(w, r.URL.Query().Get("tag"))
	case r.URL.Path == "/_say": // as somebody: /_say?number=7&login=mallory, the comment is the body
		number, err := strconv.Atoi(r.URL.Query().Get("number"))
		body, berr := io.ReadAll(r.Body)
		if err != nil || berr != nil {
			http.Error(w, "whose thread?", http.StatusBadRequest)
			return
		}
		times, _ := strconv.Atoi(r.URL.Query().Get("times")) // absent: once
		for range max(1, times) {
			s.Add(number, r.URL.Query().Get("login"), string(body))
		}
	case r.URL.Path == "/_broken": // an upload to a release: /_broken?release=2&name=FILE
		n, _ := strconv.Atoi(r.URL.Query().Get("release")) // a test names one that is there
		s.breakUpload(n, r.URL.Query().Get("name"))
	case r.URL.Path == "/_reviewed": // as somebody: /_reviewed?by=kim&environment=production&state=approved
		s.review(r.URL.Query().Get("by"), r.URL.Query().Get("environment"), r.URL.Query().Get("state"))
	case r.URL.Path == "/_society":
		s.know(w, r)
	case r.URL.Path == "/_trouble": // a JSON list of Trouble
		var t []Trouble
		if err := json.NewDecoder(r.Body).Decode(&t); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.Fail(t...)
	case strings.HasPrefix(r.URL.Path, "/_signed/"):
		s.signed(w, r)
	case strings.HasPrefix(r.URL.Path, "/"+s.o.Repo+".git/"):
		s.git(w, r)
	default:
		s.api(w, r)
	}
}

func (s *Server) git(w http.ResponseWriter, r *http.Request) {
	_, password, _ := r.BasicAuth()
	push := strings.HasSuffix(r.URL.Path, "git-receive-pack") || r.URL.Query().Get("service") == "git-receive-pack"
	s.mu.Lock()
	known := s.knows(password)
	allowed := s.may("contents", !push)
	s.mu.Unlock()
	switch {
	case !known:
		w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
		http.Error(w, "no token", http.StatusUnauthorized)
		return
	case !allowed:
		http.Error(w, "Write access to repository not granted.", http.StatusForbidden)
		return
	}
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	r.URL.Path = "/" + s.o.Git + strings.TrimPrefix(r.URL.Path, "/"+s.o.Repo+".git")
	h := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"),
		Env: []string{"GIT_PROJECT_ROOT=" + s.o.Root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=ci", "GIT_CONFIG_COUNT=2",
			"GIT_CONFIG_KEY_0=http.receivepack", "GIT_CONFIG_VALUE_0=true", "GIT_CONFIG_KEY_1=safe.directory", "GIT_CONFIG_VALUE_1=*"},
		InheritEnv: []string{"PATH"},
	}
	s.mu.Lock()
	t := s.gitTrouble(r)
	s.mu.Unlock()
	if t == nil {
		h.ServeHTTP(w, r)
		return
	}
	if t.After {
		h.ServeHTTP(&taken{header: http.Header{}}, r)
	}
	t.give(w, "")
}
