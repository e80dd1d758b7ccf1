package registry

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// gitTags is a registry of annotated tags in the grammar of GTO (gto.ai): <model>@v1.2.0 registers,
// <model>#<stage>#<n> assigns, with a counter per model. "/" in a model's name is %2F in a tag.
type gitTags struct {
	repo *git.Repo
	now  func() time.Time
}

// grammar of a tag, less the model's name: what GTO writes and reads.
var (
	assignment   = pattern.Lazy(`^#([a-zA-Z0-9](?:[a-zA-Z0-9/_-]*[a-zA-Z0-9])?)(!?)(?:#([0-9]{1,9}))?$`)
	registration = pattern.Lazy(`^@(v[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)(!?)(?:#[0-9]{1,9})?$`)
)

func tagName(model string) string { return strings.ReplaceAll(model, "/", "%2F") }

// List reads the model's tags from the remote, as of the moment when its ledger was opened. A tag that says nothing GTO knows is no entry.
func (g gitTags) List(ctx context.Context, model string) ([]mlgate.Entry, error) {
	prefix := "refs/tags/" + tagName(model)
	refs, err := g.repo.SameMoment(ctx, prefix+"@*", prefix+"#*")
	if err != nil {
		return nil, err
	}
	var wants []string
	for _, r := range refs {
		wants = append(wants, r.ID)
	}
	if err := g.repo.Fetch(ctx, wants...); err != nil {
		return nil, fmt.Errorf("fetching the tags of %s: %w", model, err)
	}
	var out []mlgate.Entry
	for _, r := range refs {
		e, ok := parse(model, strings.TrimPrefix(r.Name, prefix))
		if !ok {
			continue
		}
		e.Ref, e.Commit = strings.TrimPrefix(r.Name, "refs/tags/"), cmp.Or(r.Peeled, r.ID)
		if r.Peeled != "" {
			if err := g.annotate(ctx, &e, r.ID); err != nil {
				return nil, err
			}
		}
		out = append(out, e)
	}
	name(out)
	slices.SortStableFunc(out, older)
	return out, nil
}

// Pointers reads the names of all tags: the highest counter of a stage counts, and where it takes
// something back there is no pointer.
func (g gitTags) Pointers(ctx context.Context) ([]mlgate.Pointer, error) {
	refs, err := g.repo.RemoteRefs(ctx, "refs/tags/*#*")
	if err != nil {
		return nil, err
	}
	type key struct{ model, stage string }
	best := map[key]mlgate.Entry{}
	for _, r := range refs {
		name, rest, ok := strings.Cut(strings.TrimPrefix(r.Name, "refs/tags/"), "#")
		e, known := parse(strings.ReplaceAll(name, "%2F", "/"), "#"+rest)
		k := key{e.Model, e.Stage}
		if have, there := best[k]; ok && known && e.Stage != "" && (!there || number(e.Revision) > number(have.Revision)) {
			e.Commit = cmp.Or(r.Peeled, r.ID)
			best[k] = e
		}
	}
	var out []mlgate.Pointer
	for k, e := range best {
		if !e.Removed {
			out = append(out, mlgate.Pointer{Model: k.model, Stage: k.stage, Commit: e.Commit})
		}
	}
	slices.SortFunc(out, func(a, b mlgate.Pointer) int {
		return cmp.Or(strings.Compare(a.Model, b.Model), strings.Compare(a.Stage, b.Stage))
	})
	return out, nil
}

// older: by time, and within a second by counter.
func older(a, b mlgate.Entry) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(number(a.Revision), number(b.Revision)), strings.Compare(a.Ref, b.Ref))
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func parse(model, rest string) (mlgate.Entry, bool) {
	if m := assignment().FindStringSubmatch(rest); m != nil {
		return mlgate.Entry{Model: model, Stage: m[1], Removed: m[2] == "!", Revision: cmp.Or(m[3], "0")}, true
	}
	if m := registration().FindStringSubmatch(rest); m != nil {
		return mlgate.Entry{Model: model, Version: m[1], Removed: m[2] == "!"}, true
	}
	return mlgate.Entry{}, false
}

// name gives each assignment the version that is registered on its commit: the tag itself names only
// the commit. A commit that was assigned without being registered has its short id for a version.
func name(entries []mlgate.Entry) {
	at := map[string]string{}
	for _, e := range entries {
		if e.Stage == "" && !e.Removed {
			at[e.Commit] = e.Version
		}
	}
	for i, e := range entries {
		if e.Stage != "" {
			entries[i].Version = cmp.Or(at[e.Commit], fmt.Sprintf("%.7s", e.Commit))
		}
	}
}

// maxMessage is how much of a tag is read, in bytes.
const maxMessage = 64 << 10

var (
	trailer = pattern.Lazy(`(?m)^Mlgate-(Move|Evidence|Artifact|Ledger): ([0-9a-f]{16,64})$`)
	tagger  = pattern.Lazy(`(?m)^tagger (.*) <[^>]*> ([0-9]{1,12}) [+-][0-9]{4}$`)
)

