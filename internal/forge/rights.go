package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// noCommit is a commit that no repository has.
var noCommit = strings.Repeat("0", 40)

// probes ask for a permission by a write that cannot take effect: it is about a commit that is not
// there. GitHub looks at the permission first: without it the answer is 403, with it 422.
var probes = map[string]struct {
	method, path string
	body         map[string]any
}{
	"contents: write":      {http.MethodPost, "git/refs", map[string]any{"ref": "refs/tags/mlgate-doctor", "sha": noCommit}},
	"statuses: write":      {http.MethodPost, "statuses/" + noCommit, map[string]any{"state": "pending", "context": "mlgate-doctor"}},
	"checks: write":        {http.MethodPost, "check-runs", map[string]any{"name": "mlgate-doctor", "head_sha": noCommit}},
	"deployments: write":   {http.MethodPost, "deployments", map[string]any{"ref": noCommit, "auto_merge": false, "required_contexts": []string{}}},
	"pull-requests: write": {http.MethodPost, "pulls", map[string]any{"title": "mlgate doctor", "head": noCommit, "base": noCommit}},
}

// May reports whether the token has a permission, as a workflow's `permissions:` writes it. Nothing
// is changed by asking.
func (g *GitHub) May(ctx context.Context, permission string) (bool, error) {
	p, ok := probes[permission]
	if !ok {
		return false, fmt.Errorf("asking for the permission %q: it is none that can be asked for", permission)
	}
	var body any
	if p.body != nil {
		body = p.body
	}
	req, err := g.client.NewRequest(p.method, g.path("%s", p.path), body)
	if err != nil {
		return false, err
	}
	resp, err := g.client.Do(ctx, req, nil)
	err = explain(resp, err)
	var a *Answer
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &a) && (a.Status == http.StatusUnprocessableEntity || a.Status == http.StatusConflict):
		return true, nil
	case errors.As(err, &a) && a.Status == http.StatusForbidden && errors.Is(err, mlgate.ErrForbidden):
		return strings.Contains(a.Message, "not permitted to create or approve pull requests"), nil // a setting beside the right
	case errors.As(err, &a) && a.Status == http.StatusNotFound && p.method != http.MethodGet:
		return false, nil // what a token may not see at all
	}
	return false, err
}
