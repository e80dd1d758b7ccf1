package fakegithub

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Ruleset is one ruleset of the repository: rules by type, for refs that match Include.
type Ruleset struct {
	Name, Target string // branch or tag
	Include      []string
	Rules        []string
	Checks       []string // that a branch rule requires
	Off          bool
}

// Protect sets the repository's rulesets.
func (s *Server) Protect(all ...Ruleset) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rulesets = all
}

func protectionRoutes(s *Server) {
	s.route("GET", "rulesets", "metadata", func(w http.ResponseWriter, r *http.Request) {
		all := []object{}
		for i := range s.rulesets {
			all = append(all, s.ruleset(i, false))
		}
		s.paged(w, r, all)
	})
	s.route("GET", "rulesets/{id}", "metadata", func(w http.ResponseWriter, r *http.Request) {
		if i := number(r, "id") - 1; i >= 0 && i < len(s.rulesets) {
			answer(w, http.StatusOK, s.ruleset(i, true))
			return
		}
		refuse(w, http.StatusNotFound, "Not Found")
	})
	s.route("GET", "rules/branches/{branch}", "metadata", func(w http.ResponseWriter, r *http.Request) {
		all := []object{}
		for i, set := range s.rulesets {
			if set.Target == "branch" && !set.Off {
				for _, rule := range set.rules() {
					rule["ruleset_id"], rule["ruleset_source"], rule["ruleset_source_type"] = i+1, s.o.Repo, "Repository"
					all = append(all, rule)
				}
			}
		}
		s.paged(w, r, all)
	})
	s.route("POST", "pulls", "pull_requests", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotImplemented, "the fake opens no pull requests")
	})
	s.route("POST", "git/refs", "contents", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotImplemented, "the fake makes no refs by the API")
	})
}

func (s *Server) ruleset(i int, whole bool) object {
	set := s.rulesets[i]
	enforcement := "active"
	if set.Off {
		enforcement = "disabled"
	}
	out := object{"id": i + 1, "name": set.Name, "target": set.Target, "enforcement": enforcement, "source": s.o.Repo, "source_type": "Repository"}
	if whole {
		out["conditions"] = object{"ref_name": object{"include": set.Include, "exclude": []string{}}}
		out["rules"] = set.rules()
	}
	return out
}

func (r Ruleset) rules() []object {
	all := []object{}
	for _, kind := range r.Rules {
		all = append(all, object{"type": kind})
	}
	if len(r.Checks) > 0 {
		checks := []object{}
		for _, c := range r.Checks {
			checks = append(checks, object{"context": c})
		}
		all = append(all, object{"type": "required_status_checks", "parameters": object{"required_status_checks": checks, "strict_required_status_checks_policy": false}})
	}
	return all
}

// nowhere reports whether a write is about the commit of all zeros, which no repository has. Files may say anything.
func nowhere(r *http.Request) bool {
	if r.Header.Get("Content-Type") == "application/octet-stream" {
		return false
	}
	zeros := strings.Repeat("0", 40)
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && (strings.Contains(r.URL.Path, zeros) || bytes.Contains(body, []byte(fmt.Sprintf("%q", zeros))))
}
