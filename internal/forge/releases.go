package forge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Releases = (*GitHub)(nil)

// maxDrafts of the newest releases are looked at for one that was left half-made.
const maxDrafts = 100

// Release makes a draft, attaches the report and shows both together: a release may be closed for ever
// once it is shown. It never becomes the repository's latest release, which is its own software's.
// Source: docs.github.com/rest/releases/releases, docs.github.com/rest/releases/assets
func (g *GitHub) Release(ctx context.Context, r mlgate.Release) error {
	var shown github.RepositoryRelease
	_, err := g.get(ctx, "/releases/tags/"+url.PathEscape(r.Tag), &shown)
	if !errors.Is(err, mlgate.ErrNotFound) {
		return err
	}
	d, err := g.draft(ctx, r)
	if err != nil {
		return fmt.Errorf("making a draft: %w", err)
	}
	there, err := g.attached(ctx, d.Assets, r.File)
	if err == nil && !there {
		err = g.attach(ctx, d.GetID(), r)
	}
	if err != nil {
		return fmt.Errorf("attaching %q: %w", r.File, err)
	}
	no, latest := false, "false"
	_, resp, err := g.client.Repositories.EditRelease(repeatable(ctx), g.owner, g.repo, d.GetID(), &github.RepositoryRelease{Draft: &no, MakeLatest: &latest})
	if err != nil {
		return fmt.Errorf("showing it: %w", explain(resp, err))
	}
	return nil
}

// draft finds our draft of a tag, or makes one.
func (g *GitHub) draft(ctx context.Context, r mlgate.Release) (github.RepositoryRelease, error) {
	look := func(ctx context.Context) (github.RepositoryRelease, bool, error) { return g.drafted(ctx, r.Tag) }
	if d, there, err := look(ctx); there || err != nil {
		return d, err
	}
	yes, latest, name := true, "false", inert.Clip(inert.Line(r.Name), 200)
	return mlgate.Once(ctx, look, func(ctx context.Context) (github.RepositoryRelease, error) {
		made, resp, err := g.client.Repositories.CreateRelease(ctx, g.owner, g.repo, &github.RepositoryRelease{
			TagName: &r.Tag, Name: &name, Body: &r.Body, Draft: &yes, MakeLatest: &latest,
		})
		if err != nil {
			return github.RepositoryRelease{}, explain(resp, err)
		}
		return *made, nil
	})
}

// drafted looks among the newest releases for a draft of a tag that is ours.
func (g *GitHub) drafted(ctx context.Context, tag string) (none github.RepositoryRelease, there bool, err error) {
	self, err := g.Self(ctx)
	if err != nil {
		return none, false, err
	}
	looked := 0
	for d, err := range list[github.RepositoryRelease](ctx, g, g.path("releases"), "") {
		if err != nil {
			return none, false, err
		}
		if d.GetDraft() && d.GetTagName() == tag && d.GetAuthor().GetLogin() == self {
			return d, true, nil
		}
		if looked++; looked == maxDrafts {
			break
		}
	}
	return none, false, nil
}

// attached looks for a file that is there as a whole. One that a broken upload left empty is taken away:
// it would keep the name.
func (g *GitHub) attached(ctx context.Context, all []*github.ReleaseAsset, name string) (bool, error) {
	for _, a := range all {
		switch {
		case a.GetName() != name:
		case a.GetState() == "uploaded":
			return true, nil
		default:
			resp, err := g.client.Repositories.DeleteReleaseAsset(repeatable(ctx), g.owner, g.repo, a.GetID())
			if err = explain(resp, err); err != nil && !errors.Is(err, mlgate.ErrNotFound) {
				return false, fmt.Errorf("taking a broken upload away: %w", err)
			}
		}
	}
	return false, nil
}

// attach uploads the report, once: when the answer is lost, what is there is read first.
func (g *GitHub) attach(ctx context.Context, id int64, r mlgate.Release) error {
	_, err := mlgate.Once(ctx, func(ctx context.Context) (none struct{}, there bool, err error) {
		all, resp, err := g.client.Repositories.ListReleaseAssets(ctx, g.owner, g.repo, id, &github.ListOptions{PerPage: 100})
		if err = explain(resp, err); err == nil {
			there, err = g.attached(ctx, all, r.File)
		}
		return none, there, err
	}, func(ctx context.Context) (none struct{}, err error) {
		req, err := g.client.NewUploadRequest(g.path("releases/%d/assets?name=%s", id, url.QueryEscape(r.File)), bytes.NewReader(r.Report), int64(len(r.Report)), "application/octet-stream")
		if err != nil {
			return none, fmt.Errorf("asking GitHub: %w", err)
		}
		var made github.ReleaseAsset
		resp, err := g.client.Do(ctx, req, &made)
		if err == nil && resp.StatusCode != http.StatusCreated {
			err = fmt.Errorf("the answer is %d", resp.StatusCode)
		}
		return none, explain(resp, err)
	})
	return err
}
