// Package check marks a commit with what mlgate says of it: one status for all models together, the
// thing to require, and beside it a check run for each model. It leaves alone what says the same, and
// what a newer run said.
//
// It never makes the verdict, and nothing that it cannot write changes one.
package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// Context is the name of the status for what goes to the default branch.
const Context = "mlgate"

// ContextOf is the name of the status for what goes to another branch: one commit may be proposed to
// several, and what the rules of one say must not stand for what those of another do.
func ContextOf(branch string) string { return Context + " (" + branch + ")" }

// name is the name of a model's check run.
func name(context, model string) string { return context + " / " + model }

// external is how our own check runs are known again, on every commit.
func external(context, model string) string { return context + "/" + model }

// Result is what a check run says of a model.
type Result struct {
	Model       string
	Conclusion  string // success, failure, neutral, skipped, cancelled or action_required
	Title       string
	Headline    string // Markdown, short
	Text        string // Markdown, at most 65,535 bytes
	Lasting     string // what of it does not change from run to run: the same is not written again
	Annotations []mlgate.Finding
}

// Total is what the status says of all models.
type Total struct {
	State       string // pending, success, failure or error
	Description string // at most 140 characters
	Left        string // conclusion of check runs that were started and have no result
}

// Board is the marks on one commit, as one run sees and writes them.
type Board struct {
	marks   mlgate.Marks
	context string // name of the status, and beginning of the checks' names
	commit  string
	url     string // of the run
	seen    mlgate.Marked

	mu      sync.Mutex
	open    map[string]int64 // check runs of ours in progress, by model
	pending bool             // the status says that we are at work
}

// Look reads what stands on a commit. When that fails the board is there all the same and knows of
// nothing: what can be written is written. The name is Context, or what ContextOf makes of a branch.
func Look(ctx context.Context, marks mlgate.Marks, name, commit, url string) (*Board, error) {
	b := &Board{marks: marks, context: name, commit: commit, url: url, open: map[string]int64{}}
	seen, err := marks.Marked(ctx, commit)
	if err != nil {
		return b, fmt.Errorf("reading the checks on %.12s: %w", commit, err)
	}
	b.seen = seen
	return b, nil
}

// Forged are the findings about marks in our name that somebody else made: who looks at the commit, or
// a ruleset that pins nobody, would take them for ours. One that lets the change through fails.
func (b *Board) Forged(model string) []mlgate.Finding {
	var all []mlgate.Finding
	for _, s := range b.seen.Statuses {
		if s.Context == b.context && s.By != b.seen.Self {
			all = append(all, forged("status", b.context, s.By, s.State == "success"))
		}
	}
	for _, c := range b.seen.Checks {
		if c.Name == name(b.context, model) && c.By != b.seen.Self {
			all = append(all, forged("check", c.Name, c.By, slices.Contains([]string{"success", "neutral", "skipped"}, c.Conclusion)))
		}
	}
	return all
}

func forged(what, name, by string, lets bool) mlgate.Finding {
	if by == "" {
		by = "somebody unknown"
	}
	f := mlgate.Finding{
		Rule: "governance/forged-check", Status: mlgate.Warn, Message: fmt.Sprintf("the %s %q on this commit is not by mlgate but by %s", what, name, by),
		Fix: "find out who made it; let the ruleset require the status from the App that runs mlgate alone; push a new commit",
	}
	if lets {
		f.Status = mlgate.Fail
		f.Message += ", and says that all is well"
	}
	return f
}

// Start says that a model is being judged, where nothing of ours is said of this commit yet.
func (b *Board) Start(ctx context.Context, model, title string) error {
	var errs []error
	if _, known := b.status(); !known && !b.pending {
		errs = append(errs, b.setStatus(ctx, Total{State: "pending", Description: title}))
		b.pending = errs[0] == nil
	}
	if _, known := b.check(model); known {
		return errors.Join(errs...)
	}
	id, err := b.marks.OpenCheck(ctx, b.commit, b.progress(model, title))
	if id != 0 {
		b.mu.Lock()
		b.open[model] = id
		b.mu.Unlock()
	}
	return errors.Join(append(errs, err)...)
}

func (b *Board) progress(model, title string) mlgate.CheckRun {
	return mlgate.CheckRun{Name: name(b.context, model), External: external(b.context, model), Title: title, Summary: title, URL: b.url}
}

// Progress says how far a model is; where no check run of ours is in progress it reports false.
func (b *Board) Progress(ctx context.Context, model, title string) (bool, error) {
	b.mu.Lock()
	id, open := b.open[model]
	b.mu.Unlock()
	if !open {
		return false, nil
	}
	c := b.progress(model, title)
	c.ID = id
	return true, b.marks.UpdateCheck(ctx, c)
}

