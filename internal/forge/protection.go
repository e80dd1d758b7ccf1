package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Guard reads what protects a branch, and tags. Rules that are switched off or only evaluated do not
// count.
func (g *GitHub) Guard(ctx context.Context, branch string) (mlgate.Guard, error) {
	out := mlgate.Guard{Branch: branch}
	for r, err := range list[rule](ctx, g, g.path("rules/branches/%s", url.PathEscape(branch)), "") {
		if err != nil {
			return out, err
		}
		out.Required = append(out.Required, r.required()...)
	}
	old, err := g.classic(ctx, branch)
	if err != nil {
		return out, err
	}
	out.Required = append(out.Required, old...)
	for s, err := range list[ruleset](ctx, g, g.path("rulesets"), "") {
		if err != nil {
			return out, err
		}
		if s.Target != "tag" || s.Enforcement != "active" {
			continue
		}
		whole, err := g.ruleset(ctx, s.ID)
		if err != nil {
			return out, err
		}
		out.Tags = append(out.Tags, whole)
	}
	return out, nil
}

// rule and ruleset are GitHub's; go-github's types lack the conditions of tags.
type rule struct {
	Type       string          `json:"type"`
	Parameters json.RawMessage `json:"parameters"`
}

func (r rule) required() []string {
	var in struct {
		Checks []struct {
			Context string `json:"context"`
		} `json:"required_status_checks"`
	}
	if r.Type != "required_status_checks" || json.Unmarshal(r.Parameters, &in) != nil {
		return nil
	}
	var out []string
	for _, c := range in.Checks {
		out = append(out, c.Context)
	}
	return out
}

type ruleset struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Target      string `json:"target"`
	Enforcement string `json:"enforcement"`
	Conditions  struct {
		Refs struct {
			Include []string `json:"include"`
		} `json:"ref_name"`
	} `json:"conditions"`
	Rules []rule `json:"rules"`
}

func (g *GitHub) ruleset(ctx context.Context, id int64) (mlgate.TagGuard, error) {
	var s ruleset
	if _, err := g.get(ctx, fmt.Sprintf("/rulesets/%d", id), &s); err != nil {
		return mlgate.TagGuard{}, err
	}
	out := mlgate.TagGuard{Name: s.Name, Include: s.Conditions.Refs.Include}
	for _, r := range s.Rules {
		out.Rules = append(out.Rules, r.Type)
	}
	return out, nil
}

// classic reads the older kind of branch protection, as far as everybody may see it.
func (g *GitHub) classic(ctx context.Context, branch string) ([]string, error) {
	var b struct {
		Protection struct {
			Checks struct {
				Contexts []string `json:"contexts"`
			} `json:"required_status_checks"`
		} `json:"protection"`
	}
	_, err := g.get(ctx, "/branches/"+url.PathEscape(branch), &b)
	if errors.Is(err, mlgate.ErrNotFound) {
		return nil, nil
	}
	return b.Protection.Checks.Contexts, err
}
