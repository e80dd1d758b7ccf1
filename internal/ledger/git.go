package ledger

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// gitLedger is a chain of commits per model on refs/mlgate/ledger/<model>. A record is one file: a
// line of envelope, then the body as it was sealed, byte for byte.
//
//	evidence/<recipe[:2]>/<recipe>/<attempt>-<digest>.json
//	verdict/<commit[:2]>/<commit>/<digest>.json
//	move/<id[:2]>/<id>/{intent,done,lost}.json    and open/<id>.json while a move is neither
//	hold/<stage>.json                             the newest word
//	held/<stage>/<digest>.json                    all of them
//	position/<stage>.json                         the newest move that was done
//	approval/<stage[:2]>/<stage>/<digest>.json
//	shelf/<key[:1]>/<key[1:3]>                    a link, from some 500 keys of a kind on
//
// Beside evidence of many inputs lies their list: a commit with the file inputs.json alone, which the
// record's envelope line names, and which is a parent of the commit that brought the record.
//
// A link names a commit with evidence/, verdict/ and move/ of its keys alone, as above. It is a parent
// of the commit that links to it first, so that who has the history has all. The newest commit alone,
// which everybody fetches, stays small by that, and a shelf is fetched when it is read.
type gitLedger struct{ repo *git.Repo }

// Ref is the reference that a model's ledger lives on.
func Ref(model string) string {
	return "refs/mlgate/ledger/" + strings.ReplaceAll(model, "/", "%2F")
}

// Open reads where the ledger stands. No reference is a new ledger, unless a tag of the model names
// a ledger: then it was lost, and nobody may start a new one over it.
func (l gitLedger) Open(ctx context.Context, model string) (mlgate.Log, error) {
	ref := Ref(model)
	tags := "refs/tags/" + strings.ReplaceAll(model, "/", "%2F")
	refs, err := l.repo.RemoteRefs(ctx, ref, tags+"@*", tags+"#*")
	if err != nil {
		return nil, err
	}
	log := &gitLog{repo: l.repo, ref: ref, model: model}
	for _, r := range refs {
		if r.Name == ref {
			log.head = r.ID
		}
	}
	if log.head == "" {
		return log, l.lost(ctx, ref, refs)
	}
	if err := l.repo.FetchTip(ctx, log.head); err != nil {
		return nil, fmt.Errorf("fetching the ledger %s: %w", ref, err)
	}
	log.tree, err = l.repo.Tree(ctx, log.head)
	return log, err
}

// lost looks into the model's tags for one that names a ledger.
func (l gitLedger) lost(ctx context.Context, ref string, tags []git.Ref) error {
	for _, t := range tags {
		if t.Peeled == "" {
			continue
		}
		if err := l.repo.Fetch(ctx, t.ID); err != nil {
			return err
		}
		_, data, err := l.repo.Object(ctx, t.ID)
		if err != nil {
			return err
		}
		if named.Match(data) {
			return fmt.Errorf("the ledger is unreadable: tag %s names one, and %s is not on the remote; restore the reference (a clone or backup has it) before anything moves", strings.TrimPrefix(t.Name, "refs/tags/"), ref)
		}
	}
	return nil
}

var named = regexp.MustCompile(`(?m)^Mlgate-Ledger: [0-9a-f]{40}`)
