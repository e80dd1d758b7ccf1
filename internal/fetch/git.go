package fetch

import (
	"errors"
	"net/url"
	"os"
	"path"
	"path/filepath"

	getter "github.com/hashicorp/go-getter"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// gitGetter is go-getter's view of package git: one commit of a repository that nobody here vouches
// for. go-getter's own one would use the user's configuration, keys and submodules.
type gitGetter struct {
	ref    mlgate.RemotePolicy
	o      Options
	tmp    string
	client *getter.Client
	failed error // of Get; go-getter puts the address before it a second time
}

var _ getter.Getter = (*gitGetter)(nil)

// Get writes the wanted files of the reference's folder below dst, at their place in the repository.
func (g *gitGetter) Get(dst string, _ *url.URL) error {
	g.failed = g.take(dst)
	return g.failed
}

func (g *gitGetter) take(dst string) error {
	l := g.o.Limits
	files, err := git.Snapshot{
		URL: g.ref.Address, Commit: g.ref.Pin, Sub: g.ref.Sub, Dir: filepath.Join(g.tmp, "git"), Env: g.o.Environ, Want: wanted,
		Limits: git.Limits{Transfer: l.Download, Entries: l.Entries, Files: l.Files, File: l.File, Total: l.Total},
	}.Take(g.client.Ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dst, filepath.FromSlash(g.ref.Sub)), 0o700); err != nil {
		return err
	}
	for _, f := range files {
		if err := put(dst, path.Join(g.ref.Sub, f.Path), f.Data); err != nil {
			return err
		}
	}
	return nil
}

// GetFile is refused: a repository is no file.
func (g *gitGetter) GetFile(string, *url.URL) error {
	return errors.New("a git repository is no single file")
}

// ClientMode says that a repository is a folder.
func (g *gitGetter) ClientMode(*url.URL) (getter.ClientMode, error) {
	return getter.ClientModeDir, nil
}

// SetClient keeps the client for its context.
func (g *gitGetter) SetClient(c *getter.Client) { g.client = c }
