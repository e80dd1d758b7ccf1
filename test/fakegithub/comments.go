package fakegithub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

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
	Minimized bool   `json:"-"`
	number    int
}

// User is who wrote.
type User struct {
	Login string `json:"login"`
	ID    int64  `json:"id"`
	Type  string `json:"type"`
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

// bot is who GITHUB_TOKEN writes as.
const bot = "github-actions[bot]"

func commentRoutes(s *Server) {
	s.route("POST", "issues/{number}/comments", "pull_requests", func(w http.ResponseWriter, r *http.Request) {
		s.write(w, r, func(body string) (Comment, int) { return s.add(number(r, "number"), bot, body), http.StatusCreated })
	})
	s.route("GET", "issues/{number}/{what}", "pull_requests", func(w http.ResponseWriter, r *http.Request) { // of a thread, or comments/ID
		if r.PathValue("what") == "comments" {
			s.paged(w, r, s.of(number(r, "number")))
			return
		}
		for _, c := range s.comments {
			if r.PathValue("number") == "comments" && c.ID == int64(number(r, "what")) {
				answer(w, http.StatusOK, c)
				return
			}
		}
		refuse(w, http.StatusNotFound, "Not Found")
	})
	s.route("DELETE", "issues/comments/{id}", "pull_requests", func(w http.ResponseWriter, r *http.Request) {
		before := len(s.comments)
		s.comments = slices.DeleteFunc(s.comments, func(c Comment) bool { return c.ID == int64(number(r, "id")) })
		if len(s.comments) == before {
			refuse(w, http.StatusNotFound, "Not Found")
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	s.route("PATCH", "issues/comments/{id}", "pull_requests", func(w http.ResponseWriter, r *http.Request) {
		s.write(w, r, func(body string) (Comment, int) { return s.edit(int64(number(r, "id")), body) })
	})
}

func (s *Server) of(number int) []Comment {
	out := []Comment{}
	for _, c := range s.comments {
		if c.number == number {
			out = append(out, c)
		}
	}
	return out
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
	s.lastComment++
	id := s.lastComment
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
