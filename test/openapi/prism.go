package openapi

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/test/fakegithub"
)

// violation is one thing that an exchange says and GitHub does not.
type violation struct {
	At      int    // the exchange
	What    string // "POST /repos/…: 201"
	Where   string // "request.body", "response.body.user"
	Message string
}

func (v violation) String() string { return fmt.Sprintf("%s: %s: %s", v.What, v.Where, v.Message) }

// prism is a validating proxy before a server that gives recorded answers.
type prism struct {
	d      *description
	url    string
	cmd    *exec.Cmd
	answer *httptest.Server
	all    []fakegithub.Exchange
}

// number is the header that says which exchange a request replays.
const number = "X-Exchange"

// startPrism serves these exchanges. Close it.
func startPrism(ctx context.Context, node, dir string, d *description, all []fakegithub.Exchange) (*prism, error) {
	paths := []string{"/zen"} // Prism wants one
	for _, e := range all {
		path, _, _ := strings.Cut(e.Path, "?")
		if t, _ := d.template(path); t != "" {
			paths = append(paths, t)
		}
	}
	data, err := json.Marshal(d.trim(paths))
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "github.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return nil, err
	}
	p := &prism{d: d, all: all}
	p.answer = httptest.NewServer(http.HandlerFunc(p.give))
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	p.url = "http://127.0.0.1:" + port
	bin := filepath.Join(node, "node_modules/.bin/prism")
	p.cmd = exec.CommandContext(ctx, bin, "proxy", "-h", "127.0.0.1", "-p", port, file, p.answer.URL)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stderr = p.cmd.Stdout
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	return p, listening(out)
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// listening reads Prism's log until it serves, and goes on reading so that it never blocks.
func listening(log io.Reader) error {
	var said []string
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Prism is listening") {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return nil
		}
		said = append(said, lines.Text())
	}
	return errors.New("starting Prism: " + strings.Join(said, "\n"))
}

func (p *prism) Close() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	p.answer.Close()
}

// give is the recorded answer.
func (p *prism) give(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.Header.Get(number))
	if err != nil || n < 0 || n >= len(p.all) {
		http.Error(w, "which exchange?", http.StatusTeapot)
		return
	}
	e := p.all[n]
	for k, v := range e.Header {
		w.Header().Set(k, v)
	}
	if e.Type != "" {
		w.Header().Set("Content-Type", e.Type)
	}
	w.WriteHeader(e.Status)
	_, _ = io.WriteString(w, p.decorated(e))
}

func (p *prism) decorated(e fakegithub.Exchange) string {
	path, _, _ := strings.Cut(e.Path, "?")
	t, _ := p.d.template(path)
	schema, _ := p.d.schema(t, e.Method, e.Status)
	var v any
	if schema == nil || json.Unmarshal([]byte(e.Answer), &v) != nil {
		return e.Answer
	}
	p.d.decorate("", v, schema)
	data, err := json.Marshal(v)
	if err != nil { // it was JSON
		return e.Answer
	}
	return string(data)
}

// play sends an exchange through Prism.
func (p *prism) play(ctx context.Context, n int) ([]violation, error) {
	e := p.all[n]
	path, query, _ := strings.Cut(e.Path, "?")
	template, tail := p.d.template(path)
	what := fmt.Sprintf("%s %s: %d", e.Method, path, e.Status)
	if template == "" {
		return []violation{{n, what, "request", "GitHub has no such path"}}, nil
	}
	url := p.url + whole(path, tail)
	if query != "" {
		url += "?" + query
	}
	req, err := http.NewRequestWithContext(ctx, e.Method, url, strings.NewReader(e.Asked))
	if err != nil {
		return nil, err
	}
	req.Header.Set(number, strconv.Itoa(n))
	req.Header.Set("Accept", e.Accept)
	if e.Asked != "" {
		req.Header.Set("Content-Type", cmp.Or(e.Kind, "application/json"))
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return p.read(n, what, template, resp)
}

// read takes the violations from the header in which Prism tells them.
func (p *prism) read(n int, what, template string, resp *http.Response) ([]violation, error) {
	if resp.StatusCode == http.StatusTeapot {
		return nil, errors.New("replaying: Prism lost the number of the exchange")
	}
	text := resp.Header.Get("sl-violations")
	if text == "" {
		return nil, nil
	}
	var told []struct {
		Location []string
		Message  string
	}
	if !strings.HasPrefix(text, "[") { // too many for a header
		return []violation{{n, what, "response", text}}, nil
	}
	if err := json.Unmarshal([]byte(text), &told); err != nil {
		return nil, fmt.Errorf("reading Prism's violations: %w", err)
	}
	e := p.all[n]
	_, described := p.d.schema(template, e.Method, e.Status)
	var out []violation
	for _, v := range told {
		where := strings.Join(v.Location, ".")
		if !strings.HasPrefix(where, "request") && !described && anywhere(e.Status) {
			continue
		}
		out = append(out, violation{n, what, where, v.Message})
	}
	return out, nil
}

// anywhere are statuses that every operation of GitHub may answer, described or not.
func anywhere(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests, http.StatusUnprocessableEntity:
		return true
	}
	return status >= http.StatusInternalServerError
}
