package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/chat"
	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// refusal is a "no" to who asks.
type refusal struct{ why string }

func (r refusal) Error() string { return r.why }

// talk is one comment that asks for something, and what is needed to answer it.
type talk struct {
	app      *app
	hub      mlgate.Forum
	thread   mlgate.Comments
	said     mlgate.Remark
	asks     chat.Command
	workflow string // that judges
}

// remarked answers the comment that started this run.
func (a *app) remarked(ctx context.Context, workflow string) error {
	said, ours, err := ci.NewGitHub(ci.GitHubOptions{Getenv: a.Getenv, ReadFile: readEvent}).Remark()
	if err != nil {
		return err
	}
	if !ours {
		fmt.Fprintln(a.Stderr, "no new comment on a pull request: nothing to answer")
		return nil
	}
	return a.chat(ctx, said, workflow)
}

// chat answers a comment. What is not said to mlgate, or by somebody who may not write here, gets no
// words: anybody can comment on a public repository.
func (a *app) chat(ctx context.Context, said mlgate.Remark, workflow string) error {
	asks, ours, err := chat.Parse(said.Body)
	if !ours {
		fmt.Fprintln(a.Stderr, "the comment says nothing to mlgate")
		return nil
	}
	repo := a.Getenv("GITHUB_REPOSITORY")
	hub, herr := a.github(repo)
	switch {
	case herr != nil:
		return herr
	case hub == nil:
		return &mlgate.Mistake{Err: errors.New("answering a comment: there is no token"), Fix: "give the step `GITHUB_TOKEN: ${{ github.token }}`"}
	}
	t := talk{app: a, hub: hub, thread: hub, said: said, asks: asks, workflow: cmp.Or(workflow, ".github/workflows/mlgate.yml")}
	var why refusal
	if no := t.unheard(ctx); errors.As(no, &why) {
		fmt.Fprintln(a.Stderr, "not listened to:", no)
		return exitError(exitBlocked)
	} else if no != nil {
		return no
	}
	if no := t.still(ctx); errors.As(no, &why) {
		fmt.Fprintln(a.Stderr, "not listened to:", no)
		return errors.Join(hub.React(ctx, said.ID, "-1"), exitError(exitBlocked))
	} else if no != nil {
		return no
	}
	answer := ""
	if err == nil {
		answer, err = t.answer(ctx)
	}
	return t.tell(ctx, answer, err)
}

// unheard says why a comment is not listened to at all: nothing is written for it, not even a reaction, and
// it costs one request. Anybody may comment as often as they like.
func (t talk) unheard(ctx context.Context) error {
	if !t.said.Human {
		return refusal{"what a program says is not listened to"}
	}
	may, err := t.hub.MayWrite(ctx, t.said.Author)
	if err != nil {
		return fmt.Errorf("asking what @%s may do here: %w", inert.Line(t.said.Author), err)
	}
	if !may {
		return refusal{"@" + inert.Line(t.said.Author) + " may not write to this repository"}
	}
	return nil
}

// still reads the comment anew: it must be there, unedited, by the same person, and say the same.
func (t talk) still(ctx context.Context) error {
	now, err := t.hub.Remark(ctx, t.said.ID)
	switch {
	case errors.Is(err, mlgate.ErrNotFound):
		return refusal{"the comment was deleted"}
	case err != nil:
		return fmt.Errorf("reading the comment anew: %w", err)
	case now.Edited || now.Body != t.said.Body:
		return refusal{"the comment was edited: say it in a new one"}
	case now.Author != t.said.Author || now.AuthorID != t.said.AuthorID || now.Number != t.said.Number || now.Human != t.said.Human:
		return refusal{"the comment is not the one of the event"}
	}
	return nil
}

