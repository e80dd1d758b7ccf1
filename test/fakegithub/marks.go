package fakegithub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Status is one commit status, less the fields that nobody here reads.
type Status struct {
	ID          int64   `json:"id"`
	NodeID      string  `json:"node_id"`
	URL         string  `json:"url"`
	AvatarURL   *string `json:"avatar_url"`
	State       string  `json:"state"`
	Description string  `json:"description"`
	TargetURL   string  `json:"target_url"`
	Context     string  `json:"context"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
	Creator     User    `json:"creator"`
	sha         string
}

// CheckRun is one check run, as far as somebody here reads it.
type CheckRun struct {
	ID          int64          `json:"id"`
	NodeID      string         `json:"node_id"`
	Name        string         `json:"name"`
	HeadSHA     string         `json:"head_sha"`
	ExternalID  string         `json:"external_id"`
	URL         string         `json:"url"`
	HTMLURL     *string        `json:"html_url"`
	DetailsURL  string         `json:"details_url"`
	Status      string         `json:"status"`
	Conclusion  *string        `json:"conclusion"`
	StartedAt   *string        `json:"started_at"`
	CompletedAt *string        `json:"completed_at"`
	Output      CheckOutput    `json:"output"`
	CheckSuite  map[string]any `json:"check_suite"`
	App         *CheckApp      `json:"app"`
	Pulls       []any          `json:"pull_requests"`
	Annotations []Annotation   `json:"-"`
	Changes     []string       `json:"-"` // titles, as they came
}

// CheckOutput is what a check run says.
type CheckOutput struct {
	Title            string `json:"title"`
	Summary          string `json:"summary"`
	Text             string `json:"text"`
	AnnotationsCount int    `json:"annotations_count"`
	AnnotationsURL   string `json:"annotations_url"`
}

// CheckApp is who made it.
type CheckApp struct {
	ID   int64  `json:"id"`
	Slug string `json:"slug"`
}

// Annotation is a mark beside the code.
type Annotation struct {
	Path      string `json:"path"`
	StartLine int    `json:"start_line"`
	EndLine   int    `json:"end_line"`
	Level     string `json:"annotation_level"`
	Message   string `json:"message"`
	Title     string `json:"title"`
}

// marks are all of the repository, oldest first.
type marks struct {
	statuses []Status
	checks   []CheckRun
}

// checkInput is what creating and changing take.
type checkInput struct {
	Name       string `json:"name"`
	HeadSHA    string `json:"head_sha"`
	ExternalID string `json:"external_id"`
	DetailsURL string `json:"details_url"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	Output     *struct {
		Title       string       `json:"title"`
		Summary     *string      `json:"summary"`
		Text        string       `json:"text"`
		Annotations []Annotation `json:"annotations"`
	} `json:"output"`
}

func markRoutes(s *Server) {
	s.route("POST", "statuses/{sha}", "statuses", s.setStatus)
	s.route("POST", "check-runs", "checks", s.openCheck)
	s.route("PATCH", "check-runs/{id}", "checks", func(w http.ResponseWriter, r *http.Request) {
		if c := s.checkRun(int64(number(r, "id"))); c != nil {
			s.change(w, r, c, http.StatusOK)
			return
		}
		refuse(w, http.StatusNotFound, "Not Found")
	})
	s.route("GET", "check-runs/{id}", "checks", func(w http.ResponseWriter, r *http.Request) {
		if c := s.checkRun(int64(number(r, "id"))); c != nil {
			answer(w, http.StatusOK, c)
			return
		}
		refuse(w, http.StatusNotFound, "Not Found")
	})
	s.route("GET", "commits/{sha}/check-runs", "checks", s.checksOf)
}

func (s *Server) setStatus(w http.ResponseWriter, r *http.Request) {
	var in Status
	known := []string{"error", "failure", "pending", "success"}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || !slices.Contains(known, in.State) || len([]rune(in.Description)) > 140 {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return
	}
	answer(w, http.StatusCreated, s.addStatus(r.PathValue("sha"), in.Context, in.State, in.Description, in.TargetURL, bot))
}

func (s *Server) addStatus(sha, context, state, description, target, login string) Status {
	id := int64(len(s.marks.statuses) + 1)
	st := Status{
		ID: id, NodeID: fmt.Sprintf("SC_%d", id), URL: fmt.Sprintf("%s/repos/%s/statuses/%s", s.URL, s.o.Repo, sha), State: state, Description: description,
		TargetURL: target, Context: context, CreatedAt: now(), UpdatedAt: now(), Creator: userOf(login), sha: sha,
	}
	s.marks.statuses = append(s.marks.statuses, st)
	return st
}

func now() string { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339) }

func userOf(login string) User {
	u := User{Login: login, ID: 41898282, Type: "User"}
	if strings.HasSuffix(login, "[bot]") {
		u.Type = "Bot"
	}
	return u
}

