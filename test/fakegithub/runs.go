package fakegithub

import (
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Handover is what a workflow's run left, as GitHub's API tells of it: a test may change any of it.
type Handover struct {
	Home      object   // the repository
	Run       object   // the run
	Pulls     []object // pull requests; those that are asked for are chosen by head and state
	Later     []object // pull requests from the second question on; nil: Pulls
	With      []object // of the commit
	Events    []object // of the pull request
	Artifacts []object
	Activity  []object // pushes, newest first
	Archive   []byte   // the zip of an artifact that Archives does not have
	Archives  map[int][]byte
	Redirect  string // where the zip is; empty: on another host of this server
	Claim     int64  // length of the zip as its host says; 0: the right one
}

// Head describes the change that a Handover is about.
type Head struct {
	Number int    // of the pull request; 0: a push
	Commit string // its head
	Branch string
	Base   string // branch; on a push what was before
	Owner  string // of the repository that it comes from; empty: this one
	Author string // empty: the owner
}

// Ids of what a Handover holds.
const (
	HomeID, ForkID, RunID, ArtifactID = 1296269, 4711, 500, 900
)

// NewHandover is the run of a change that ended well, with the zip of its bundle.
func NewHandover(repo string, h Head, zip []byte) Handover {
	owner, name, _ := strings.Cut(repo, "/")
	home := repositoryOf(owner, name, HomeID)
	from := home
	if h.Owner != "" {
		from = repositoryOf(h.Owner, name, ForkID)
	}
	author := h.Author
	if author == "" {
		author = login(from)
	}
	event := "pull_request"
	if h.Number == 0 {
		event = "push"
	}
	out := Handover{Home: home, Archive: zip}
	out.Run = object{
		"id": RunID, "name": "mlgate run", "run_attempt": 1, "run_number": 12, "path": ".github/workflows/mlgate-run.yml", "event": event, "status": "completed",
		"conclusion": "success", "head_sha": h.Commit, "head_branch": h.Branch, "repository": home, "head_repository": from, "pull_requests": []object{},
		"created_at": stamp(0), "updated_at": stamp(9), "run_started_at": stamp(0), "actor": user(author), "triggering_actor": user(author),
	}
	out.Leave("mlgate", zip)
	out.Archives = nil
	if h.Number == 0 {
		out.Activity = []object{{"id": 1, "before": h.Base, "after": h.Commit, "ref": "refs/heads/" + h.Branch, "activity_type": "push", "timestamp": stamp(0), "actor": user(author)}}
		return out
	}
	out.Pulls = []object{{
		"id": 7000 + h.Number, "merged_at": nil, "merge_commit_sha": nil, "number": h.Number, "state": "open", "created_at": stamp(-60), "updated_at": stamp(0), "closed_at": nil, "title": "Change the model", "user": user(author), "draft": false, "locked": false,
		"head": object{"ref": h.Branch, "sha": h.Commit, "label": login(from) + ":" + h.Branch, "user": from["owner"], "repo": from},
		"base": object{"ref": h.Base, "sha": h.Commit, "label": owner + ":" + h.Base, "user": home["owner"], "repo": home},
	}}
	return out
}

// Leave adds an artifact to what the run left.
func (h *Handover) Leave(name string, zip []byte) {
	id, from := ArtifactID+len(h.Artifacts), h.Run["head_repository"].(object)
	h.Artifacts = append(h.Artifacts, object{
		"id": id, "name": name, "size_in_bytes": len(zip), "expired": false, "created_at": stamp(5), "updated_at": stamp(5), "expires_at": stamp(900_000),
		"workflow_run": object{"id": RunID, "repository_id": HomeID, "head_repository_id": from["id"], "head_branch": h.Run["head_branch"], "head_sha": h.Run["head_sha"]},
	})
	if h.Archives == nil {
		h.Archives = map[int][]byte{}
	}
	h.Archives[id] = zip
}

func repositoryOf(owner, name string, id int) object {
	return object{"id": id, "name": name, "full_name": owner + "/" + name, "owner": user(owner), "private": false, "fork": id != HomeID, "default_branch": "main"}
}

func user(login string) object {
	kind := "User"
	if strings.HasSuffix(login, "[bot]") {
		kind = "Bot"
	}
	return object{"login": login, "id": 1, "type": kind}
}

func login(repo object) string {
	owner, _ := repo["owner"].(object)
	text, _ := owner["login"].(string)
	return text
}

func stamp(seconds int) string {
	return time.Date(2026, 1, 1, 0, 0, seconds, 0, time.UTC).Format(time.RFC3339)
}

// HandOver makes it what the API tells.
func (s *Server) HandOver(h Handover) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handed, s.asked = h, 0
}