func (t talk) answer(ctx context.Context) (string, error) {
	a := t.app
	pull, err := t.hub.Thread(ctx, t.said.Number)
	if err != nil {
		return "", fmt.Errorf("reading pull request #%d: %w", t.said.Number, err)
	}
	if t.asks.Verb == chat.Rerun {
		return t.rerun(ctx, pull.Head)
	}
	if attempt := a.Getenv("GITHUB_RUN_ATTEMPT"); t.asks.Acts() && attempt != "" && attempt != "1" {
		return "", refusal{"this run was started again: what was said once is not done twice; say it in a new comment"}
	}
	o, tip, err := a.openForHand(ctx)
	if err != nil {
		return "", err
	}
	defer o.Close()
	switch t.asks.Verb {
	case chat.Why:
		q, err := one(ctx, o, flow.Question{Change: tip, Config: a.config, Name: t.asks.Name, Model: t.asks.Model, Head: pull.Head})
		if err != nil {
			return "", err
		}
		w, err := o.Why(ctx, q)
		return report.WhyMarkdown(w), err
	case chat.Plan:
		var text strings.Builder
		err := plans(ctx, o, flow.Question{Change: tip, Config: a.config, Model: t.asks.Model}, &text)
		return indented(inert.Clip(text.String(), maxAnswer)), err
	case chat.Override:
		return t.override(ctx, o, tip, pull)
	}
	return t.promote(ctx, o, tip)
}

// maxAnswer keeps the plan of a thousand models within a comment.
const maxAnswer = 30_000

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ") + "\n"
}

func (t talk) rerun(ctx context.Context, head string) (string, error) {
	link, err := t.hub.Rerun(ctx, head, t.workflow)
	if err != nil {
		return "", fmt.Errorf("running again: %w", err)
	}
	return "Started again: " + inert.Markdown(link), nil
}

// decides asks whether who speaks may decide on a pull request: an owner, who had no hand in it.
func (t talk) decides(ctx context.Context, o *office, ask flow.Ask, number int, pull mlgate.Thread) error {
	owners, err := o.Deciders(ctx, ask)
	if err != nil {
		return err
	}
	as, unread, err := t.hub.Owned(ctx, t.said.Author, owners)
	if err != nil {
		return fmt.Errorf("asking whether @%s is an owner: %w", inert.Line(t.said.Author), err)
	}
	people, err := t.hub.People(ctx, number, owners)
	if err != nil {
		return fmt.Errorf("asking who made #%d: %w", number, err)
	}
	if pull.MergedBy != "" { // who merged it pushed it to the branch
		people.Makers = append(people.Makers, pull.MergedBy)
	}
	if why := governance.MayDecide(t.said.Author, owners, as, unread, people); why != "" {
		return refusal{why}
	}
	return nil
}

// override lifts a rule for the head of an open pull request, or for the commit that it was merged as.
func (t talk) override(ctx context.Context, o *office, tip mlgate.Change, pull mlgate.Thread) (string, error) {
	c := tip
	c.Event, c.Number, c.BaseBranch, c.Fork = mlgate.PullRequest, t.said.Number, pull.Base, pull.Fork
	c.Head, c.HeadBranch = pull.Head, pull.HeadBranch
	if pull.Merged != "" {
		c.Event, c.Head, c.HeadBranch, c.Fork = mlgate.Push, pull.Merged, pull.Base, false
	}
	pinned := func(p mlgate.Thread) error {
		now := cmp.Or(p.Merged, p.Head)
		if (!p.Open && p.Merged == "") || now != t.asks.Pin || p.Base != pull.Base {
			return refusal{fmt.Sprintf("the head is %.12s by now, and %.12s was meant", now, t.asks.Pin)}
		}
		return nil
	}
	if err := pinned(pull); err != nil {
		return "", err
	}
	ask := flow.Ask{Change: c, Config: t.app.config}
	if err := t.decides(ctx, o, ask, t.said.Number, pull); err != nil {
		return "", err
	}
	still := func(ctx context.Context) error {
		if err := t.still(ctx); err != nil {
			return err
		}
		now, err := t.hub.Thread(ctx, t.said.Number)
		if err != nil {
			return fmt.Errorf("reading pull request #%d: %w", t.said.Number, err)
		}
		return pinned(now)
	}
	lifted := mlgate.Override{Rule: t.asks.Name, Number: t.said.Number, By: t.said.Author, ByID: t.said.AuthorID, Reason: t.asks.Reason, Link: t.said.Link}
	if err := o.Override(ctx, ask, lifted, still); err != nil {
		return "", err
	}
	done := fmt.Sprintf("%s is lifted for %.12s, and for no other commit. ", inert.Code(t.asks.Name), t.asks.Pin)
	again, err := t.rerun(ctx, c.Head)
	if err != nil {
		return done + "It counts when the workflow runs again: " + inert.Markdown(inert.Line(err.Error())), nil
	}
	return done + again, nil
}

