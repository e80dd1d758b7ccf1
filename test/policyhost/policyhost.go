// Package policyhost is a host that policies are fetched from, for tests: git and files by TLS, with a
// certificate authority of its own, and with the faults that servers have. It is no part of the program.
package policyhost

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Host is a real git server and a file server by TLS, with a certificate authority of its own. It
// remembers what it was asked, and with which credentials.
type Host struct {
	*httptest.Server
	Root string // repositories, and files to hand out

	mu       sync.Mutex
	requests []string
	secrets  []string
}

// Start serves what lies in the folder root, and writes the certificate of its authority to caFile.
func Start(root, caFile string) (*Host, error) {
	h := &Host{Root: root}
	h.Server = httptest.NewUnstartedServer(h)
	h.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that refuse us are what is tested
	h.StartTLS()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Certificate().Raw})
	if err := os.WriteFile(caFile, ca, 0o600); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// ServeHTTP takes the first part of the path as what to be: git, old (git of the first protocol), file,
// html, slow, to (/to/CODE/SCHEME/HOST/PATH: a redirect), code (/code/STATUS/…).
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.requests = append(h.requests, r.Method+" "+r.URL.Path)
	_ = os.WriteFile(filepath.Join(h.Root, "asked"), []byte(strings.Join(h.requests, "\n")), 0o600) // for scripts
	for _, name := range []string{"Authorization", "Cookie", "X-Token"} {
		for _, v := range r.Header.Values(name) {
			h.secrets = append(h.secrets, name+": "+v)
		}
	}
	h.mu.Unlock()
	kind, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch kind {
	case "git":
		h.git(w, r, rest)
	case "old": // a server that speaks the first protocol only
		r.Header.Del("Git-Protocol")
		h.git(w, r, rest)
	case "file":
		http.ServeFile(w, r, filepath.Join(h.Root, rest))
	case "html":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<html>Log in</html>")
	case "slow":
		w.Header().Set("Content-Length", "1000000")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	case "to": // /to/CODE/SCHEME/HOST/PATH redirects
		part := strings.SplitN(rest, "/", 4)
		to := part[1] + "://" + part[2] + "/" + part[3]
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		w.Header().Set("Location", to)
		w.WriteHeader(number(part[0]))
	case "code":
		code, _, _ := strings.Cut(rest, "/")
		if code == "401" {
			w.Header().Set("WWW-Authenticate", `Basic realm="policies"`)
		}
		w.WriteHeader(number(code))
	default:
		http.NotFound(w, r)
	}
}

func number(s string) (n int) {
	_, _ = fmt.Sscan(s, &n)
	return n
}

func (h *Host) git(w http.ResponseWriter, r *http.Request, rest string) {
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	r.URL.Path = "/" + rest
	(&cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + h.Root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1"},

		Stderr: io.Discard,
	}).ServeHTTP(w, r)
}

// Asked are the requests so far, as "METHOD path".
func (h *Host) Asked() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.requests)
}

// Told are the credentials that came with them.
func (h *Host) Told() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.secrets)
}
