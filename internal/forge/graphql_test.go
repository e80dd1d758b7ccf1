package forge

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/test/fakegithub"
)

func TestGraphQL(t *testing.T) {
	t.Parallel()
	const mutation = `mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { minimizedComment { isMinimized } } }`
	for _, c := range []struct {
		body, says string
		is         error
	}{
		{`{"data": {"a": 1}}`, "", nil},
		{`{"data": null, "errors": [{"type": "FORBIDDEN", "message": "no\u001b[31m"}]}`, "permissions: pull-requests: write", mlgate.ErrForbidden},
		{`{"data": null, "errors": [{"type": "NOT_FOUND", "message": "no"}]}`, "NOT_FOUND", mlgate.ErrNotFound},
		{`{"errors": [{"type": "RATE_LIMITED", "message": "slow"}]}`, "rate limit", nil},
		{`{"errors": [{"message": "odd"}]}`, "odd", nil},
		{`{`, "cannot be read", mlgate.ErrUnsure},
	} {
		w := open(t, fakegithub.Options{})
		w.fake.Fail(fakegithub.Trouble{Match: "POST /graphql", Status: 200, Type: "application/json", Body: c.body})
		var out struct{ A int }
		err := w.hub.graphQL(context.Background(), mutation, map[string]any{"id": "IC_1"}, &out)
		if c.says == "" {
			if err != nil || out.A != 1 {
				t.Errorf("%s: %v, %v", c.body, out, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.ContainsRune(err.Error(), '\x1b') || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v", c.body, err)
		}
	}
}
