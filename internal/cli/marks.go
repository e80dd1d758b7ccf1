package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/mlgate/mlgate/internal/check"
	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// Bounds of speaking to the forge before there is a verdict, and after it. After a signal, and when the
// forge was in trouble before, it is tellTime.
const (
	lookTime = 10 * time.Second
	tellLong = 2 * time.Minute
)

// maxCheckText is what GitHub takes as the text of a check run, in bytes.
const maxCheckText = 65535

// atWork is what the marks say before there is a verdict.
const atWork = "judging"

// marker keeps the marks on the judged commit: the status and the check runs. Nothing it does changes
// the verdict. The zero marker, of a run that has no forge to speak to, does nothing.
type marker struct {
	app     *app
	board   *check.Board
	trouble bool // the forge did not answer

	mu       sync.Mutex
	model    string                                       // at work
	running  map[string]time.Time                         // steps, since when
	stop     func()                                       // ends what tells of them, and waits for it
	comment  func(ctx context.Context, line string) error // puts a line on top of the comment; nil: there is none
	noted    noted                                        // comments that may have such a line
	problems []string
}

// mark looks at the commit under judgment, as soon as it is known. Without a token nothing is marked.
func (a *app) mark(ctx context.Context, change mlgate.Change) {
	if a.marks != nil && a.marks.board != nil || change.Event == mlgate.HandedOver {
		return
	}
	a.marks = &marker{app: a, running: map[string]time.Time{}, stop: func() {}}
	hub, err := a.github(change.Repo)
	if err != nil || hub == nil || change.Head == "" || change.Repo == "" {
		return // whoever comments says so
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	board, err := check.Look(ctx, hub, underName(change), change.Head, change.Run.URL)
	a.marks.board = board
	if err != nil {
		a.marks.trouble = !errors.Is(err, mlgate.ErrForbidden)
		fmt.Fprintln(a.Stderr, err)
	}
}

// underName is the name of the status for where a change goes.
func underName(c mlgate.Change) string {
	if c.BaseBranch == "" || c.Default == "" || c.BaseBranch == c.Default {
		return check.Context
	}
	return check.ContextOf(inert.Line(inert.Clip(c.BaseBranch, 100)))
}

// forged are the findings about marks in our name that are not ours.
func (m *marker) forged(model string) []mlgate.Finding {
	if m == nil || m.board == nil {
		return nil
	}
	return m.board.Forged(model)
}

// begin says that the steps of a model run.
func (m *marker) begin(ctx context.Context, model string) {
	if m == nil || m.board == nil || m.trouble {
		return
	}
	m.mu.Lock()
	m.model = model
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	m.note(m.board.Start(ctx, model, atWork))
	m.keepOpen()
}

// note keeps what could not be done, for the summary, once.
func (m *marker) note(err error) {
	if err == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for line := range strings.SplitSeq(err.Error(), "\n") {
		seen := false
		for _, p := range m.problems {
			seen = seen || p == line
		}
		if !seen {
			m.problems = append(m.problems, line)
			fmt.Fprintln(m.app.Stderr, line)
		}
	}
}

// finish says what came out, and returns what could not be said; empty: all could.
func (m *marker) finish(ctx context.Context, t check.Total, all []check.Result) string {
	if m == nil || m.board == nil {
		return ""
	}
	m.stop()
	m.note(m.board.Finish(ctx, t, all))
	m.keepOpen()
	return strings.Join(m.problems, "\n")
}

// keepOpen writes down what a kill would leave open.
func (m *marker) keepOpen() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.app.keepOpen(m.board, m.noted)
}

// said notes that comments were written: no line of progress stands on them any more.
func (m *marker) said() {
	if m == nil || m.board == nil || len(m.noted.Keys) == 0 {
		return
	}
	m.noted = noted{}
	m.keepOpen()
}

// total is what the status says of all models.
func total(outs []mlgate.Outcome) check.Total {
	code, _ := worst(outs)
	t := check.Total{State: "error", Description: inert.Clip(inert.Line(report.Short(outs)), 140), Left: "failure"}
	switch code {
	case exitOK:
		t.State = "success"
	case exitBlocked:
		t.State = "failure"
	case exitWaiting:
		t.State = "pending"
	}
	return t
}

// totalOfError is what the status says when there is no verdict.
func totalOfError(stopped bool, err error) check.Total {
	first, _, _ := strings.Cut(err.Error(), "\n")
	t := check.Total{State: "error", Left: "failure", Description: inert.Clip(inert.Line(string(wordOf(err))+": "+first), 140)}
	if wordOf(err) == mlgate.WaitingFor {
		t.State, t.Left = "pending", "action_required"
	}
	if stopped {
		t.Description, t.Left = "cancelled, no verdict", "cancelled"
	}
	return t
}

// results are what the check runs say. What stands for no single model has none.
func results(outs []mlgate.Outcome) []check.Result {
	var all []check.Result
	for _, out := range outs {
		if out.Path == "" || out.Model == "" {
			continue
		}
		one := []mlgate.Outcome{out}
		title := inert.Clip(inert.Line(report.Short(one)), 255)
		text := checkText(one)
		all = append(all, check.Result{
			Model: out.Model, Conclusion: conclusion(out), Title: title, Headline: inert.Markdown(title), Text: text, Lasting: comment.Lasting(text),
			Annotations: annotations(one),
		})
	}
	return all
}

// checkText is the report, as much of it as GitHub takes.
func checkText(outs []mlgate.Outcome) string {
	for limit := maxCheckText; ; limit /= 2 {
		if text := report.Markdown(outs, report.Options{Limit: limit, Link: first(outs).Change.Run.URL}); len(text) <= maxCheckText {
			return text
		}
	}
}

// conclusion is a verdict in GitHub's words. A ruleset that requires a check lets success, neutral and
// skipped through.
func conclusion(out mlgate.Outcome) string {
	switch exitOf(out.Verdict, out.WarnOnly) {
	case exitBlocked, exitUsage, exitUndecided:
		return "failure"
	case exitWaiting:
		return "action_required"
	}
	switch out.Verdict.Word {
	case mlgate.Passed, mlgate.PassedWarnings:
		return "success"
	case mlgate.NotAffected:
		return "skipped"
	}
	return "neutral" // blocked where nothing is enforced, too noisy, not judged, superseded
}

// tellContext is for telling people, also after a signal: then there is little time.
func (a *app) tellContext(ctx context.Context) (context.Context, context.CancelFunc) {
	long := tellLong
	if a.marks != nil && a.marks.trouble {
		long = tellTime
	}
	told, cancel := context.WithTimeout(context.WithoutCancel(ctx), long)
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(tellTime, cancel)
		context.AfterFunc(told, func() { timer.Stop() })
	})
	return told, func() { stop(); cancel() }
}
