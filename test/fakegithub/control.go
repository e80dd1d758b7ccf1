package fakegithub

import (
	"io"
	"net/http"
	"strconv"
)

// control is what a test in another process says to the fake.
var control = map[string]func(*Server, http.ResponseWriter, *http.Request){
	"/_grant":    (*Server).granted,
	"/_handover": (*Server).handOver,
}

// granted takes one more token: /_grant?token=ghs_x&contents=read, a right each.
func (s *Server) granted(_ http.ResponseWriter, r *http.Request) {
	rights := map[string]string{}
	for name, v := range r.URL.Query() {
		if name != "token" {
			rights[name] = v[0]
		}
	}
	s.Grant(r.URL.Query().Get("token"), rights)
}

// handOver is the end of a run: /_handover?number=7&commit=…&branch=x&base=main&owner=mallory, and as body the zip of
// its artifact. Without an owner the change is from the repository itself.
func (s *Server) handOver(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	number, err := strconv.Atoi(q.Get("number"))
	zip, zerr := io.ReadAll(r.Body)
	if err != nil || zerr != nil {
		http.Error(w, "which run?", http.StatusBadRequest)
		return
	}
	s.HandOver(NewHandover(s.o.Repo, Head{Number: number, Commit: q.Get("commit"), Branch: q.Get("branch"), Base: q.Get("base"), Owner: q.Get("owner"), Author: q.Get("author")}, zip))
}
