package fetch_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/fetch"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// archive packs entries; a name that ends with a slash is a folder.
func archive(t *testing.T, entries ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, h := range entries {
		content := h.Uname // a place to carry it
		if h.Uname = ""; h.Typeflag != tar.TypeXGlobalHeader {
			h.Mode = 0o644
		}
		if h.Size == 0 {
			h.Size = int64(len(content))
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if content == "" {
			content = strings.Repeat("\x00", int(h.Size))
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func file(name, content string) tar.Header { return tar.Header{Name: name, Uname: content} }

// put stores a file on the server and says how it is referred to.
func (s *server) put(t *testing.T, name string, data []byte, sub string) mlgate.RemotePolicy {
	t.Helper()
	write(t, filepath.Join(s.Root, name), data)
	sum := sha256.Sum256(data)
	return mlgate.RemotePolicy{Address: s.URL + "/file/" + name, Sub: sub, Pin: hex.EncodeToString(sum[:])}
}

func TestHTTPS(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tgz := archive(t,
		tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": strings.Repeat("4", 40)}},
		tar.Header{Name: "p-1.0/", Typeflag: tar.TypeDir}, file("p-1.0/README.md", "x"), file("p-1.0/rego/a.rego", rego), file("./p-1.0/rego/limits/x.json", "{}"),
		file("p-1.0/other/b.rego", rego), tar.Header{Name: "p-1.0/link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
	)
	moved := s.put(t, "q.tgz", tgz, "p-1.0/rego")
	host := strings.TrimPrefix(s.URL, "https://")
	moved.Address = s.URL + "/to/302/https/" + host + "/file/q.tgz" // a redirect that stays on its host
	for _, k := range []struct {
		ref  mlgate.RemotePolicy
		want []string
	}{
		{s.put(t, "p.tar.gz", tgz, "p-1.0/rego"), []string{"a.rego", "limits/x.json"}},
		{s.put(t, "one.rego", []byte(rego), ""), []string{"one.rego"}},
		{moved, []string{"a.rego", "limits/x.json"}},
	} {
		got, err := s.fetcher(t, small()).Load(context.Background(), k.ref)
		if err != nil {
			t.Errorf("%s: %v", k.ref, err)
		} else if d := cmp.Diff(k.want, paths(got)); d != "" || string(got[0].Data) != rego {
			t.Errorf("%s: %s", k.ref, d)
		}
	}
}

func TestHTTPSRefuses(t *testing.T) {
	t.Parallel()
	s, other := serve(t), serve(t)
	host := strings.TrimPrefix(s.URL, "https://")
	at := func(path string) mlgate.RemotePolicy {
		return mlgate.RemotePolicy{Address: s.URL + path, Pin: strings.Repeat("4", 64)}
	}
	good := file("a.rego", rego)
	var crowd []tar.Header
	for i := range 60 {
		crowd = append(crowd, file(strings.Repeat("a", i+1)+".txt", "x"))
	}
	cut := archive(t, good, file("b.rego", noise(30000)))
	wrong := s.put(t, "wrong.tar.gz", archive(t, good), "")
	wrong.Pin = strings.Repeat("4", 64)
	for want, ref := range map[string]mlgate.RemotePolicy{
		"not the one it is pinned to":          wrong,
		"does it want people to log in":        at("/html/p.tar.gz"),
		"answers 401":                          at("/code/401/p.tar.gz"),
		"answers 404":                          at("/code/404/p.tar.gz"),
		"answers 500":                          at("/code/500/p.tar.gz"),
		"redirects to http://" + host:          at("/to/302/http/" + host + "/p.tar.gz"),
		"redirects to " + other.URL:            at("/to/307/https/" + strings.TrimPrefix(other.URL, "https://") + "/p.tar.gz"),
		`"../b.rego", which leads elsewhere`:   s.put(t, "up.tar.gz", archive(t, good, file("../b.rego", rego)), ""),
		`"p/../../b.rego", which leads`:        s.put(t, "up2.tar.gz", archive(t, good, file("p/../../b.rego", rego)), "p"),
		`"/etc/b.rego", which leads`:           s.put(t, "abs.tar.gz", archive(t, good, file("/etc/b.rego", rego)), ""),
		`\\b.rego", which leads`:               s.put(t, "back.tar.gz", archive(t, good, file(`..\b.rego`, rego)), ""),
		"s.rego is a link or a device":         s.put(t, "link.tar.gz", archive(t, good, tar.Header{Name: "s.rego", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}), ""),
		"h.rego is a link or a device":         s.put(t, "hard.tar.gz", archive(t, good, tar.Header{Name: "h.rego", Typeflag: tar.TypeLink, Linkname: "a.rego"}), ""),
		"fifo is a link or a device":           s.put(t, "fifo.tar.gz", archive(t, good, tar.Header{Name: "fifo", Typeflag: tar.TypeFifo}), ""),
		"file exists":                          s.put(t, "twice.tar.gz", archive(t, good, good), ""),
		"has 100000 bytes; at most 65536":      s.put(t, "big.tar.gz", archive(t, tar.Header{Name: "b.json", Size: 100000}), ""),
		"more than 8388608 bytes":              s.put(t, "bomb.tar.gz", archive(t, good, tar.Header{Name: "zeros.bin", Size: 64 << 20}), ""),
		"more than 131072 bytes":               s.put(t, "total.tar.gz", archive(t, file("a.rego", noise(60000)), file("b.rego", noise(60000)), file("c.rego", noise(60000))), ""),
		"more than 50 files":                   s.put(t, "crowd.tar.gz", archive(t, crowd...), ""),
		"the file has more than 2097152 bytes": s.put(t, "heavy.tar.gz", []byte(noise(3<<20)), ""),
		"it is no gzip file":                   s.put(t, "no.tar.gz", []byte("PK\x03\x04"), ""),
		"unexpected EOF":                       s.put(t, "cut.tar.gz", cut[:len(cut)-5000], ""),
		`subdir "nowhere" not found`:           s.put(t, "sub.tar.gz", archive(t, good), "nowhere"),
	} {
		got, err := s.fetcher(t, small()).Load(context.Background(), ref)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v; want %q", ref, paths(got), err, want)
		}
		var mistake *mlgate.Mistake
		if errors.As(err, &mistake) {
			t.Errorf("%s: %v is told as the user's mistake", ref, err)
		}
	}
	if asked := other.Asked(); len(asked) > 0 {
		t.Errorf("another host was asked: %q", asked)
	}
}

// A server that dribbles is left when the time is over; a call that is cancelled ends at once; neither
// is remembered as an answer.
func TestHTTPSSlow(t *testing.T) {
	t.Parallel()
	s := serve(t)
	l := small()
	l.Time = 300 * time.Millisecond
	f := s.fetcher(t, l)
	ref := mlgate.RemotePolicy{Address: s.URL + "/slow/p.tar.gz", Pin: strings.Repeat("4", 64)}
	began := time.Now()
	if _, err := f.Load(context.Background(), ref); err == nil || !strings.Contains(err.Error(), "did not end within 300ms") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("interrupted"))
	if _, err := f.Load(ctx, ref); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %v", err)
	}
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("it took %s", d)
	}
}

// A company's own authority and proxy: without the first nothing is trusted, and the second carries
// both kinds. The host's name exists behind the proxy only.
func TestAuthorityAndProxy(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var tunnels atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || !strings.HasPrefix(r.Host, "example.com:") {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		tunnels.Add(1)
		tunnel(w, s.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	for i, name := range []string{"SSL_CERT_FILE", "GIT_SSL_CAINFO"} {
		git := mlgate.RemotePolicy{Git: true, Address: "https://example.com/git/p.git", Pin: s.repo(t, "p").commit(map[string]entry{"a.rego": regular(rego)})}
		file := s.put(t, "a.rego", []byte(rego), "")
		file.Address = "https://example.com/file/a.rego"
		for j, ref := range []mlgate.RemotePolicy{git, file} {
			f := s.fetcher(t, small(), "SSL_CERT_FILE=", name+"="+s.ca, "HTTPS_PROXY="+proxy.URL)
			if got, err := f.Load(context.Background(), ref); err != nil || len(got) != 1 || tunnels.Load() < int32(2*i+j+1) {
				t.Errorf("%s, %s: %v, %v, %d tunnels", name, ref, paths(got), err, tunnels.Load())
			}
			bare := s.fetcher(t, small(), "SSL_CERT_FILE=", "HTTPS_PROXY="+proxy.URL)
			if _, err := bare.Load(context.Background(), ref); err == nil || !strings.Contains(err.Error(), "SSL_CERT_FILE") {
				t.Errorf("%s without an authority: %v", ref, err)
			}
		}
	}
	if _, err := s.fetcher(t, small(), "SSL_CERT_FILE=/nowhere").Load(context.Background(), mlgate.RemotePolicy{Address: s.URL + "/file/a.rego"}); err == nil || !strings.Contains(err.Error(), "SSL_CERT_FILE") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func tunnel(w http.ResponseWriter, to string) {
	back, err := net.Dial("tcp", to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	front, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		_ = back.Close()
		return
	}
	_, _ = io.WriteString(front, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		_, _ = io.Copy(back, front)
		_ = back.Close()
	}()
	_, _ = io.Copy(front, back)
	_ = front.Close()
}

// What is refused here would be let through by limits that do not limit.
func TestStandardLimits(t *testing.T) {
	t.Parallel()
	s := serve(t)
	ref := s.put(t, "p.tar.gz", archive(t, file("a.rego", rego), tar.Header{Name: "zeros.bin", Size: 16 << 20}), "")
	if got, err := s.fetcher(t, fetch.Standard()).Load(context.Background(), ref); err != nil || len(got) != 1 {
		t.Errorf("got %v, %v", paths(got), err)
	}
}
