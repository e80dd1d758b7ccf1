package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/fetch"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/ledger"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/registry"
	"github.com/mlgate/mlgate/internal/store"
)

// office is an opened desk with the repository behind it. Close removes its temporary folder.
type office struct {
	flow.Desk
	repo  *git.Repo
	clone *git.Clone // nil: no checkout here, everything comes from the remote
	tmp   string
	slack []byte
}

// slack is how much garbage may lie about before it is collected, in bytes, beside as much as is in use: memory that
// is asked for and never touched counts as in use, and costs nothing. Collecting less is a tenth to a third of the
// time of a judgment of many metrics; a percentage (GOGC) would take the more memory the more is in use already.
const slack = 64 << 20

func (o *office) Close() error {
	return errors.Join(o.repo.Close(), os.RemoveAll(o.tmp))
}

// openLocal opens the desk of a laptop: objects come from the clone in the working directory,
// ledger and registry from its remote.
func (a *app) openLocal(ctx context.Context) (*office, error) {
	clone, err := git.Find(ctx, a.Dir, a.Environ)
	if err != nil {
		return nil, err
	}
	return a.open(ctx, git.Options{Borrow: &clone, Remote: clone.Remote})
}

// openRemote opens the desk of a judge: nothing of the working directory is read, all comes from
// the remote with the token.
func (a *app) openRemote(ctx context.Context, remote, token string) (*office, error) {
	off, err := a.open(ctx, git.Options{Remote: remote, Token: token})
	if err == nil && ci.Detect(a.Getenv) == "github" {
		hub, err := a.github(a.Getenv("GITHUB_REPOSITORY"))
		switch {
		case err != nil: // whoever needs it says so then
			fmt.Fprintln(a.Stderr, err)
		case hub != nil:
			off.Reviews = hub
		}
	}
	return off, err
}

func (a *app) open(ctx context.Context, o git.Options) (*office, error) {
	tmp, err := os.MkdirTemp("", "mlgate-")
	if err != nil {
		return nil, fmt.Errorf("making a temporary folder: %w", err)
	}
	who := a.who(o.Borrow)
	o.Dir, o.Env, o.Now = tmp, a.Environ, a.Now
	o.Name, o.Email = who.name, who.email
	repo, err := git.Open(ctx, o)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(tmp))
	}
	off := &office{repo: repo, clone: o.Borrow, tmp: tmp, slack: make([]byte, slack)}
	l, lerr := ledger.Open("git", repo)
	r, rerr := registry.Open("git", repo, a.Now)
	if err := errors.Join(lerr, rerr); err != nil {
		return nil, errors.Join(err, off.Close())
	}
	off.Desk = flow.Desk{
		Repo: repo, Branches: repo, Lineage: repo, Ledger: l, Registry: r, Census: new(flow.Census),
		Policies: fetch.New(fetch.Options{Dir: tmp, Environ: a.Environ, Limits: fetch.Standard()}),
		Store: func(kind string) (mlgate.Store, error) {
			return store.Open(kind, store.Options{Repo: repo, Dir: a.Getenv("MLGATE_STORE"), Now: a.Now})
		},
		Now: a.Now, Sleep: a.Sleep, Notes: a.Stderr, Version: a.Version, By: who.String(),
	}
	return off, nil
}

// identity is who writes ledger and tags.
type identity struct{ name, email string }

func (i identity) String() string { return i.name }

// who is the CI's actor, or the person that git knows.
func (a *app) who(clone *git.Clone) identity {
	// Who runs a run again asks for it now, whoever started it first.
	if actor := cmp.Or(a.Getenv("GITHUB_TRIGGERING_ACTOR"), a.Getenv("GITHUB_ACTOR")); actor != "" {
		return identity{actor, "mlgate@users.noreply.github.com"}
	}
	id := identity{a.Getenv("GIT_AUTHOR_NAME"), a.Getenv("GIT_AUTHOR_EMAIL")}
	if clone != nil {
		id = identity{cmp.Or(id.name, clone.UserName), cmp.Or(id.email, clone.UserEmail)}
	}
	return identity{cmp.Or(id.name, a.Getenv("USER"), "mlgate"), cmp.Or(id.email, "mlgate@localhost")}
}

// localChange describes HEAD of the clone against the default branch of its remote.
func localChange(c git.Clone, event mlgate.Event) (mlgate.Change, error) {
	if c.DefaultBranch == "" {
		return mlgate.Change{}, &mlgate.Mistake{
			Err: errors.New("looking for the default branch: the clone names none, and there is neither main nor master"),
			Fix: "bring it: git remote set-branches --add origin BRANCH && git fetch && git remote set-head origin BRANCH; `mlgate review --base REV` needs none",
		}
	}
	return mlgate.Change{
		Event: event, Head: c.Head, HeadBranch: c.Branch, BaseBranch: c.DefaultBranch, Default: c.DefaultBranch, Remote: c.Remote,
	}, nil
}

// tipChange describes the tip of the promoting branch, asked from the remote: what promotion on a
// laptop works on.
func (o *office) tipChange(ctx context.Context, event mlgate.Event) (mlgate.Change, error) {
	c, err := localChange(*o.clone, event)
	if err != nil {
		return c, err
	}
	c.Head, err = o.Branches.Tip(ctx, c.Default)
	c.HeadBranch, c.Actor = c.Default, o.By
	if errors.Is(err, mlgate.ErrNotFound) {
		return c, &mlgate.Mistake{Err: fmt.Errorf("asking for the tip of %q: %w", c.Default, err), Fix: "push it first: git push -u origin " + c.Default}
	}
	if err != nil {
		return c, fmt.Errorf("asking for the tip of %q: %w", c.Default, err)
	}
	return c, nil
}
