package ci

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// remark are the fields of an issue_comment event that are used. All are optional.
type remark struct {
	Action     string `json:"action"`
	Repository struct {
		FullName string `json:"full_name"`
	} `json:"repository"`
	Issue struct {
		Number      int       `json:"number"`
		PullRequest *struct{} `json:"pull_request"`
	} `json:"issue"`
	Comment struct {
		ID   int64  `json:"id"`
		Body string `json:"body"`
		Link string `json:"html_url"`
		User struct {
			Login string `json:"login"`
			ID    int64  `json:"id"`
			Type  string `json:"type"`
		} `json:"user"`
		App *struct{} `json:"performed_via_github_app"`
	} `json:"comment"`
}

// Remark reads the comment of an issue_comment event: new, on a pull request, of this repository. False:
// it is something else, and nobody is to be answered.
func (g *GitHub) Remark() (mlgate.Remark, bool, error) {
	var e remark
	if err := g.payload(&e); err != nil {
		return mlgate.Remark{}, false, err
	}
	if e.Action != "created" || e.Issue.PullRequest == nil {
		return mlgate.Remark{}, false, nil
	}
	if repo := g.o.Getenv("GITHUB_REPOSITORY"); !repoName.MatchString(repo) || !strings.EqualFold(e.Repository.FullName, repo) {
		return mlgate.Remark{}, false, fmt.Errorf("reading the CI event: a comment in %q, and this is %q", e.Repository.FullName, repo)
	}
	c := e.Comment
	if c.ID <= 0 || e.Issue.Number <= 0 || c.User.Login == "" {
		return mlgate.Remark{}, false, errors.New("reading the CI event: a comment without a number or an author")
	}
	return mlgate.Remark{
		ID: c.ID, Number: e.Issue.Number, Author: c.User.Login, AuthorID: c.User.ID, Human: c.User.Type == "User" && c.App == nil, Body: c.Body, Link: c.Link,
	}, true, nil
}