// lastSecond is the end of the year 9998: a later date, which anybody can write into a tag, is none.
const lastSecond = 253_370_764_799

// maxCounter is the highest that is counted on from.
const maxCounter = 99_999_999

// annotate reads date, person and trailers of a tag object. Foreign text is data: only what has
// exactly the expected form is taken.
func (g gitTags) annotate(ctx context.Context, e *mlgate.Entry, id string) error {
	kind, data, err := g.repo.Object(ctx, id)
	if err != nil {
		return fmt.Errorf("reading tag %q: %w", e.Ref, err)
	}
	if kind == "tag" {
		describe(e, data)
	}
	return nil
}

// describe takes what a tag object says of an entry.
func describe(e *mlgate.Entry, data []byte) {
	head, message, _ := strings.Cut(string(data[:min(len(data), maxMessage)]), "\n\n")
	if m := tagger().FindStringSubmatch(head); m != nil {
		sec, _ := strconv.ParseInt(m[2], 10, 64) // at most twelve digits: it fits
		if e.By = m[1]; sec <= lastSecond {
			e.At = time.Unix(sec, 0).UTC()
		}
	}
	for _, m := range trailer().FindAllStringSubmatch(message, -1) {
		switch m[1] {
		case "Move":
			e.Move = m[2]
		case "Evidence":
			e.Evidence = mlgate.Digest(m[2])
		case "Artifact":
			e.Artifact = mlgate.Digest(m[2])
		case "Ledger":
			e.Ledger = m[2]
		}
	}
}

// Assign makes one tag, or two with the registration. Their names must be free: a taken one is a
// lost race.
func (g gitTags) Assign(ctx context.Context, m mlgate.Move, ledgerHead string, together mlgate.Write) error {
	entries, err := g.List(ctx, m.Model)
	if err != nil {
		return err
	}
	if got := revision(entries, m.Stage); got != m.Revision {
		return fmt.Errorf("moving %s: it is at revision %q, the decision was made on %q: %w", m.Stage, got, m.Revision, mlgate.ErrConflict)
	}
	at := m.At.UTC().Truncate(time.Second)
	counter := 0
	for _, e := range entries {
		counter = max(counter, number(e.Revision))
		if !e.At.Before(at) { // GTO orders by date: ours comes after everything there is
			at = e.At.Add(time.Second)
		}
	}
	if counter >= maxCounter {
		return &mlgate.Mistake{Err: fmt.Errorf("moving %s: a tag of %s has the counter %d, and nothing can come after it", m.Stage, m.Model, counter), Fix: "delete that tag: nobody counts so far by hand or by mlgate"}
	}
	assign := git.Tag{Name: fmt.Sprintf("%s#%s#%d", tagName(m.Model), m.Stage, counter+1), Target: m.Commit, At: at}
	assign.Message = message(m, ledgerHead, fmt.Sprintf("%s %s → %s", m.Model, m.Version, m.Stage))
	tags := []git.Tag{assign}
	if m.Register {
		v := git.Tag{Name: tagName(m.Model) + "@" + m.Version, Target: m.Commit, At: at}
		v.Message = message(m, ledgerHead, fmt.Sprintf("%s %s", m.Model, m.Version))
		tags[0].At = at.Add(time.Second)
		tags = append(tags, v)
	}
	return g.push(ctx, tags, together)
}

func (g gitTags) push(ctx context.Context, tags []git.Tag, together mlgate.Write) error {
	_, ids, err := g.repo.Import(ctx, nil, tags)
	if err != nil {
		return err
	}
	p := g.repo.NewPush()
	for i, t := range tags {
		p.Updates = append(p.Updates, git.Update{Ref: "refs/tags/" + t.Name, New: ids[i]})
	}
	if with, ok := together.(*git.Push); ok && p.Join(with) == nil {
		return p.Commit(ctx)
	}
	if err := p.Commit(ctx); err != nil || together == nil {
		return err
	}
	return together.Commit(ctx)
}

// revision is the counter of the newest tag of a stage, an assignment or the taking back of one;
// empty: none.
func revision(entries []mlgate.Entry, stage string) string {
	best := ""
	for _, e := range entries {
		if e.Stage == stage && (best == "" || number(e.Revision) > number(best)) {
			best = e.Revision
		}
	}
	return best
}

func message(m mlgate.Move, ledgerHead, title string) string {
	artifact := "source-only"
	if m.Artifact != "" {
		artifact = string(m.Artifact)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", title)
	for _, kv := range [][2]string{
		{"Move", m.ID}, {"Evidence", string(m.Evidence)}, {"Artifact", artifact}, {"From", m.From}, {"Ledger", ledgerHead},
	} {
		if kv[1] != "" {
			fmt.Fprintf(&b, "Mlgate-%s: %s\n", kv[0], kv[1])
		}
	}
	return b.String()
}
