package fakegithub

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
)

// subjects add their routes: one function for each file of state.
var subjects = []func(s *Server){commentRoutes, deploymentRoutes, releaseRoutes, runRoutes, protectionRoutes, markRoutes, graphRoutes, userRoutes}

// route answers requests below the repository: route("GET", "issues/{number}/comments",
// "pull_requests", …). The permission is what the token needs, to read or to write by the method;
// empty: none. Handlers run one at a time, with s.mu held.
func (s *Server) route(method, path, permission string, h http.HandlerFunc) {
	s.routeAt(method, "/repos/"+s.o.Repo+"/"+path, permission, h)
}

// routeAt is route for a path from the top.
func (s *Server) routeAt(method, path, permission string, h http.HandlerFunc) {
	s.mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		if !s.may(permission, method == http.MethodGet) {
			w.Header().Set("X-Accepted-GitHub-Permissions", permission+"="+map[bool]string{true: "read", false: "write"}[method == http.MethodGet])
			refuse(w, http.StatusForbidden, "Resource not accessible by integration")
			return
		}
		if method != http.MethodGet && nowhere(r) {
			refuse(w, http.StatusUnprocessableEntity, "No commit found for SHA: "+strings.Repeat("0", 40))
			return
		}
		h(w, r)
	})
}

// may compares the rights of the token that asks.
func (s *Server) may(permission string, read bool) bool {
	rights, granted := s.grants[s.asker]
	switch {
	case permission == "", permission == "metadata" && read:
		return true
	case !granted && s.o.Rights == nil:
		return read || !s.o.ReadOnly
	case !granted:
		rights = s.o.Rights
	}
	have := rights[permission]
	return have == "write" || read && have == "read"
}

// Grant accepts one more token, with these permissions: "contents": "read".
func (s *Server) Grant(token string, rights map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grants[token] = rights
}

// knows reports whether a token is accepted, and makes it the one that asks.
func (s *Server) knows(token string) bool {
	_, granted := s.grants[token]
	s.asker = token
	return granted || token == s.o.Token
}

func userRoutes(s *Server) {
	s.routeAt(http.MethodGet, "/user", "", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "Resource not accessible by integration")
	})
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not Found") })
}

// number is a part of the path; 0 when it is none.
func number(r *http.Request, name string) int {
	n, err := strconv.Atoi(r.PathValue(name))
	if err != nil {
		return 0
	}
	return n
}

// api answers one request of the API: with trouble, or from the routes.
func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.URL.Path = strings.TrimPrefix(r.URL.Path, "/api/v3")
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	id := fmt.Sprintf("FAKE:%d", len(s.requests))
	asked, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(asked))
	t := s.troubleFor(r)
	a := &taken{header: http.Header{}, status: http.StatusOK}
	a.header.Set("X-GitHub-Request-Id", id)
	switch {
	case t != nil && !t.After:
	case !s.knows(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")):
		refuse(a, http.StatusUnauthorized, "Bad credentials")
	default:
		s.mux.ServeHTTP(a, r)
		s.record(r, asked, a)
	}
	if t != nil {
		t.give(w, id)
		return
	}
	a.tag(r)
	s.answers[a.status]++
	a.give(w)
}

// taken is an answer before it is sent.
type taken struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *taken) Header() http.Header         { return a.header }
func (a *taken) WriteHeader(status int)      { a.status = status }
func (a *taken) Write(p []byte) (int, error) { return a.body.Write(p) }

// tag gives a read an ETag, and answers 304 when the asker has it.
func (a *taken) tag(r *http.Request) {
	if r.Method != http.MethodGet || a.status != http.StatusOK {
		return
	}
	tag := fmt.Sprintf(`W/"%x"`, sha256.Sum256(a.body.Bytes()))
	a.header.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		a.status = http.StatusNotModified
		a.body.Reset()
		a.header.Del("Content-Type")
	}
}

func (a *taken) give(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes())
}

// paged answers with the page of a list (a slice) that was asked for, and the Link of the next.
func (s *Server) paged(w http.ResponseWriter, r *http.Request, all any) {
	from, to := s.window(w, r, reflect.ValueOf(all).Len())
	if from == to {
		answer(w, http.StatusOK, []any{})
		return
	}
	answer(w, http.StatusOK, reflect.ValueOf(all).Slice(from, to).Interface())
}

// window is the part of n items that was asked for; it sets the Link of the next.
func (s *Server) window(w http.ResponseWriter, r *http.Request, n int) (from, to int) {
	per, page := 30, 1
	q := r.URL.Query()
	if v, err := strconv.Atoi(q.Get("per_page")); err == nil && v > 0 {
		per = min(v, 100)
	}
	if v, err := strconv.Atoi(q.Get("page")); err == nil && v > 0 {
		page = v
	}
	from, to = min(n, (page-1)*per), min(n, page*per)
	if to < n {
		q.Set("per_page", strconv.Itoa(per))
		q.Set("page", strconv.Itoa(page+1))
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?%s>; rel="next"`, s.URL, r.URL.Path, q.Encode()))
	}
	return from, to
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message, "documentation_url": "https://docs.github.com/rest"})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
