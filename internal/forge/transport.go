package forge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/mlgate/mlgate/internal/inert"
)

// transport is how every request goes out. It adds the token for GitHub's own hosts alone; waits,
// within bounds, where the server asks for it; repeats what is safe to repeat; answers a read that
// did not change from memory; gives up on a server that says nothing.
//
// Safe to repeat are reads, writes whose caller says so (repeatable), and requests that were refused
// before they were carried out: by a rate limit, or because no connection was made. All else whose
// answer was lost is a lostError: mlgate.Once looks first.
type transport struct {
	next   http.RoundTripper
	token  string
	hosts  map[string]bool // scheme://host
	sleep  func(ctx context.Context, d time.Duration) error
	notes  io.Writer
	memory memory

	mu   sync.Mutex
	left time.Duration // of maxWaits
}

// How often is asked, and how long is waited: for one answer's beginning or its next bytes, and for
// all limits and repeats of a run together.
const (
	maxTries  = 4
	maxSilent = 30 * time.Second
	maxWaits  = 3 * time.Minute
)

func newTransport(o GitHubOptions, at addresses) *transport {
	t := &transport{next: http.DefaultTransport, token: o.Token, hosts: map[string]bool{}, sleep: o.Sleep, notes: o.Notes, left: maxWaits}
	if o.HTTP != nil && o.HTTP.Transport != nil {
		t.next = o.HTTP.Transport
	}
	for _, u := range []*url.URL{at.api, at.graph, at.upload} {
		t.hosts[u.Scheme+"://"+u.Host] = true
	}
	if t.sleep == nil {
		t.sleep = sleep
	}
	if t.notes == nil {
		t.notes = io.Discard
	}
	return t
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

type repeatKey struct{}

// repeatable marks requests that may be repeated: carried out twice they leave what once leaves.
func repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatKey{}, true)
}

func safe(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodHead || req.Context().Value(repeatKey{}) != nil
}

// lostError is a write that was sent and not answered.
type lostError struct{ error }

func (e lostError) Unwrap() error { return e.error }

// RoundTrip sends a request, and again.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if t.token != "" && t.hosts[req.URL.Scheme+"://"+req.URL.Host] {
		req.Header.Set("Authorization", "Bearer "+t.token)
	}
	t.memory.ask(req)
	for try := 1; ; try++ {
		resp, err := t.send(req)
		w := judge(req, resp, err, try)
		if w.why == "" {
			return t.memory.answer(req, resp), err
		}
		waited := t.pause(req, w, try)
		if !waited || !w.again || try >= maxTries {
			if err != nil && !safe(req) && !unsent(err) {
				err = lostError{err}
			}
			return resp, err
		}
		if resp != nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
			_ = resp.Body.Close()
		}
		if req.Body, err = again(req); err != nil {
			return nil, err
		}
	}
}

func again(req *http.Request) (io.ReadCloser, error) {
	if req.GetBody == nil {
		return req.Body, nil
	}
	return req.GetBody()
}

// send sends once, and ends a server's silence.
func (t *transport) send(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	timer := time.AfterFunc(maxSilent, func() { cancel(fmt.Errorf("GitHub said nothing for %s", maxSilent)) })
	resp, err := t.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		timer.Stop()
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		cancel(nil)
		return nil, err
	}
	resp.Body = &limitedBody{ReadCloser: resp.Body, left: bodyLimit(req.Context()), timer: timer, cancel: cancel}
	return resp, nil
}

// wait is what an answer asks of us. Without a why it is final.
type wait struct {
	why   string
	long  time.Duration
	again bool // else: the server gets time to finish what it may have begun
}

func judge(req *http.Request, resp *http.Response, err error, try int) wait {
	w := wait{long: time.Second << (try - 1), again: safe(req) && (req.Body == nil || req.GetBody != nil)}
	switch {
	case req.Context().Err() != nil:
		w.why = ""
	case err != nil && hopeless(err):
		w.why = ""
	case err != nil:
		w.why = "the connection failed: " + inert.Line(inert.Clip(err.Error(), 200))
		w.again = w.again || unsent(err) && (req.Body == nil || req.GetBody != nil)
	case limited(resp):
		w.long, w.why = limit(resp, try)
		w.again = req.Body == nil || req.GetBody != nil
	case resp.StatusCode >= http.StatusInternalServerError:
		w.why = fmt.Sprintf("GitHub answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	return w
}

// pause waits, and says so; false when that would take longer than is waited in all.
func (t *transport) pause(req *http.Request, w wait, try int) bool {
	t.mu.Lock()
	enough := w.long <= t.left
	if enough {
		t.left -= w.long
	}
	t.mu.Unlock()
	if until, ok := req.Context().Deadline(); !enough || ok && time.Until(until) < w.long {
		return false
	}
	then := fmt.Sprintf("once more (%d of %d)", try, maxTries-1)
	switch {
	case w.again && try >= maxTries, !w.again && safe(req):
		return false
	case !w.again:
		then = "looking whether it took effect"
	}
	fmt.Fprintf(t.notes, "waiting %s, then %s: %s (%s)\n", w.long, then, w.why, asked(req))
	return t.sleep(req.Context(), w.long) == nil
}

// unsent reports whether an error came before anything was sent.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}
