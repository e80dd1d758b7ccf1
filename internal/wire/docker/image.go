package docker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/pattern"
)

// Image is one that the engine has.
type Image struct {
	ID     string // sha256:<hex>, of its configuration
	Digest string // sha256:<hex>, of its manifest in the registry; empty: it was never in one
}

var digestText = pattern.Lazy(`^sha256:[0-9a-f]{64}$`)

// Image looks an image up by its name; IsNotFound when the engine does not have it.
func (c *Client) Image(ctx context.Context, name string) (Image, error) {
	var got struct {
		ID          string `json:"Id"`
		RepoDigests []string
	}
	r := request{method: "GET", path: "/images/" + name + "/json", doing: fmt.Sprintf("looking for the image %q", name)}
	if err := c.call(ctx, r, &got); err != nil {
		return Image{}, err
	}
	if !strings.HasPrefix(got.ID, "sha256:") {
		got.ID = "sha256:" + got.ID // as podman writes it
	}
	if !digestText().MatchString(got.ID) {
		return Image{}, fmt.Errorf("%s: the Docker engine calls it %q, which is no digest", r.doing, harmless(got.ID))
	}
	return Image{ID: got.ID, Digest: digestOf(name, got.RepoDigests)}, nil
}

// digestOf is the digest under which a registry knows an image: the one that its name pins, else the one
// of its repository.
func digestOf(name string, known []string) string {
	repo, _, pinned := split(name)
	if pinned != "" {
		return pinned
	}
	for _, k := range known {
		from, digest, _ := strings.Cut(k, "@")
		same := slices.Contains([]string{repo, "docker.io/" + repo, "docker.io/library/" + repo}, from)
		if same && digestText().MatchString(digest) {
			return digest
		}
	}
	return ""
}

// split takes the name of an image apart: its repository, tag and digest.
func split(name string) (repo, tag, digest string) {
	repo, digest, _ = strings.Cut(name, "@")
	if i := strings.LastIndex(repo, ":"); i > strings.LastIndex(repo, "/") {
		repo, tag = repo[:i], repo[i+1:]
	}
	return repo, tag, digest
}

// Pull brings an image from its registry, without credentials. How far it is goes to progress, a line
// each, made harmless.
func (c *Client) Pull(ctx context.Context, name string, progress func(line string)) error {
	repo, tag, digest := split(name)
	if digest != "" {
		tag = digest
	} else if tag == "" {
		tag = "latest" // the engine would take all
	}
	r := request{method: "POST", path: "/images/create", query: url.Values{"fromImage": {repo}, "tag": {tag}}, doing: fmt.Sprintf("pulling the image %q", name), endless: true}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := newWatch(pullPatience*c.patience, cancel)
	defer quiet.stop()
	resp, done, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	defer done()
	lines := bufio.NewScanner(io.LimitReader(resp.Body, maxPull))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		quiet.reset()
		var m struct{ Status, ID, Error string }
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			return fmt.Errorf("%s: reading the Docker engine's answer: %w", r.doing, err)
		}
		if m.Error != "" {
			return fmt.Errorf("%s: %s", r.doing, harmless(m.Error))
		}
		if m.ID == "" && m.Status != "" {
			progress(harmless(m.Status))
		}
	}
	if err := lines.Err(); err != nil {
		if errors.Is(context.Cause(ctx), errSilent) {
			err = errSilent
		}
		return fmt.Errorf("%s: reading the Docker engine's answer: %w", r.doing, err)
	}
	return nil
}

// maxPull is how much an engine may tell about one pull, in bytes; pullPatience how many times longer
// than other calls it may be silent meanwhile.
const (
	maxPull      = 256 << 20
	pullPatience = 10
)
