package fetch

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	getter "github.com/hashicorp/go-getter"
	"golang.org/x/net/http/httpproxy"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// newClient makes a client that sends nothing of who asks: no cookie, no netrc, no certificate of its
// own. Proxies and certificate authorities come from the environment.
func newClient(environ []string) (*http.Client, error) {
	env := map[string]string{}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		env[name] = value
	}
	pool, err := authorities(env)
	if err != nil {
		return nil, err
	}
	proxy := (&httpproxy.Config{
		HTTPSProxy: cmp.Or(env["HTTPS_PROXY"], env["https_proxy"]), NoProxy: cmp.Or(env["NO_PROXY"], env["no_proxy"]),
	}).ProxyFunc()
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               func(r *http.Request) (*url.URL, error) { return proxy(r.URL) },
			TLSClientConfig:     &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: 20 * time.Second,
			DisableCompression:  true, // the digest is of what the server keeps
			DisableKeepAlives:   true,
		},
		CheckRedirect: sameHost,
	}, nil
}

// authorities are the system's, and those that a company names by the variables that everything else
// reads too.
func authorities(env map[string]string) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	for _, name := range []string{"SSL_CERT_FILE", "GIT_SSL_CAINFO"} {
		file := env[name]
		if file == "" {
			continue
		}
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the certificates that %s names: %w", name, err)
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("reading the certificates that %s names: %q holds none", name, file)
		}
	}
	return pool, nil
}

// sameHost follows a redirect that stays where the reference points.
func sameHost(r *http.Request, via []*http.Request) error {
	to := url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Path: r.URL.Path}
	switch {
	case r.URL.Scheme != "https" || !strings.EqualFold(r.URL.Host, via[0].URL.Host) || r.URL.User != nil:
		return fmt.Errorf("the server redirects to %s, and that is not followed: if you trust it, write that address", inert.Line(inert.Clip(to.String(), 300)))
	case len(via) > 5:
		return errors.New("the server redirects without end")
	}
	return nil
}

// fileGetter fetches one file by https and compares it with its digest before anything reads it.
type fileGetter struct {
	ref    mlgate.RemotePolicy
	limits Limits
	client *http.Client
	owner  *getter.Client
}

var _ getter.Getter = (*fileGetter)(nil)

// GetFile writes the file to dst.
func (g *fileGetter) GetFile(dst string, _ *url.URL) error {
	if err := os.MkdirAll(filepath.Dir(dst), 0o700); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(g.owner.Ctx, http.MethodGet, g.ref.Address, nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "mlgate")
	resp, err := g.client.Do(req)
	if err != nil {
		return unreached(g.owner.Ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return status(resp.StatusCode)
	}
	out, err := os.OpenFile(dst, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), io.LimitReader(resp.Body, g.limits.Download+1))
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("reading what the server sends: %w", err)
	}
	if n > g.limits.Download {
		return fmt.Errorf("the file has more than %d bytes", g.limits.Download)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != g.ref.Pin {
		page := ""
		if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			page = " (the server sent a web page: does it want people to log in?)"
		}
		return fmt.Errorf("the file has the sha256 %s, not the one it is pinned to%s", got, page)
	}
	return nil
}

func status(code int) error {
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return fmt.Errorf("the server answers %d: it wants to know who asks, and policies are fetched without credentials: %w", code, mlgate.ErrForbidden)
	case http.StatusNotFound, http.StatusGone:
		return fmt.Errorf("the server answers %d: there is no such file: %w", code, mlgate.ErrNotFound)
	}
	return fmt.Errorf("the server answers %d", code)
}

// unreached puts what people can do beside what the network said.
func unreached(ctx context.Context, err error) error {
	var unknown x509.UnknownAuthorityError
	var about *url.Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &unknown):
		return fmt.Errorf("%w; a certificate authority of your own is named by SSL_CERT_FILE", err)
	case errors.As(err, &about):
		return about.Err // its text repeats the address, or that of a redirect as the server wrote it
	}
	return err
}

// Get is refused: go-getter's own one asks servers where to go next.
func (g *fileGetter) Get(string, *url.URL) error {
	return errors.New("a folder is not fetched by https: name an archive")
}

// ClientMode says that what lies on a server is a file.
func (g *fileGetter) ClientMode(*url.URL) (getter.ClientMode, error) {
	return getter.ClientModeFile, nil
}

// SetClient keeps the client for its context.
func (g *fileGetter) SetClient(c *getter.Client) { g.owner = c }