// Finish says what came out: the status first, then a check run for each model. Check runs that were
// started and have no result are completed with the status's words.
func (b *Board) Finish(ctx context.Context, t Total, all []Result) error {
	var errs []error
	if !b.standing(t) {
		err := b.setStatus(ctx, t)
		b.pending = b.pending && err != nil
		errs = append(errs, err)
	}
	for _, r := range all {
		errs = append(errs, b.finish(ctx, r))
	}
	for _, model := range b.left() {
		errs = append(errs, b.finish(ctx, Result{Model: model, Conclusion: t.Left, Title: t.Description, Headline: t.Description}))
	}
	return errors.Join(errs...)
}

// left are the models whose check runs are in progress.
func (b *Board) left() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var models []string
	for m := range b.open {
		models = append(models, m)
	}
	slices.Sort(models)
	return models
}

// Context is the name of the status.
func (b *Board) Context() string { return b.context }

// Commit is the one that is marked.
func (b *Board) Commit() string { return b.commit }

// URL is the address of the run.
func (b *Board) URL() string { return b.url }

// Has reports whether a check run of ours about a model is in progress.
func (b *Board) Has(model string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, open := b.open[model]
	return open
}

// Open are the check runs of ours that are in progress, and whether the status says so too.
func (b *Board) Open() (all []Pending, pending bool) {
	for _, model := range b.left() {
		b.mu.Lock()
		all = append(all, Pending{ID: b.open[model], Model: model, Under: b.context})
		b.mu.Unlock()
	}
	return all, b.pending
}

func (b *Board) finish(ctx context.Context, r Result) error {
	c := mlgate.CheckRun{
		Name: name(b.context, r.Model), External: external(b.context, r.Model), Completed: true, Conclusion: r.Conclusion, Title: r.Title,
		Summary: r.Headline + seal(r), Text: r.Text, URL: b.url, Annotations: r.Annotations,
	}
	b.mu.Lock()
	id, open := b.open[r.Model]
	b.mu.Unlock()
	if !open {
		if said, known := b.check(r.Model); known && (said.Completed && seal(r) == sealOf(said.Summary) && said.Conclusion == r.Conclusion || newer(said.URL, b.url)) {
			return nil
		}
		// a new one takes the place of an old one: GitHub never takes back an annotation
		_, err := b.marks.OpenCheck(ctx, b.commit, c)
		return about(c.Name, err)
	}
	c.ID = id
	if err := b.marks.UpdateCheck(ctx, c); err != nil {
		return about(c.Name, err)
	}
	b.mu.Lock()
	delete(b.open, r.Model)
	b.mu.Unlock()
	return nil
}

func about(name string, err error) error {
	if err != nil {
		return fmt.Errorf("writing the check %q: %w", name, err)
	}
	return nil
}

// sealed is the hidden end of a summary: what the check run lastingly says, as a digest.
var sealed = pattern.Lazy(`\n\n<!-- mlgate [0-9a-f]{16} -->$`)

func seal(r Result) string {
	return fmt.Sprintf("\n\n<!-- mlgate %.16s -->", mlgate.DigestOf([]byte(r.Title+"\x00"+r.Headline+"\x00"+r.Lasting)))
}

func sealOf(summary string) string {
	return sealed().FindString(strings.ReplaceAll(summary, "\r\n", "\n"))
}

// check is the newest check run of ours about a model.
func (b *Board) check(model string) (newest mlgate.CheckRun, known bool) {
	for _, c := range b.seen.Checks {
		if c.By == b.seen.Self && c.External == external(b.context, model) && c.ID > newest.ID {
			newest, known = c, true
		}
	}
	return newest, known
}

// status is ours.
func (b *Board) status() (mlgate.CommitStatus, bool) {
	for _, s := range b.seen.Statuses {
		if s.Context == b.context && s.By == b.seen.Self {
			return s, true
		}
	}
	return mlgate.CommitStatus{}, false
}

// standing reports whether the status need not be written: it says the same, or a newer run said it.
func (b *Board) standing(t Total) bool {
	s, known := b.status()
	return known && !b.pending && (s.State == t.State && s.Description == t.Description || newer(s.URL, b.url))
}

func (b *Board) setStatus(ctx context.Context, t Total) error {
	err := b.marks.SetStatus(ctx, b.commit, mlgate.CommitStatus{Context: b.context, State: t.State, Description: t.Description, URL: b.url})
	if err != nil {
		return fmt.Errorf("writing the status %q: %w", b.context, err)
	}
	return nil
}

// ofRun finds the number of the run in its address.
var ofRun = pattern.Lazy(`/actions/runs/([0-9]{1,19})$`)

// newer reports whether a is the address of a later run than b.
func newer(a, b string) bool {
	x, y := ofRun().FindStringSubmatch(a), ofRun().FindStringSubmatch(b)
	if x == nil || y == nil {
		return false
	}
	m, errM := strconv.ParseUint(x[1], 10, 64)
	n, errN := strconv.ParseUint(y[1], 10, 64)
	return errM == nil && errN == nil && m > n
}
