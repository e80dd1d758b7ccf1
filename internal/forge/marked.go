package forge

import (
	"context"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// markedQuery asks in one request who we are and what stands beside a commit.
const markedQuery = `query($owner: String!, $name: String!, $commit: GitObjectID!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) { object(oid: $commit) { ... on Commit { statusCheckRollup {
    contexts(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        __typename
        ... on StatusContext { context state description targetUrl creator { __typename login } }
        ... on CheckRun { databaseId name status conclusion externalId title summary detailsUrl checkSuite { app { slug } } }
      }
    }
  } } } }
}`

type markedAnswer struct {
	Viewer     struct{ Login string }
	Repository struct {
		Object *struct {
			StatusCheckRollup *struct{ Contexts markedPage }
		}
	}
}

type markedPage struct {
	PageInfo struct {
		HasNextPage bool
		EndCursor   string
	}
	Nodes []markNode
}

type markNode struct {
	Typename string `json:"__typename"`
	// of a status
	Context, State, Description, TargetURL string
	Creator                                *struct {
		Typename string `json:"__typename"`
		Login    string
	}
	// of a check run
	DatabaseID                                                       int64
	Name, Status, Conclusion, ExternalID, Title, Summary, DetailsURL string
	CheckSuite                                                       struct{ App *struct{ Slug string } }
}

// maxMarkPages bounds what is read of one commit: 100 marks a page.
const maxMarkPages = 20

// Marked reads all pages. The login of who we are is remembered.
func (g *GitHub) Marked(ctx context.Context, commit string) (mlgate.Marked, error) {
	var m mlgate.Marked
	variables := map[string]any{"owner": g.owner, "name": g.repo, "commit": commit}
	for range maxMarkPages {
		var a markedAnswer
		if err := g.graphQL(ctx, markedQuery, variables, &a); err != nil {
			return m, err
		}
		m.Self = a.Viewer.Login
		g.knowSelf(m.Self)
		if a.Repository.Object == nil || a.Repository.Object.StatusCheckRollup == nil {
			return m, nil
		}
		page := a.Repository.Object.StatusCheckRollup.Contexts
		for _, n := range page.Nodes {
			n.addTo(&m)
		}
		if !page.PageInfo.HasNextPage {
			return m, nil
		}
		variables["after"] = page.PageInfo.EndCursor
	}
	return m, fmt.Errorf("reading the marks on %.12s: more than %d pages", commit, maxMarkPages)
}

func (n markNode) addTo(m *mlgate.Marked) {
	switch n.Typename {
	case "StatusContext":
		s := mlgate.CommitStatus{Context: n.Context, State: strings.ToLower(n.State), Description: n.Description, URL: n.TargetURL}
		if n.Creator != nil {
			if s.By = n.Creator.Login; n.Creator.Typename == "Bot" {
				s.By = bot(s.By)
			}
		}
		m.Statuses = append(m.Statuses, s)
	case "CheckRun":
		c := mlgate.CheckRun{
			ID: n.DatabaseID, Name: n.Name, External: n.ExternalID, Completed: n.Status == "COMPLETED", Conclusion: strings.ToLower(n.Conclusion),
			Title: n.Title, Summary: n.Summary, URL: n.DetailsURL,
		}
		if app := n.CheckSuite.App; app != nil {
			c.By = bot(app.Slug)
		}
		m.Checks = append(m.Checks, c)
	}
}

// bot is the login that an App writes under; GraphQL says its name without the ending.
func bot(name string) string {
	return strings.TrimSuffix(name, "[bot]") + "[bot]"
}
