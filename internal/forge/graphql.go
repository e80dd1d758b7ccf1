package forge

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// graphQL asks what the REST API does not offer, and decodes data into out. A mutation is a write:
// its answer may be lost (ErrUnsure) unless ctx is repeatable.
func (g *GitHub) graphQL(ctx context.Context, query string, variables map[string]any, out any) error {
	req, err := g.client.NewRequest(http.MethodPost, g.graph, map[string]any{"query": query, "variables": variables})
	if err != nil {
		return fmt.Errorf("asking GitHub's GraphQL: %w", err)
	}
	if !strings.HasPrefix(strings.TrimSpace(query), "mutation") {
		ctx = repeatable(ctx)
	}
	var answer struct {
		Data   json.RawMessage
		Errors []graphTrouble
	}
	resp, err := g.client.Do(ctx, req, &answer)
	if err != nil {
		return explain(resp, err)
	}
	if len(answer.Errors) > 0 {
		return graphError(resp, answer.Errors[0])
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Data, out); err != nil {
		return fmt.Errorf("reading what GitHub's GraphQL answered (%s): %w", origin(resp), err)
	}
	return nil
}

type graphTrouble struct{ Type, Message string }

// graphError is an error of GraphQL, which comes with the status 200.
func graphError(resp *github.Response, e graphTrouble) error {
	a := &Answer{Status: resp.StatusCode, Message: inert.Line(inert.Clip(e.Message, 300))}
	a.text = fmt.Sprintf("GitHub's GraphQL answered %s: %s (%s)", inert.Line(inert.Clip(e.Type, 40)), a.Message, origin(resp))
	switch e.Type {
	case "FORBIDDEN", "INSUFFICIENT_SCOPES":
		a.Status, a.kind = http.StatusForbidden, mlgate.ErrForbidden
		a.text += ": " + permission(resp) + ": " + a.kind.Error()
	case "NOT_FOUND":
		a.Status, a.kind = http.StatusNotFound, mlgate.ErrNotFound
		a.text += ": " + a.kind.Error()
	case "RATE_LIMITED":
		a.Status = http.StatusTooManyRequests
		a.text += ": " + tooLong(resp)
	}
	return a
}
