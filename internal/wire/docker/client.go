// Package docker speaks to a Docker engine over its unix socket: the few calls that running a command in
// a container needs. An engine's answers are foreign: they are bounded, and texts among them are made
// harmless. It knows nothing of models and steps.
//
// Source: Docker Engine API, https://docs.docker.com/reference/api/engine/ (1.40 to 1.51).
package docker

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/inert"
)

// DefaultHost is where an engine listens when nobody says otherwise.
const DefaultHost = "unix:///var/run/docker.sock"

// Versions of the API that this package speaks: 1.<oldest> to 1.<newest>.
const (
	oldest = 40 // Docker 19.03
	newest = 51
)

// maxAnswer is the largest answer that is read, in bytes; maxMessage the longest text of an engine that
// is shown, in characters.
const (
	maxAnswer  = 4 << 20
	maxMessage = 500
)

// Options say how to reach an engine.
type Options struct {
	Host     string        // unix:///path of a socket; empty: DefaultHost
	Patience time.Duration // that one call may take, or a stream may be silent; zero: 30 s
}

// Client is a connection to one engine.
type Client struct {
	http     *http.Client
	version  string // /v1.NN
	patience time.Duration
}

// Unreachable: no engine answered.
type Unreachable struct {
	Host   string
	Reason error
}

func (u *Unreachable) Error() string {
	return fmt.Sprintf("asking the Docker engine at %s: %s", inert.Line(u.Host), harmless(u.Reason.Error()))
}

func (u *Unreachable) Unwrap() error { return u.Reason }

// Error is an answer that says no.
type Error struct {
	Doing   string
	Status  int
	Message string // harmless
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: the Docker engine says %d: %s", e.Doing, e.Status, e.Message)
}

// IsNotFound reports whether an engine said that it does not have the thing.
func IsNotFound(err error) bool { return hasStatus(err, http.StatusNotFound) }

// IsConflict reports whether an engine said that the thing is not in a state for that.
func IsConflict(err error) bool { return hasStatus(err, http.StatusConflict) }

func hasStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

// ErrHost: what should name an engine does not.
var ErrHost = errors.New("no unix socket (unix:///path)")

var errSilent = errors.New("it does not answer")

// Socket is the path of the socket that a host names. Only unix sockets are spoken to: a folder of this
// machine can be bound only where the engine sees it.
func Socket(host string) (string, error) {
	path, ok := strings.CutPrefix(cmp.Or(host, DefaultHost), "unix://")
	if !ok || !strings.HasPrefix(path, "/") {
		return "", fmt.Errorf("%q is %w", host, ErrHost)
	}
	return path, nil
}

// Open asks an engine which API it speaks. An Unreachable error wraps what the system said.
func Open(ctx context.Context, o Options) (*Client, error) {
	o.Host = cmp.Or(o.Host, DefaultHost)
	socket, err := Socket(o.Host)
	if err != nil {
		return nil, &Unreachable{o.Host, err}
	}
	c := &Client{patience: cmp.Or(o.Patience, 30*time.Second)}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: c.patience}).DialContext(ctx, "unix", socket)
	}
	c.http = &http.Client{
		Transport:     &http.Transport{DialContext: dial, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, MaxIdleConns: 4},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, done, err := c.send(ctx, request{method: "GET", path: "/_ping", doing: "greeting"})
	if err != nil {
		return nil, &Unreachable{o.Host, err}
	}
	defer done()
	if c.version, err = negotiate(resp.Header.Get("Api-Version")); err != nil {
		return nil, &Unreachable{o.Host, err}
	}
	return c, nil
}

func negotiate(theirs string) (string, error) {
	major, minor, _ := strings.Cut(theirs, ".")
	n, err := strconv.Atoi(minor)
	if major != "1" || err != nil || n < 0 {
		return "", fmt.Errorf("it says that its API is of version %q: no Docker engine that is known", inert.Clip(inert.Line(theirs), 40))
	}
	if n < oldest {
		return "", fmt.Errorf("its API 1.%d is too old: 1.%d or later is needed (Docker 19.03)", n, oldest)
	}
	return fmt.Sprintf("/v1.%d", min(n, newest)), nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// request is one call.
type request struct {
	method, path string
	query        url.Values
	body         any    // as JSON; nil: none
	doing        string // for errors: a gerund
	upgrade      bool   // ask for the connection itself
	endless      bool   // the answer may begin late
}

// send makes a call and returns an answer that says yes; done ends it. Until then an engine that says
// nothing for too long is given up, unless the call is endless: its body can come at any time.
func (c *Client) send(ctx context.Context, r request) (*http.Response, func(), error) {
	ctx, cancel := context.WithCancelCause(ctx)
	watch := time.AfterFunc(c.patience, func() { cancel(errSilent) })
	if r.endless {
		watch.Stop()
	}
	done := func() { watch.Stop(); cancel(nil) }
	resp, err := c.do(ctx, r)
	if err == nil && resp.StatusCode >= 300 {
		err = refusal(r, resp)
		_ = resp.Body.Close()
	}
	if err != nil {
		if errors.Is(context.Cause(ctx), errSilent) {
			err = fmt.Errorf("%s: %w for %s", r.doing, errSilent, c.patience)
		}
		done()
		return nil, nil, err
	}
	body := resp.Body
	resp.Body = patient{body, func(err error) error {
		if errors.Is(context.Cause(ctx), errSilent) {
			return fmt.Errorf("%w for %s", errSilent, c.patience)
		}
		return err
	}}
	return resp, func() { done(); _ = body.Close() }, nil
}

// patient is an answer that says why reading it was given up.
type patient struct {
	io.ReadCloser
	why func(error) error
}

func (p patient) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = p.why(err)
	}
	return n, err
}

func (c *Client) do(ctx context.Context, r request) (*http.Response, error) {
	var body io.Reader
	if r.body != nil {
		data, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.doing, err)
		}
		body = bytes.NewReader(data)
	}
	u := url.URL{Scheme: "http", Host: "docker", Path: c.version + r.path, RawQuery: r.query.Encode()}
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.doing, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.upgrade {
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "tcp")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the address is made up
		}
		return nil, fmt.Errorf("%s: %w", r.doing, err)
	}
	return resp, nil
}

func refusal(r request, resp *http.Response) error {
	data, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	var said struct{ Message string }
	if json.Unmarshal(data, &said) != nil || said.Message == "" {
		said.Message = string(data)
	}
	return &Error{Doing: r.doing, Status: resp.StatusCode, Message: harmless(said.Message)}
}

func harmless(s string) string { return inert.Clip(inert.Line(strings.TrimSpace(s)), maxMessage) }

// call makes a call and decodes its answer into out; nil: it is not read.
func (c *Client) call(ctx context.Context, r request, out any) error {
	resp, done, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	defer done()
	if out == nil {
		return nil
	}
	return decode(r.doing, resp.Body, out)
}

func decode(doing string, body io.Reader, out any) error {
	data, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s: reading the Docker engine's answer: %w", doing, err)
	case len(data) > maxAnswer:
		return fmt.Errorf("%s: the Docker engine's answer has more than %d bytes", doing, maxAnswer)
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s: reading the Docker engine's answer: %w", doing, err)
	}
	return nil
}
