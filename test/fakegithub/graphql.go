package fakegithub

import (
	"encoding/json"
	"net/http"
	"strings"
)

type question struct {
	Query     string
	Variables struct {
		Commit, ID string
		IDs        []string
	}
}

// questions answer GraphQL by a word that the query holds; each names the permission that it needs.
var questions = []struct {
	word, permission string
	read             bool
	answer           func(s *Server, q question) (any, bool)
}{
	{"minimizeComment", "pull_requests", false, (*Server).minimize},
	{"isMinimized", "pull_requests", true, (*Server).minimized},
	{"statusCheckRollup", "checks", true, (*Server).rollup},
}

func graphRoutes(s *Server) {
	s.routeAt(http.MethodPost, "/graphql", "", func(w http.ResponseWriter, r *http.Request) {
		var q question
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			refuse(w, http.StatusBadRequest, "Problems parsing JSON")
			return
		}
		for _, k := range questions {
			if !strings.Contains(q.Query, k.word) {
				continue
			}
			if !s.may(k.permission, k.read) {
				graphError(w, "FORBIDDEN", "Resource not accessible by integration")
			} else if data, found := k.answer(s, q); found {
				answer(w, http.StatusOK, object{"data": data})
			} else {
				graphError(w, "NOT_FOUND", "Could not resolve to a node with the global id")
			}
			return
		}
		graphError(w, "undefinedField", "the fake knows no such question")
	})
}

func graphError(w http.ResponseWriter, kind, message string) {
	answer(w, http.StatusOK, object{"data": nil, "errors": []object{{"type": kind, "message": message}}})
}

func (s *Server) minimize(q question) (any, bool) {
	for i := range s.comments {
		if s.comments[i].NodeID == q.Variables.ID {
			s.comments[i].Minimized = true
			return object{"minimizeComment": object{"minimizedComment": object{"isMinimized": true}}}, true
		}
	}
	return nil, false
}

func (s *Server) minimized(q question) (any, bool) {
	nodes := []any{}
	for _, id := range q.Variables.IDs {
		var node any
		for _, c := range s.comments {
			if c.NodeID == id {
				node = object{"id": id, "isMinimized": c.Minimized}
			}
		}
		nodes = append(nodes, node)
	}
	return object{"nodes": nodes}, true
}

// rollup tells of each status the newest, and of each name of check run of an App the newest.
func (s *Server) rollup(q question) (any, bool) {
	nodes := []object{}
	seen := map[string]bool{}
	for i := len(s.marks.statuses) - 1; i >= 0; i-- {
		st := s.marks.statuses[i]
		if st.sha != q.Variables.Commit || seen[st.Context] {
			continue
		}
		seen[st.Context] = true
		nodes = append(nodes, object{
			"__typename": "StatusContext", "context": st.Context, "state": strings.ToUpper(st.State), "description": st.Description, "targetUrl": st.TargetURL,
			"creator": object{"__typename": st.Creator.Type, "login": strings.TrimSuffix(st.Creator.Login, "[bot]")},
		})
	}
	for i := len(s.marks.checks) - 1; i >= 0; i-- {
		c := s.marks.checks[i]
		if key := c.App.Slug + "/" + c.Name; c.HeadSHA != q.Variables.Commit || seen[key] {
			continue
		} else {
			seen[key] = true
		}
		var conclusion any
		if c.Conclusion != nil {
			conclusion = strings.ToUpper(*c.Conclusion)
		}
		nodes = append(nodes, object{
			"__typename": "CheckRun", "databaseId": c.ID, "name": c.Name, "status": strings.ToUpper(c.Status), "conclusion": conclusion, "externalId": c.ExternalID,
			"title": c.Output.Title, "summary": c.Output.Summary, "detailsUrl": c.DetailsURL, "checkSuite": object{"app": object{"slug": c.App.Slug}},
		})
	}
	var rollup any
	if len(nodes) > 0 {
		rollup = object{"contexts": object{"pageInfo": object{"hasNextPage": false, "endCursor": nil}, "nodes": nodes}}
	}
	return object{"viewer": object{"login": bot}, "repository": object{"object": object{"statusCheckRollup": rollup}}}, true
}