// Leaked reports whether a token reached the host where archives are.
func (s *Server) Leaked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leaked
}

// review lets any run go on to an environment, or not.
func (s *Server) review(by, environment, state string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reviews = append(s.reviews, object{
		"state": state, "comment": "", "user": user(by),
		"environments": []object{{"id": 1, "node_id": "EN_1", "name": environment, "url": s.URL, "html_url": s.URL, "created_at": stamp(0), "updated_at": stamp(0)}},
	})
}

func runRoutes(s *Server) {
	s.route(http.MethodGet, "actions/runs/{id}/approvals", "actions", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, append([]object{}, s.reviews...))
	})
	tell := func(what func() any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if v := what(); v != nil {
				answer(w, http.StatusOK, v)
				return
			}
			refuse(w, http.StatusNotFound, "Not Found")
		}
	}
	s.routeAt(http.MethodGet, "/repos/"+s.o.Repo, "", tell(func() any { return orNil(s.handed.Home) }))
	s.route(http.MethodGet, "actions/runs/{id}", "actions", tell(func() any { return orNil(s.handed.Run) }))
	s.route(http.MethodGet, "actions/runs/{id}/artifacts", "actions", s.left)
	s.route(http.MethodGet, "actions/artifacts/{id}/zip", "actions", s.redirect)
	s.route(http.MethodGet, "pulls", "pull_requests", s.pulls)
	s.route(http.MethodGet, "commits/{sha}/pulls", "pull_requests", s.pullsWith)
	s.route(http.MethodGet, "activity", "contents", func(w http.ResponseWriter, r *http.Request) {
		if len(s.handed.Activity) == 0 {
			s.activity(w, r)
			return
		}
		answer(w, http.StatusOK, s.handed.Activity)
	})
}

func orNil(o object) any {
	if o == nil {
		return nil
	}
	return o
}

// left lists artifacts as GitHub does: by the whole name, on pages.
func (s *Server) left(w http.ResponseWriter, r *http.Request) {
	all := []object{}
	for _, a := range s.handed.Artifacts {
		if want := r.URL.Query().Get("name"); want == "" || a["name"] == want {
			all = append(all, a)
		}
	}
	from, to := s.window(w, r, len(all))
	answer(w, http.StatusOK, object{"total_count": len(all), "artifacts": all[from:to]})
}

func (s *Server) redirect(w http.ResponseWriter, r *http.Request) {
	to := s.handed.Redirect
	if to == "" {
		to = strings.Replace(s.URL, "127.0.0.1", "localhost", 1) + "/_signed/" + r.PathValue("id") + "?sig=secret-signature"
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusFound)
}

// signed is the other host: who comes with a token is turned away, as Azure's storage does.
func (s *Server) signed(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.Header.Get("Authorization") != "":
		s.leaked = true
		http.Error(w, "InvalidAuthenticationInfo", http.StatusBadRequest)
	case r.URL.Query().Get("sig") != "secret-signature":
		http.Error(w, "AuthenticationFailed", http.StatusForbidden)
	default:
		w.Header().Set("Content-Type", "application/zip")
		if s.handed.Claim != 0 {
			w.Header().Set("Content-Length", fmt.Sprint(s.handed.Claim))
		}
		id, _ := strconv.Atoi(path.Base(r.URL.Path)) // no number: the one archive
		zip, ok := s.handed.Archives[id]
		if !ok {
			zip = s.handed.Archive
		}
		_, _ = w.Write(zip)
	}
}

// pulls chooses as GitHub does: by state, and by owner and branch of the head.
func (s *Server) pulls(w http.ResponseWriter, r *http.Request) {
	all := s.handed.Pulls
	if r.URL.Query().Get("state") == "open" {
		s.asked++
	}
	if s.asked > 1 && s.handed.Later != nil {
		all = s.handed.Later
	}
	out := []object{}
	for _, p := range all {
		head, _ := p["head"].(object)
		if want := r.URL.Query().Get("head"); want != "" && head["label"] != want {
			continue
		}
		if state := r.URL.Query().Get("state"); state != "all" && p["state"] != state {
			continue
		}
		out = append(out, p)
	}
	answer(w, http.StatusOK, out)
}
