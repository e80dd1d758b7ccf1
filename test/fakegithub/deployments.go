package fakegithub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// deployment is one with its states, newest first.
type deployment struct {
	object
	states []object
}

func deploymentRoutes(s *Server) {
	s.route(http.MethodGet, "deployments", "deployments", func(w http.ResponseWriter, r *http.Request) {
		all := []object{}
		for _, d := range slices.Backward(s.shown) {
			q := r.URL.Query()
			if (q.Get("environment") == "" || q.Get("environment") == d.object["environment"]) && (q.Get("task") == "" || q.Get("task") == d.object["task"]) {
				all = append(all, d.object)
			}
		}
		s.paged(w, r, all)
	})
	s.route(http.MethodPost, "deployments", "deployments", s.deploy)
	s.route(http.MethodGet, "deployments/{id}/statuses", "deployments", func(w http.ResponseWriter, r *http.Request) {
		if id := number(r, "id"); id > 0 && id <= len(s.shown) {
			s.paged(w, r, s.shown[id-1].states)
			return
		}
		refuse(w, http.StatusNotFound, "Not Found")
	})
	s.route(http.MethodPost, "deployments/{id}/statuses", "deployments", s.mark)
}

// tellShown lists all deployments with their states, oldest first, for tests.
func (s *Server) tellShown(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.shown {
		states := ""
		for _, st := range slices.Backward(d.states) {
			states += fmt.Sprintf(" %v", st["state"])
		}
		_, _ = fmt.Fprintf(w, "%v %v %v:%s\n", d.object["environment"], d.object["task"], d.object["description"], states)
	}
}

// deploy refuses what GitHub would merge, or wait with for checks, instead of deploying it.
func (s *Server) deploy(w http.ResponseWriter, r *http.Request) {
	in := object{"auto_merge": true, "required_contexts": nil, "environment": "production", "task": "deploy", "transient_environment": false, "production_environment": false}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in["ref"] == nil {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return
	}
	contexts, told := in["required_contexts"].([]any)
	if in["auto_merge"] != false || !told || len(contexts) > 0 {
		refuse(w, http.StatusConflict, "Conflict: Commit status checks failed for "+fmt.Sprint(in["ref"]))
		return
	}
	id := len(s.shown) + 1
	d := object{
		"id": id, "node_id": fmt.Sprintf("DE_%d", id), "url": fmt.Sprintf("%s/repos/%s/deployments/%d", s.URL, s.o.Repo, id), "sha": in["ref"], "ref": in["ref"],
		"task": in["task"], "payload": in["payload"], "environment": in["environment"], "original_environment": in["environment"], "description": in["description"],
		"creator": User{Login: bot, ID: 41898282, Type: "Bot"}, "transient_environment": in["transient_environment"], "production_environment": in["production_environment"],
		"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
	}
	s.shown = append(s.shown, &deployment{object: d, states: []object{}})
	answer(w, http.StatusCreated, d)
}

func (s *Server) mark(w http.ResponseWriter, r *http.Request) {
	in := object{}
	id := number(r, "id")
	switch err := json.NewDecoder(r.Body).Decode(&in); {
	case id < 1 || id > len(s.shown):
		refuse(w, http.StatusNotFound, "Not Found")
		return
	case err != nil || !slices.Contains([]any{"error", "failure", "inactive", "in_progress", "queued", "pending", "success"}, in["state"]):
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return
	}
	d := s.shown[id-1]
	in["id"], in["creator"] = 100*id+len(d.states), User{Login: bot, ID: 41898282, Type: "Bot"}
	if in["state"] == "success" && in["auto_inactive"] != false { // as GitHub: all others of the environment end
		for _, o := range s.shown {
			if o != d && o.object["environment"] == d.object["environment"] && len(o.states) > 0 && o.states[0]["state"] == "success" {
				o.states = slices.Insert(o.states, 0, object{"id": 100*number(r, "id") + 99, "state": "inactive", "creator": user(bot)})
			}
		}
	}
	d.states = slices.Insert(d.states, 0, in)
	answer(w, http.StatusCreated, in)
}
