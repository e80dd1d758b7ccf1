package forge

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Answer is an answer of GitHub's that is not the one that was wanted. It is one of ErrForbidden,
// ErrNotFound, ErrConflict, ErrUnsure, or none of them.
type Answer struct {
	Status  int
	Message string // made harmless
	text    string
	kind    error
}

func (a *Answer) Error() string { return a.text }

func (a *Answer) Unwrap() error { return a.kind }

// explain maps what go-github returned to our errors. The response may be nil.
func explain(resp *github.Response, err error) error {
	var lost lostError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &lost):
		return fmt.Errorf("speaking to GitHub: %s: %w", inert.Line(inert.Clip(err.Error(), 300)), mlgate.ErrUnsure)
	case resp == nil || resp.Response == nil:
		return fmt.Errorf("speaking to GitHub: %s", inert.Line(inert.Clip(err.Error(), 300)))
	}
	a := &Answer{Status: resp.StatusCode, Message: message(resp, err)}
	a.text = fmt.Sprintf("GitHub answered %d %s (%s)", resp.StatusCode, a.Message, origin(resp))
	var advice string
	if advice, a.kind = kind(resp, err); advice != "" {
		a.text += ": " + advice
	}
	if a.kind != nil {
		a.text += ": " + a.kind.Error()
	}
	return a
}

// kind is what an answer means to us, and what to do.
func kind(resp *github.Response, err error) (advice string, is error) {
	write := resp.Request != nil && !safe(resp.Request)
	var primary *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	switch {
	case errors.As(err, &primary), errors.As(err, &secondary), resp.StatusCode == http.StatusTooManyRequests:
		return tooLong(resp), nil
	case resp.StatusCode == http.StatusUnauthorized:
		return "the token is wrong or has expired", mlgate.ErrForbidden
	case resp.StatusCode == http.StatusForbidden && resp.Body != nil && limited(resp.Response):
		return tooLong(resp), nil
	case resp.StatusCode == http.StatusForbidden:
		return permission(resp), mlgate.ErrForbidden
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone:
		return "", mlgate.ErrNotFound
	case resp.StatusCode == http.StatusConflict:
		return "", mlgate.ErrConflict
	case write && (resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode < http.StatusMultipleChoices):
		return "", mlgate.ErrUnsure // a good status whose body could not be read counts too
	}
	return "", nil
}

// tooLong is said of a limit that was not waited for.
func tooLong(resp *github.Response) string {
	asked := "later"
	if resp.Header.Get("Date") != "" {
		long, _ := limit(resp.Response, 1)
		asked = "in " + long.String()
	}
	return fmt.Sprintf("a rate limit, and longer than mlgate still waits (%s in a run): run the job again %s", maxWaits, asked)
}

func message(resp *github.Response, err error) string {
	said := http.StatusText(resp.StatusCode)
	var answer *github.ErrorResponse
	var primary *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	switch {
	case errors.As(err, &answer) && answer.Message != "":
		said = answer.Message
		for _, e := range answer.Errors { // a 422 says there what is wrong
			if e.Message != "" {
				said += "; " + e.Message
			}
		}
	case errors.As(err, &primary):
		said = primary.Message
	case errors.As(err, &secondary):
		said = secondary.Message
	case resp.StatusCode < http.StatusMultipleChoices:
		said += ", and it cannot be read: " + err.Error()
	}
	if kind := resp.Header.Get("Content-Type"); resp.Header != nil && kind != "" && !strings.Contains(kind, "json") {
		said += " (the answer is " + kind + ", not JSON: is a proxy in between?)"
	}
	return inert.Line(inert.Clip(said, 300))
}

// origin names the request: a person can look it up, and GitHub's support can.
func origin(resp *github.Response) string {
	var parts []string
	if resp.Request != nil {
		parts = append(parts, asked(resp.Request))
	}
	if id := resp.Header.Get("X-GitHub-Request-Id"); id != "" {
		parts = append(parts, "request "+id)
	}
	return inert.Line(inert.Clip(strings.Join(parts, ", "), 200))
}

func asked(req *http.Request) string {
	if req.URL == nil {
		return req.Method
	}
	return req.Method + " " + inert.Line(inert.Clip(req.URL.Path, 120))
}