// promote moves a stage, in the name of who asks. Where it is said does not matter: who asks must have had
// no hand in the pull request that brought the version.
func (t talk) promote(ctx context.Context, o *office, tip mlgate.Change) (string, error) {
	ask := flow.Ask{Change: tip, Config: t.app.config}
	may := func(ctx context.Context, commit string) error {
		by, ok, err := o.BroughtBy(ctx, commit, tip.Default)
		if err != nil {
			return err
		}
		if !ok {
			return refusal{fmt.Sprintf("it is not known who made this version: no merged pull request brought %.12s to %s", commit, inert.Line(tip.Default))}
		}
		made, err := t.hub.Thread(ctx, by.Number)
		if err != nil {
			return fmt.Errorf("reading pull request #%d, which brought the version: %w", by.Number, err)
		}
		return t.decides(ctx, o, ask, by.Number, made)
	}
	o.By = t.said.Author
	out, err := o.PromoteByHand(ctx, flow.HandAsk{
		Ask: ask, Stage: t.asks.Name, Evidence: mlgate.Digest(t.asks.Pin), Started: t.app.Getenv("GITHUB_SHA"), May: may, Still: t.still,
		Reason: strings.TrimSpace(t.asks.Reason + fmt.Sprintf(" (asked by %s, id %d, in %s)", t.said.Author, t.said.AuthorID, t.said.Link)),
	})
	if err != nil {
		return "", err
	}
	outs := []mlgate.Outcome{out}
	t.app.release(ctx, outs)
	return report.Markdown(outs, report.Options{Limit: 30000}), nil
}

// tell reacts, and writes the answer into one comment that is kept up to date.
func (t talk) tell(ctx context.Context, answer string, err error) error {
	sign, word := "+1", ""
	var no refusal
	var waiting *mlgate.Waiting
	switch {
	case errors.As(err, &no):
		sign, word = "-1", "refused"
	case errors.As(err, &waiting):
		sign, word = "confused", "not yet"
	case err != nil:
		sign, word = "confused", "could not do it"
	}
	if err != nil {
		answer = report.Problem("mlgate: "+word, err.Error())
	}
	body := fmt.Sprintf("%s asked in [this comment](%s): %s\n\n%s", inert.Markdown(t.said.Author), t.said.Link, inert.Code(firstLine(t.said.Body)), answer)
	attempt := 0
	_, _ = fmt.Sscan(t.app.Getenv("GITHUB_RUN_ATTEMPT"), &attempt) // absent: 0
	stamp := comment.Stamp{Run: t.app.Getenv("GITHUB_RUN_ID"), Attempt: attempt, At: t.app.Now().UTC()}
	_, perr := comment.Post(ctx, t.thread, t.said.Number, "chat", body, stamp)
	told := errors.Join(t.hub.React(ctx, t.said.ID, sign), perr)
	if no.why != "" {
		fmt.Fprintln(t.app.Stderr, "refused:", inert.Line(no.why))
		return errors.Join(told, exitError(exitBlocked))
	}
	return errors.Join(err, told)
}

func firstLine(body string) string {
	line, _, _ := strings.Cut(body, "\n")
	return inert.Line(inert.Clip(strings.TrimSuffix(line, "\r"), 300))
}
