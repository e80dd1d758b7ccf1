package forge

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// memory keeps what was read in this run, by its ETag: a list that did not change is answered with
// 304, which costs nothing of the hour's requests.
type memory struct {
	mu   sync.Mutex
	size int
	seen map[string]remembered
}

type remembered struct {
	header http.Header
	body   []byte
}

// How much is kept: of one answer, of all, in bytes.
const (
	maxRemembered = 1 << 20
	maxMemory     = 16 << 20
)

func place(req *http.Request) string { return req.Header.Get("Accept") + " " + req.URL.String() }

// ask adds the ETag of what is known.
func (m *memory) ask(req *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, ok := m.seen[place(req)]; ok && req.Method == http.MethodGet {
		req.Header.Set("If-None-Match", known.header.Get("ETag"))
	}
}

// answer keeps an answer, or gives the one that is kept. The answer may be nil.
func (m *memory) answer(req *http.Request, resp *http.Response) *http.Response {
	if resp == nil || req.Method != http.MethodGet {
		return resp
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case resp.StatusCode == http.StatusNotModified:
		if known, ok := m.seen[place(req)]; ok {
			_ = resp.Body.Close()
			resp.StatusCode, resp.Status = http.StatusOK, "200 OK"
			resp.Header = known.header.Clone()
			resp.Body = io.NopCloser(bytes.NewReader(known.body))
			resp.ContentLength = int64(len(known.body))
		}
	case resp.StatusCode == http.StatusOK && resp.Header.Get("ETag") != "":
		m.keep(req, resp)
	}
	return resp
}

func (m *memory) keep(req *http.Request, resp *http.Response) {
	head, err := io.ReadAll(io.LimitReader(resp.Body, maxRemembered+1))
	rest := resp.Body
	if err == nil && len(head) <= maxRemembered && m.size+len(head) <= maxMemory {
		if m.seen == nil {
			m.seen = map[string]remembered{}
		}
		m.size += len(head) - len(m.seen[place(req)].body)
		m.seen[place(req)] = remembered{resp.Header.Clone(), head}
	}
	var after io.Reader = rest
	if err != nil { // the reader of the answer meets it where we did
		after = broken{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), after), rest}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
