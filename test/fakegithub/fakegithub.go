// Package fakegithub is a GitHub at the wire, for tests: issue comments with pages, and git over
// HTTP, with state, for one repository. It is no part of the program.
package fakegithub

import (
	"encoding/json"
	"fmt"
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
}

// Comment is one comment as GitHub's API describes it, less the fields that nobody here reads.
type Comment struct {
	ID        int64  `json:"id"`
	NodeID    string `json:"node_id"`
	URL       string `json:"url"`
	HTMLURL   string `json:"html_url"`
	IssueURL  string `json:"issue_url"`
	Body      string `json:"body"`
	User      User   `json:"user"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
	number    int
}

// User is who wrote.
type User struct {
	Login string `json:"login"`
	ID    int64  `json:"id"`
	Type  string `json:"type"`
}

// Server is running until Close.
type Server struct {
	URL string
	o   Options
	srv *http.Server

	mu       sync.Mutex
	comments []Comment
	requests []string
	trouble  []Trouble
}

// Trouble is an answer that one request gets instead of the right one.
type Trouble struct {
	Status int
	Type   string // content type; empty: JSON
	Body   string
	Header map[string]string
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
	s := &Server{URL: "http://" + l.Addr().String(), o: o}
	s.srv = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.srv.Serve(l) }()
	return s, nil
}

// Close stops serving.
func (s *Server) Close() { _ = s.srv.Close() }

// Fail makes the next requests of the API fail, one each.
func (s *Server) Fail(t ...Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = append(s.trouble, t...)
}

// Add writes a comment as somebody.
func (s *Server) Add(number int, login, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(number, login, body)
}

// Comments are all of a thread.
func (s *Server) Comments(number int) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of(number)
}

// Requests are those of the API so far, as "METHOD path".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

const bot = "github-actions[bot]"

// ServeHTTP tells git from the API by the path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/_state":
		s.mu.Lock()
		defer s.mu.Unlock()
		answer(w, http.StatusOK, s.comments)
	case r.URL.Path == "/_say": // as somebody: /_say?number=7&login=mallory, the comment is the body
		number, err := strconv.Atoi(r.URL.Query().Get("number"))
		body, berr := io.ReadAll(r.Body)
		if err != nil || berr != nil {
			http.Error(w, "whose thread?", http.StatusBadRequest)
			return
		}
		s.Add(number, r.URL.Query().Get("login"), string(body))
	case strings.HasPrefix(r.URL.Path, "/"+s.o.Repo+".git/"):
		s.git(w, r)
	default:
		s.api(w, r)
	}
}

func (s *Server) git(w http.ResponseWriter, r *http.Request) {
	_, password, _ := r.BasicAuth()
	push := strings.HasSuffix(r.URL.Path, "git-receive-pack") || r.URL.Query().Get("service") == "git-receive-pack"
	switch {
	case password != s.o.Token:
		w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
		http.Error(w, "no token", http.StatusUnauthorized)
		return
	case push && s.o.ReadOnly:
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
	h.ServeHTTP(w, r)
}

func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	w.Header().Set("X-GitHub-Request-Id", fmt.Sprintf("FAKE:%d", len(s.requests)))
	if len(s.trouble) > 0 {
		t := s.trouble[0]
		s.trouble = s.trouble[1:]
		for k, v := range t.Header {
			w.Header().Set(k, v)
		}
		if t.Type != "" {
			w.Header().Set("Content-Type", t.Type)
			w.WriteHeader(t.Status)
			_, _ = fmt.Fprint(w, t.Body)
			return
		}
		refuse(w, t.Status, t.Body)
		return
	}
	path, ok := strings.CutPrefix(strings.TrimPrefix(r.URL.Path, "/api/v3"), "/repos/"+s.o.Repo+"/issues/")
	var number int
	var id int64
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.o.Token:
		refuse(w, http.StatusUnauthorized, "Bad credentials")
	case !ok && r.URL.Path == "/user":
		refuse(w, http.StatusForbidden, "Resource not accessible by integration")
	case !ok:
		refuse(w, http.StatusNotFound, "Not Found")
	case scan(path, "%d/comments", &number) && r.Method == http.MethodGet:
		s.list(w, r, number)
	case s.o.ReadOnly:
		refuse(w, http.StatusForbidden, "Resource not accessible by integration")
	case scan(path, "%d/comments", &number) && r.Method == http.MethodPost:
		s.write(w, r, func(body string) (Comment, int) { return s.add(number, bot, body), http.StatusCreated })
	case scan(path, "comments/%d", &id) && r.Method == http.MethodPatch:
		s.write(w, r, func(body string) (Comment, int) { return s.edit(id, body) })
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

func scan(s, format string, v any) bool {
	n, err := fmt.Sscanf(s, format, v)
	return err == nil && n == 1
}

func (s *Server) of(number int) []Comment {
	var out []Comment
	for _, c := range s.comments {
		if c.number == number {
			out = append(out, c)
		}
	}
	return out
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, number int) {
	per, page := 30, 1
	if n, err := strconv.Atoi(r.URL.Query().Get("per_page")); err == nil {
		per = min(n, 100)
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil {
		page = n
	}
	all := s.of(number)
	from, to := min(len(all), (page-1)*per), min(len(all), page*per)
	if to < len(all) {
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?per_page=%d&page=%d>; rel="next"`, s.URL, r.URL.Path, per, page+1))
	}
	answer(w, http.StatusOK, append([]Comment{}, all[from:to]...))
}

// maxBody is GitHub's limit of a comment, in characters.
const maxBody = 65536

func (s *Server) write(w http.ResponseWriter, r *http.Request, do func(string) (Comment, int)) {
	var in struct {
		Body *string `json:"body"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Body == nil {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return
	}
	if len([]rune(*in.Body)) > maxBody {
		refuse(w, http.StatusUnprocessableEntity, "Body is too long (maximum is 65536 characters)")
		return
	}
	c, status := do(*in.Body)
	if status == http.StatusNotFound {
		refuse(w, status, "Not Found")
		return
	}
	answer(w, status, c)
}

func (s *Server) add(number int, login, body string) Comment {
	id := int64(len(s.comments) + 1)
	kind := "User"
	if strings.HasSuffix(login, "[bot]") {
		kind = "Bot"
	}
	base := fmt.Sprintf("%s/repos/%s/issues", s.URL, s.o.Repo)
	c := Comment{
		ID: id, NodeID: fmt.Sprintf("IC_%d", id), URL: fmt.Sprintf("%s/comments/%d", base, id), IssueURL: fmt.Sprintf("%s/%d", base, number),
		HTMLURL: fmt.Sprintf("%s/%s/pull/%d#issuecomment-%d", s.URL, s.o.Repo, number, id), Body: body, User: User{Login: login, ID: 41898282, Type: kind},
		CreatedAt: "2026-01-01T00:00:00Z", UpdatedAt: "2026-01-01T00:00:00Z", number: number,
	}
	s.comments = append(s.comments, c)
	return c
}

func (s *Server) edit(id int64, body string) (Comment, int) {
	for i := range s.comments {
		if s.comments[i].ID == id {
			s.comments[i].Body = body
			return s.comments[i], http.StatusOK
		}
	}
	return Comment{}, http.StatusNotFound
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message, "documentation_url": "https://docs.github.com/rest"})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
