package fakegithub

import (
	"fmt"
	"net/http"
	"strings"
)

// Trouble is an answer that one request gets instead of the right one.
type Trouble struct {
	Match  string // the beginning of "METHOD /path" of the request that it waits for, or "git-receive-pack"; empty: the next of the API
	Status int    // 0: the connection is cut
	Type   string // content type; empty: JSON
	Body   string
	Header map[string]string
	After  bool // the request is carried out first: only its answer is lost
}

// Fail makes the next requests of the API fail, one each.
func (s *Server) Fail(t ...Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = append(s.trouble, t...)
}

// Calm forgets all trouble that no request met.
func (s *Server) Calm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = nil
}

// troubleFor takes the first trouble that waits for this request.
func (s *Server) troubleFor(r *http.Request) *Trouble {
	for i, t := range s.trouble {
		if strings.HasPrefix(r.Method+" "+r.URL.Path, t.Match) {
			s.trouble = append(s.trouble[:i:i], s.trouble[i+1:]...)
			return &t
		}
	}
	return nil
}

// gitTrouble takes the first trouble that waits for this exchange of git.
func (s *Server) gitTrouble(r *http.Request) *Trouble {
	for i, t := range s.trouble {
		if t.Match != "" && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/"+t.Match) {
			s.trouble = append(s.trouble[:i:i], s.trouble[i+1:]...)
			return &t
		}
	}
	return nil
}

func (t *Trouble) give(w http.ResponseWriter, id string) {
	if t.Status == 0 {
		panic(http.ErrAbortHandler) // cuts the connection
	}
	w.Header().Set("X-GitHub-Request-Id", id)
	for k, v := range t.Header {
		w.Header().Set(k, v)
	}
	if t.Type == "" {
		refuse(w, t.Status, t.Body)
		return
	}
	w.Header().Set("Content-Type", t.Type)
	w.WriteHeader(t.Status)
	_, _ = fmt.Fprint(w, t.Body)
}
