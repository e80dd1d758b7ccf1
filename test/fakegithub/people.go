package fakegithub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Society is who is there, and what they did: set by Know, or as JSON at /_society. Times are RFC 3339.
type Society struct {
	Pulls  []Pull              `json:"pulls"`
	Teams  map[string][]string `json:"teams"`  // "acme/risk": logins, "?kim" has not accepted yet; what is absent is not visible
	Rights map[string]string   `json:"rights"` // login: admin, write, read; others have none
	Runs   []Run               `json:"runs"`
}

// Pull is a pull request.
type Pull struct {
	Number   int      `json:"number"`
	Author   string   `json:"author"`
	Head     string   `json:"head"`
	HeadRef  string   `json:"head_ref"`
	HeadRepo string   `json:"head_repo"` // empty: gone
	Base     string   `json:"base"`
	State    string   `json:"state"` // empty: open
	Merge    string   `json:"merge"` // commit that it was merged as; empty: it was not
	MergedBy string   `json:"merged_by"`
	Commits  []Commit `json:"commits"`
	Reviews  []Review `json:"reviews"`
	Pushes   []Push   `json:"pushes"` // newest first
	Retarget string   `json:"retarget"`
}

// Commit is one of a pull request. Without a login GitHub knows no account of the address.
type Commit struct {
	SHA       string `json:"sha"`
	Author    string `json:"author"`
	Email     string `json:"email"`
	Committer string `json:"committer"`
	Message   string `json:"message"`
}

// Review is one review.
type Review struct {
	By     string `json:"by"` // empty: the account is gone
	State  string `json:"state"`
	Commit string `json:"commit"`
	At     string `json:"at"`
}

// Push is one change of the pull request's branch.
type Push struct {
	By    string `json:"by"` // empty: the account is gone
	After string `json:"after"`
	Ref   string `json:"ref"` // empty: the pull request's branch
}

// Run is a workflow's run.
type Run struct {
	ID     int64  `json:"id"`
	Path   string `json:"path"`
	Event  string `json:"event"`
	Head   string `json:"head"`
	Status string `json:"status"`
}

// Know sets who is there.
func (s *Server) Know(all Society) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.society = all
}

func (s *Server) know(w http.ResponseWriter, r *http.Request) {
	var all Society
	if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.Know(all)
}

func peopleRoutes(s *Server) {
	s.route("GET", "pulls/{number}", "pull_requests", s.ofPull(func(p *Pull) any { return s.pullJSON(p) }))
	s.route("GET", "pulls/{number}/commits", "pull_requests", s.ofPull(func(p *Pull) any { return each(p.Commits, commitJSON) }))
	s.route("GET", "pulls/{number}/reviews", "pull_requests", s.ofPull(func(p *Pull) any { return each(p.Reviews, reviewJSON) }))
	s.route("GET", "issues/{number}/events", "pull_requests", s.issueEvents)
	s.routeAt("GET", "/repos/{owner}/{name}/activity", "contents", s.activity)
	s.routeAt("GET", "/orgs/{org}/teams/{team}", "", func(w http.ResponseWriter, r *http.Request) {
		s.ofTeam(w, r, func([]string) any {
			return object{"id": 1, "slug": r.PathValue("team"), "name": r.PathValue("team"), "privacy": "closed", "permission": "pull", "type": "organization"}
		})
	})
	s.routeAt("GET", "/orgs/{org}/teams/{team}/memberships/{login}", "", func(w http.ResponseWriter, r *http.Request) {
		s.ofTeam(w, r, func(members []string) any {
			login := r.PathValue("login")
			switch {
			case slices.ContainsFunc(members, func(m string) bool { return strings.EqualFold(m, login) }):
				return object{"state": "active", "role": "member", "url": s.URL + r.URL.Path}
			case slices.Contains(members, "?"+login):
				return object{"state": "pending", "role": "member", "url": s.URL + r.URL.Path}
			}
			return nil
		})
	})
	s.route("POST", "issues/comments/{id}/reactions", "pull_requests", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Content string }
		if json.NewDecoder(r.Body).Decode(&in) != nil || !slices.Contains([]string{"+1", "-1", "confused"}, in.Content) {
			refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
			return
		}
		answer(w, http.StatusCreated, object{"id": 1, "node_id": "R1", "content": in.Content, "user": person(bot), "created_at": "2026-01-01T00:00:00Z"})
	})
	s.route("GET", "actions/runs", "actions", func(w http.ResponseWriter, r *http.Request) {
		all := []object{}
		owner, name, _ := strings.Cut(s.o.Repo, "/")
		home := repositoryOf(owner, name, HomeID)
		for _, run := range s.society.Runs {
			if run.Head == r.URL.Query().Get("head_sha") {
				all = append(all, object{"id": run.ID, "path": run.Path, "event": run.Event, "head_sha": run.Head, "status": run.Status, "head_branch": "change", "conclusion": nil, "head_repository": home, "repository": home, "pull_requests": []object{}, "html_url": fmt.Sprintf("%s/%s/actions/runs/%d", s.URL, s.o.Repo, run.ID)})
			}
		}
		answer(w, http.StatusOK, object{"total_count": len(all), "workflow_runs": all})
	})
	s.route("POST", "actions/runs/{id}/rerun", "actions", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusCreated, object{}) })
	s.route("GET", "collaborators/{login}/permission", "metadata", s.permission)
}