func (s *Server) openCheck(w http.ResponseWriter, r *http.Request) {
	s.marks.checks = append(s.marks.checks, s.newCheck(strings.TrimSuffix(bot, "[bot]")))
	c := &s.marks.checks[len(s.marks.checks)-1]
	if !s.change(w, r, c, http.StatusCreated) {
		s.marks.checks = s.marks.checks[:len(s.marks.checks)-1]
	}
}

func (s *Server) newCheck(app string) CheckRun {
	id := int64(len(s.marks.checks) + 1)
	at := now()
	return CheckRun{
		ID: id, NodeID: fmt.Sprintf("CR_%d", id), URL: fmt.Sprintf("%s/repos/%s/check-runs/%d", s.URL, s.o.Repo, id), Status: "queued", StartedAt: &at,
		App: &CheckApp{15368, app}, CheckSuite: map[string]any{"id": 1}, Pulls: []any{},
	}
}

var conclusions = []string{"action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out"}

// change takes what GitHub takes, and refuses what it refuses.
func (s *Server) change(w http.ResponseWriter, r *http.Request, c *CheckRun, status int) bool {
	var in checkInput
	err := json.NewDecoder(r.Body).Decode(&in)
	out := in.Output
	switch {
	case err != nil, status == http.StatusCreated && (in.Name == "" || in.HeadSHA == ""), in.Conclusion != "" && !slices.Contains(conclusions, in.Conclusion),
		in.Status == "completed" && in.Conclusion == "", out != nil && (out.Summary == nil || out.Title == "" || len(*out.Summary) > 65535 || len(out.Text) > 65535 || len(out.Annotations) > 50):
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return false
	}
	for to, value := range map[*string]string{&c.Name: in.Name, &c.HeadSHA: in.HeadSHA, &c.ExternalID: in.ExternalID, &c.DetailsURL: in.DetailsURL, &c.Status: in.Status} {
		if value != "" {
			*to = value
		}
	}
	if in.Conclusion != "" {
		at := now()
		c.Conclusion, c.Status, c.CompletedAt = &in.Conclusion, "completed", &at
	}
	if out != nil {
		c.Annotations = append(c.Annotations, out.Annotations...)
		c.Output = CheckOutput{Title: out.Title, Summary: *out.Summary, Text: out.Text, AnnotationsCount: len(c.Annotations), AnnotationsURL: c.URL + "/annotations"}
		c.Changes = append(c.Changes, out.Title)
	}
	answer(w, status, c)
	return true
}

func (s *Server) checkRun(id int64) *CheckRun {
	for i := range s.marks.checks {
		if s.marks.checks[i].ID == id {
			return &s.marks.checks[i]
		}
	}
	return nil
}

func (s *Server) checksOf(w http.ResponseWriter, r *http.Request) {
	all := []CheckRun{}
	for _, c := range s.marks.checks {
		if name := r.URL.Query().Get("check_name"); c.HeadSHA == r.PathValue("sha") && (name == "" || name == c.Name) {
			all = append(all, c)
		}
	}
	from, to := s.window(w, r, len(all))
	answer(w, http.StatusOK, map[string]any{"total_count": len(all), "check_runs": all[from:to]})
}

// Statuses are all of a commit, oldest first.
func (s *Server) Statuses(sha string) []Status {
	return chosen(s, &s.marks.statuses, func(st Status) bool { return st.sha == sha })
}

// Checks are all of a commit, oldest first.
func (s *Server) Checks(sha string) []CheckRun {
	return chosen(s, &s.marks.checks, func(c CheckRun) bool { return c.HeadSHA == sha })
}

// chosen are those of a list of the server's that a function wants.
func chosen[T any](s *Server, list *[]T, want func(T) bool) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []T
	for _, one := range *list {
		if want(one) {
			out = append(out, one)
		}
	}
	return out
}

// AddStatus sets a status as somebody.
func (s *Server) AddStatus(sha, context, state, login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addStatus(sha, context, state, "", "", login)
}

// AddCheck makes a check run of an App that says a conclusion.
func (s *Server) AddCheck(sha, name, conclusion, app string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.newCheck(app)
	c.HeadSHA, c.Name, c.Status, c.Conclusion = sha, name, "completed", &conclusion
	s.marks.checks = append(s.marks.checks, c)
}

// markLines are all marks for people to read, the statuses first: what each said, one after the other.
func (s *Server) markLines() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, st := range s.marks.statuses {
		fmt.Fprintf(&b, "status %.7s %s %s: %s (%s)\n", st.sha, st.Context, st.State, st.Description, st.Creator.Login)
	}
	for _, c := range s.marks.checks {
		conclusion := "none"
		if c.Conclusion != nil {
			conclusion = *c.Conclusion
		}
		fmt.Fprintf(&b, "check %d %.7s %s [%s] %s %s: %s; %d annotations, %d characters (%s)\n", c.ID, c.HeadSHA, c.Name, c.ExternalID, c.Status, conclusion,
			strings.Join(c.Changes, " > "), len(c.Annotations), len(c.Output.Text), c.App.Slug)
	}
	return b.String()
}
