package forge

import (
	"context"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// accounts are logins by address, in lower case.
type accounts map[string]string

type coAuthor struct{ commit, email string }

var (
	trailer = pattern.Lazy(`(?im)^co-authored-by:[^<>\n]*<([^<>\s]{3,254})>[ \t\r]*$`)
	noReply = pattern.Lazy(`^(?:[0-9]+\+)?([a-z0-9-]+(?:\[bot\])?)@users\.noreply\.[a-z0-9.-]+$`)
)

// coAuthors are the addresses in the trailers of a message, in lower case.
func coAuthors(message string) []string {
	var all []string
	for _, m := range trailer().FindAllStringSubmatch(message, 100) {
		all = append(all, strings.ToLower(m[1]))
	}
	return all
}

// maxCoAuthored is how many commits are asked for their co-authors' accounts.
const maxCoAuthored = 20

// resolve finds the accounts of co-authors: their address tells it, another commit does, or GitHub is
// asked. Who has no account that GitHub knows is unknown.
func (g *GitHub) resolve(ctx context.Context, all []coAuthor, book accounts, p *mlgate.People) error {
	asked := map[string]bool{}
	for _, c := range all {
		login := book.of(c.email)
		if login == "" && !asked[c.commit] && len(asked) < maxCoAuthored {
			asked[c.commit] = true
			if err := g.authors(ctx, c.commit, book); err != nil {
				return fmt.Errorf("asking for the co-authors of %.7s: %w", c.commit, err)
			}
			login = book.of(c.email)
		}
		if login != "" {
			p.Makers = append(p.Makers, login)
		} else if len(p.Unknown) < 20 {
			p.Unknown = append(p.Unknown, fmt.Sprintf("the account of the co-author %s of %.7s", inert.Line(inert.Clip(c.email, 100)), c.commit))
		}
	}
	return nil
}

func (b accounts) of(email string) string {
	if m := noReply().FindStringSubmatch(email); m != nil {
		return m[1]
	}
	return b[email]
}

// authors asks for the accounts behind a commit; REST does not tell those of co-authors.
func (g *GitHub) authors(ctx context.Context, commit string, book accounts) error {
	const query = `query($owner: String!, $name: String!, $oid: GitObjectID!) {
  repository(owner: $owner, name: $name) {
    object(oid: $oid) { ... on Commit { authors(first: 100) { nodes { email user { login } } } } }
  }
}`
	var data struct {
		Repository struct {
			Object struct {
				Authors struct {
					Nodes []struct {
						Email string
						User  *struct{ Login string }
					}
				}
			}
		}
	}
	if err := g.graphQL(ctx, query, map[string]any{"owner": g.owner, "name": g.repo, "oid": commit}, &data); err != nil {
		return err
	}
	for _, n := range data.Repository.Object.Authors.Nodes {
		if n.User != nil && n.User.Login != "" {
			book[strings.ToLower(n.Email)] = n.User.Login
		}
	}
	return nil
}