// Happened is an event of a pull request, as GitHub lists it.
func Happened(what, at string) map[string]any {
	return object{"id": 2, "event": what, "created_at": at, "actor": person("ada"), "commit_id": nil, "performed_via_github_app": nil}
}

func (s *Server) issueEvents(w http.ResponseWriter, r *http.Request) {
	all := []object{{"id": 1, "event": "labeled", "label": object{"name": "bug", "color": "ededed"}, "created_at": "2020-01-01T00:00:00Z", "actor": person("ada"), "commit_id": nil, "performed_via_github_app": nil}}
	for _, p := range s.handed.Pulls {
		if p["number"] == number(r, "number") {
			s.paged(w, r, append(all, s.handed.Events...))
			return
		}
	}
	s.ofPull(func(p *Pull) any {
		if p.Retarget != "" {
			what, at, named := strings.Cut(p.Retarget, " ")
			if !named {
				what, at = "base_ref_changed", p.Retarget
			}
			all = append(all, Happened(what, at))
		}
		return all
	})(w, r)
}

// ofPull answers with something of a pull request; a list by pages.
func (s *Server) ofPull(say func(*Pull) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(s.society.Pulls, func(p Pull) bool { return p.Number == number(r, "number") })
		if i < 0 {
			refuse(w, http.StatusNotFound, "Not Found")
			return
		}
		v := say(&s.society.Pulls[i])
		if all, ok := v.([]object); ok {
			s.paged(w, r, all)
			return
		}
		answer(w, http.StatusOK, v)
	}
}

func (s *Server) ofTeam(w http.ResponseWriter, r *http.Request, say func(members []string) any) {
	members, ok := s.society.Teams[r.PathValue("org")+"/"+r.PathValue("team")]
	if v := say(members); ok && v != nil {
		answer(w, http.StatusOK, v)
		return
	}
	refuse(w, http.StatusNotFound, "Not Found")
}

func (s *Server) permission(w http.ResponseWriter, r *http.Request) {
	have := s.society.Rights[r.PathValue("login")]
	if have == "" {
		have = "none"
	}
	who := user(r.PathValue("login"))
	who["role_name"] = have
	answer(w, http.StatusOK, object{"permission": have, "role_name": have, "user": who})
}

func (s *Server) activity(w http.ResponseWriter, r *http.Request) {
	all := []object{}
	for _, p := range s.society.Pulls {
		if r.URL.Path != "/repos/"+p.HeadRepo+"/activity" {
			continue
		}
		for i, push := range p.Pushes {
			ref := "refs/heads/" + p.HeadRef
			if push.Ref != "" {
				ref = push.Ref
			}
			if ref == r.URL.Query().Get("ref") {
				all = append(all, object{
					"id": i + 1, "node_id": fmt.Sprint("A", i), "before": strings.Repeat("0", 40), "after": push.After, "ref": ref,
					"timestamp": "2026-01-01T00:00:00Z", "activity_type": "push", "actor": person(push.By),
				})
			}
		}
	}
	s.paged(w, r, all)
}

func (s *Server) pullJSON(p *Pull) object {
	state := "open"
	if p.State != "" {
		state = p.State
	}
	side := func(repo, ref, sha string) object {
		o := object{"label": "x:" + ref, "ref": ref, "sha": sha, "user": person("acme"), "repo": nil}
		if repo != "" {
			owner, name, _ := strings.Cut(repo, "/")
			id := HomeID
			if repo != s.o.Repo {
				id++
			}
			o["repo"] = repositoryOf(owner, name, id)
		}
		return o
	}
	o := object{
		"number": p.Number, "state": state, "title": "Change the model", "user": person(p.Author), "commits": len(p.Commits),
		"head": side(p.HeadRepo, p.HeadRef, p.Head), "base": side(s.o.Repo, p.Base, strings.Repeat("0", 40)),
		"merged": p.Merge != "", "merge_commit_sha": nil, "merged_by": nil, "id": p.Number, "merged_at": nil, "draft": false,
		"mergeable": true, "mergeable_state": "clean", "maintainer_can_modify": false, "comments": 0, "review_comments": 0, "additions": 1, "deletions": 1, "changed_files": 1,
	}
	if p.Merge != "" {
		o["state"], o["merge_commit_sha"], o["merged_by"], o["merged_at"] = "closed", p.Merge, person(p.MergedBy), "2026-01-01T00:00:00Z"
	}
	return o
}

func commitJSON(c Commit) object {
	by := func(login string) object {
		email := c.Email
		if email == "" {
			email = login + "@example.com"
		}
		return object{"name": login, "email": email, "date": "2026-01-01T00:00:00Z"}
	}
	committer := c.Committer
	if committer == "" {
		committer = c.Author
	}
	return object{
		"sha": c.SHA, "commit": object{"author": by(c.Author), "committer": by(committer), "message": c.Message},
		"author": person(c.Author), "committer": person(committer),
	}
}

func reviewJSON(r Review) object {
	return object{"id": 1, "user": person(r.By), "body": "", "state": r.State, "commit_id": r.Commit, "submitted_at": r.At}
}

// person is an account; nil when it is gone or nobody's.
func person(login string) any {
	if login == "" {
		return nil
	}
	kind := "User"
	if strings.HasSuffix(login, "[bot]") {
		kind = "Bot"
	}
	return object{"login": login, "id": 1000 + len(login), "type": kind}
}

func each[T any](all []T, say func(T) object) []object {
	out := []object{}
	for _, v := range all {
		out = append(out, say(v))
	}
	return out
}
