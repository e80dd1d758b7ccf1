package forge

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// patient waits, within bounds, where a server asks for it: rate limits on any request (they were not
// carried out), other trouble only where repeating is safe.
type patient struct {
	next  http.RoundTripper
	sleep func(ctx context.Context, d time.Duration) error
	token string
}

// How often and how long is waited.
const (
	maxAttempts = 3
	maxWait     = 20 * time.Second
)

// RoundTrip adds the token and repeats.
func (p *patient) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	for attempt := 1; ; attempt++ {
		resp, err := p.next.RoundTrip(req)
		wait, again := p.again(req, resp, err, attempt)
		if !again {
			if resp != nil {
				resp.Body = &limitedBody{resp.Body, maxBody}
			}
			return resp, err
		}
		if resp != nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
			_ = resp.Body.Close()
		}
		if err := p.sleep(req.Context(), wait); err != nil {
			return nil, err
		}
		if req.GetBody != nil {
			if req.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// maxBody is the longest answer that is read, in bytes.
const maxBody = 32 << 20

// limitedBody ends an answer that has no end.
type limitedBody struct {
	io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the answer is longer than %d bytes", maxBody)
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func (p *patient) again(req *http.Request, resp *http.Response, err error, attempt int) (time.Duration, bool) {
	if attempt >= maxAttempts || p.sleep == nil || req.Context().Err() != nil || (req.Body != nil && req.GetBody == nil) {
		return 0, false
	}
	backoff := time.Duration(attempt) * time.Second
	safe := req.Method == http.MethodGet || req.Method == http.MethodPatch
	if err != nil {
		return backoff, safe
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusForbidden && limited(resp):
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
			backoff = time.Duration(s) * time.Second
		}
		return backoff, backoff <= maxWait
	case resp.StatusCode >= 500:
		return backoff, safe
	}
	return 0, false
}

// limited tells a rate limit from a missing right.
func limited(resp *http.Response) bool {
	return resp.Header.Get("Retry-After") != "" || resp.Header.Get("X-RateLimit-Remaining") == "0"
}
