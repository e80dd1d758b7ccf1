package fakegithub

import (
	"net/http"
	"strconv"
	"strings"
)

// Merge tells of a pull request into main that was merged as a commit; head is its own newest one. Both
// are told of it when they are asked for; of more commits that it brought, name them by MergeOf.
func (s *Server) Merge(number, commit, head string, labels ...string) {
	n, _ := strconv.Atoi(number)
	list := []object{}
	for i, l := range labels {
		list = append(list, object{"id": i + 1, "name": l, "color": "ededed", "default": false})
	}
	owner, name, _ := strings.Cut(s.o.Repo, "/")
	home := repositoryOf(owner, name, HomeID)
	side := func(ref, sha string) object {
		return object{"ref": ref, "sha": sha, "label": owner + ":" + ref, "user": home["owner"], "repo": home}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.merges = append(s.merges, object{
		"id": n, "number": n, "state": "closed", "title": "Change the model", "user": user("ada"), "labels": list, "locked": false, "draft": false,
		"head": side("change", head), "base": side("main", commit),
		"merge_commit_sha": commit, "merged_at": "2026-01-01T00:00:00Z", "of": []string{commit, head},
	})
}

// MergeOf adds commits that a merged pull request brought.
func (s *Server) MergeOf(number string, commits ...string) {
	n, _ := strconv.Atoi(number)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.merges {
		if m["number"] == n {
			m["of"] = append(m["of"].([]string), commits...)
		}
	}
}

// pullsWith lists those that a commit is known of.
func (s *Server) pullsWith(w http.ResponseWriter, r *http.Request) {
	all := append([]object{}, s.handed.With...)
	for _, m := range s.merges {
		of, _ := m["of"].([]string)
		if strings.Contains(strings.Join(of, " "), r.PathValue("sha")) {
			all = append(all, m)
		}
	}
	answer(w, http.StatusOK, all)
}
