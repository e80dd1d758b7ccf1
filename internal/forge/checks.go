package forge

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Marks = (*GitHub)(nil)

// batch is how many annotations GitHub takes in one request.
const batch = 50

// OpenCheck makes a check run, once: when the answer is lost, the commit's are read first. Annotations
// beyond the first batch are added afterwards.
func (g *GitHub) OpenCheck(ctx context.Context, commit string, c mlgate.CheckRun) (int64, error) {
	first, rest := cut(c.Annotations)
	in := github.CreateCheckRunOptions{
		Name: c.Name, HeadSHA: commit, ExternalID: &c.External, Status: github.String(state(c)), Output: output(c, first),
	}
	in.Conclusion, in.DetailsURL = optional(c.Conclusion), optional(c.URL)
	do := func(ctx context.Context) (int64, error) {
		made, resp, err := g.client.Checks.CreateCheckRun(ctx, g.owner, g.repo, in)
		return made.GetID(), explain(resp, err)
	}
	id, err := mlgate.Once(ctx, func(ctx context.Context) (int64, bool, error) { return g.opened(ctx, commit, c) }, do)
	if err != nil {
		return id, err
	}
	c.ID = id
	return id, g.annotate(ctx, c, len(first), rest)
}

// opened looks for the check run that a request made whose answer was lost.
func (g *GitHub) opened(ctx context.Context, commit string, c mlgate.CheckRun) (int64, bool, error) {
	path := g.path("commits/%s/check-runs?filter=all&check_name=%s", commit, url.QueryEscape(c.Name))
	id := int64(0)
	for run, err := range list[github.CheckRun](ctx, g, path, "check_runs") {
		if err != nil {
			return 0, false, err
		}
		ofRun := run.GetDetailsURL() == c.URL || !strings.Contains(run.GetDetailsURL(), "/actions/runs/") // GitHub may put its own address there
		if run.GetExternalID() == c.External && ofRun && run.GetStatus() == state(c) && run.GetID() > id {
			id = run.GetID()
		}
	}
	return id, id != 0, nil
}

// UpdateCheck changes a check run: first what it says, then the annotations that one request cannot
// hold. GitHub adds annotations to those that are there, so that such a request is sent once.
func (g *GitHub) UpdateCheck(ctx context.Context, c mlgate.CheckRun) error {
	first, rest := cut(c.Annotations)
	if err := g.patch(ctx, c, first, 0); err != nil {
		return err
	}
	return g.annotate(ctx, c, len(first), rest)
}

func (g *GitHub) annotate(ctx context.Context, c mlgate.CheckRun, before int, rest []mlgate.Finding) error {
	for len(rest) > 0 {
		some := rest[:min(len(rest), batch)]
		rest = rest[len(some):]
		if err := g.patch(ctx, c, some, before); err != nil {
			return fmt.Errorf("adding annotations: %w", err)
		}
		before += len(some)
	}
	return nil
}

// patch sends one change of a check run that has so many annotations before it.
func (g *GitHub) patch(ctx context.Context, c mlgate.CheckRun, some []mlgate.Finding, before int) error {
	in := github.UpdateCheckRunOptions{Name: c.Name, ExternalID: &c.External, Status: github.String(state(c)), Output: output(c, some)}
	in.Conclusion, in.DetailsURL = optional(c.Conclusion), optional(c.URL)
	do := func(ctx context.Context) (struct{}, error) {
		_, resp, err := g.client.Checks.UpdateCheckRun(ctx, g.owner, g.repo, c.ID, in)
		return struct{}{}, explain(resp, err)
	}
	if len(some) == 0 {
		_, err := do(repeatable(ctx))
		return err
	}
	_, err := mlgate.Once(ctx, func(ctx context.Context) (none struct{}, there bool, err error) {
		run, resp, err := g.client.Checks.GetCheckRun(ctx, g.owner, g.repo, c.ID)
		return none, run.GetOutput().GetAnnotationsCount() >= before+len(some), explain(resp, err)
	}, do)
	return err
}

// InProgress reports whether a check run was never completed. One that is gone is not in progress.
func (g *GitHub) InProgress(ctx context.Context, id int64) (bool, error) {
	run, resp, err := g.client.Checks.GetCheckRun(ctx, g.owner, g.repo, id)
	if err = explain(resp, err); errors.Is(err, mlgate.ErrNotFound) {
		return false, nil
	}
	return run.GetStatus() != "completed", err
}

// cut parts the annotations that the first request takes from the others. Those without a place are
// left to the text: GitHub takes none without a file.
func cut(all []mlgate.Finding) (first, rest []mlgate.Finding) {
	var placed []mlgate.Finding
	for _, f := range all {
		if f.Pos.File != "" {
			placed = append(placed, f)
		}
	}
	n := min(len(placed), batch)
	return placed[:n], placed[n:]
}

func state(c mlgate.CheckRun) string {
	if c.Completed {
		return "completed"
	}
	return "in_progress"
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func output(c mlgate.CheckRun, some []mlgate.Finding) *github.CheckRunOutput {
	out := &github.CheckRunOutput{Title: github.String(inert.Clip(c.Title, 255)), Summary: &c.Summary, Text: optional(c.Text)}
	for _, f := range some {
		out.Annotations = append(out.Annotations, annotation(f))
	}
	return out
}

func annotation(f mlgate.Finding) *github.CheckRunAnnotation {
	level := "notice"
	switch f.Status {
	case mlgate.Unknown, mlgate.Fail:
		level = "failure"
	case mlgate.Inconclusive, mlgate.Warn:
		level = "warning"
	}
	text := inert.Line(inert.Clip(f.Message, 4000))
	if f.Fix != "" {
		text += "\n" + inert.Line(inert.Clip(f.Fix, 1000))
	}
	line := max(1, f.Pos.Line)
	return &github.CheckRunAnnotation{
		Path: github.String(inert.Line(f.Pos.File)), StartLine: &line, EndLine: &line, AnnotationLevel: &level,
		Title: github.String(inert.Line(inert.Clip(f.Rule, 255))), Message: &text,
	}
}
