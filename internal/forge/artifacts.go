package forge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxArtifacts of one run are read: those of a few attempts of the largest matrix.
const maxArtifacts = 1000

// artifact are the fields that are used.
type artifact struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Size    int64     `json:"size_in_bytes"`
	Expired bool      `json:"expired"`
	Created time.Time `json:"created_at"`
	Digest  string    `json:"digest"`
	Run     struct {
		ID       int64  `json:"id"`
		Repo     int64  `json:"repository_id"`
		HeadRepo int64  `json:"head_repository_id"`
		Head     string `json:"head_sha"`
	} `json:"workflow_run"`
}

func (a artifact) handed() mlgate.HandedArtifact {
	digest, _ := strings.CutPrefix(a.Digest, "sha256:")
	return mlgate.HandedArtifact{
		ID: a.ID, Name: a.Name, Size: a.Size, Expired: a.Expired, Created: a.Created, SHA256: mlgate.Digest(digest),
		Run: a.Run.ID, Repo: a.Run.Repo, HeadRepo: a.Run.HeadRepo, Head: a.Run.Head,
	}
}

// Artifacts lists the artifacts of a run with a name, of all its attempts; empty: those of every name.
func (g *GitHub) Artifacts(ctx context.Context, run int64, name string) ([]mlgate.HandedArtifact, error) {
	path := fmt.Sprintf("repos/%s/%s/actions/runs/%d/artifacts", g.owner, g.repo, run)
	if name != "" {
		path += "?name=" + url.QueryEscape(name)
	}
	var out []mlgate.HandedArtifact
	for a, err := range list[artifact](ctx, g, path, "artifacts") {
		switch {
		case err != nil:
			return nil, err
		case len(out) == maxArtifacts:
			return nil, fmt.Errorf("reading the list: the run left more than %d artifacts, and no more are read", maxArtifacts)
		}
		out = append(out, a.handed())
	}
	return out, nil
}

// maxDownload bounds how long the bytes of an artifact may take.
const maxDownload = 5 * time.Minute

// Archive follows the address that GitHub signs for one minute. Our token goes to GitHub alone: the
// address is on another host and carries a right of its own, so neither of the two is shown.
func (g *GitHub) Archive(ctx context.Context, id, max int64) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, maxDownload, fmt.Errorf("it took longer than %s", maxDownload))
	defer cancel()
	to, err := g.signed(ctx, id)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, to, nil)
	if err != nil {
		return nil, errors.New("following GitHub to the artifact: it names no address")
	}
	req.Header.Set("Accept-Encoding", "identity")
	bare := http.Client{Transport: g.plain(), CheckRedirect: stay}
	resp, err := bare.Do(req)
	var named *url.Error
	if errors.As(err, &named) {
		err = named.Err // without the address
	}
	if err != nil {
		return nil, fmt.Errorf("reading the artifact where GitHub keeps it: %s", inert.Line(inert.Clip(err.Error(), 300)))
	}
	defer func() { _ = resp.Body.Close() }()
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("reading the artifact where GitHub keeps it: the answer is %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	case resp.ContentLength > max:
		return nil, fmt.Errorf("reading the artifact where GitHub keeps it: it has %d bytes, at most %d are read", resp.ContentLength, max)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, max+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the artifact where GitHub keeps it: %w", err)
	case int64(len(data)) > max:
		return nil, fmt.Errorf("reading the artifact where GitHub keeps it: it has more than %d bytes", max)
	}
	return data, nil
}

// signed asks where the bytes of an artifact are. No redirect is followed with our token, not even one
// that stays with the server.
func (g *GitHub) signed(ctx context.Context, id int64) (string, error) {
	req, err := g.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/actions/artifacts/%d/zip", g.owner, g.repo, id), nil)
	if err != nil {
		return "", fmt.Errorf("asking GitHub: %w", err)
	}
	asker := http.Client{Transport: g.client.Client().Transport, CheckRedirect: stay}
	resp, err := asker.Do(req.WithContext(ctx))
	if err != nil {
		return "", explain(nil, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusFound {
		if err := github.CheckResponse(resp); err != nil {
			return "", explain(&github.Response{Response: resp}, err)
		}
		return "", fmt.Errorf("GitHub answered %d, and a redirect to the artifact was expected", resp.StatusCode)
	}
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || to.Host == "" || to.User != nil || to.Scheme != "https" && to.Scheme != g.client.BaseURL.Scheme {
		return "", errors.New("GitHub names an address for the artifact that is none to follow: https is expected")
	}
	return to.String(), nil
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// plain is how requests go out without our token.
func (g *GitHub) plain() http.RoundTripper {
	if t, ok := g.client.Client().Transport.(*transport); ok {
		return t.next
	}
	return http.DefaultTransport
}
