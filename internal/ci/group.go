package ci

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
)

// Group is a part of GitHub's log that is folded and in which no command counts: only who knows its
// random token can end that. Foreign text in it is to be neutralised all the same.
type Group struct {
	w     io.Writer
	token string
}

// OpenGroup begins a group on the log w. Close ends it; only one may be open.
func OpenGroup(w io.Writer, title string) (*Group, error) {
	g := &Group{w: w, token: rand.Text()}
	title = strings.ReplaceAll(inert.Line(inert.Clip(title, 120)), "%", "%25")
	_, err := fmt.Fprintf(w, "::group::%s\n::stop-commands::%s\n", title, g.token)
	return g, err
}

// Close ends the group and lets commands count again.
func (g *Group) Close() error {
	_, err := fmt.Fprintf(g.w, "::%s::\n::endgroup::\n", g.token)
	if err != nil {
		return errors.Join(errors.New("ending a group of the log"), err)
	}
	return nil
}
