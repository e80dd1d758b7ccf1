package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
	"github.com/mlgate/mlgate/internal/report"
)

// shortest is how much of a commit's id must be given, in characters, as git asks for.
const shortest = 4

// findCommit takes a commit's id, whole or as much of it as is unique among the commits that ledger and
// tags know; empty: the name is none of them.
func (a *archive) findCommit(ctx context.Context, name string) (string, error) {
	name = strings.ToLower(name)
	if len(name) < shortest || len(name) > 64 || strings.Trim(name, "0123456789abcdef") != "" {
		return "", nil
	}
	all, err := a.commits(ctx, name)
	if err != nil {
		return "", err
	}
	var fit []string
	for _, c := range all {
		if strings.HasPrefix(c, name) {
			fit = append(fit, c)
		}
	}
	slices.Sort(fit)
	switch fit = slices.Compact(fit); len(fit) {
	case 0:
		return "", nil
	case 1:
		return fit[0], nil
	}
	return "", &mlgate.Mistake{Err: fmt.Errorf("explaining %q: %d commits begin like that", name, len(fit)), Fix: "one of: " + few(fit)}
}

// commits are those of tags and moves, and those that were judged: of a whole id only itself.
func (a *archive) commits(ctx context.Context, name string) ([]string, error) {
	var all []string
	for _, e := range a.entries {
		all = append(all, e.Commit)
	}
	for _, m := range a.moves {
		all = append(all, m.Commit)
	}
	key := ""
	if len(name) >= 40 {
		key = name
	}
	vs, err := a.verdictsOn(ctx, key)
	for _, v := range vs {
		all = append(all, v.Commit)
	}
	return all, err
}

// whyCommit tells what was judged on a commit, newest first, and what became of it.
func (a *archive) whyCommit(ctx context.Context, commit string) (*report.CommitAnswer, error) {
	out := &report.CommitAnswer{Commit: commit, Verdicts: []report.VerdictLine{}, Stages: []string{}}
	all, err := a.verdictsOn(ctx, commit)
	if err != nil {
		return nil, err
	}
	for i, v := range all {
		if i < maxListed {
			out.Verdicts = append(out.Verdicts, v.line())
		}
	}
	out.Older = len(all) - len(out.Verdicts)
	if len(all) > 0 {
		line := all[0].line()
		out.Grounds = report.Grounds{Digest: all[0].Evidence, Verdict: &line, Gates: all[0].Gates, Findings: all[0].Findings, Missing: "nothing was measured"}
		if all[0].Evidence != "" {
			if out.Grounds, err = a.grounds(ctx, mlgate.Entry{Commit: commit, Evidence: all[0].Evidence}, mlgate.Move{Verdict: all[0].digest}); err != nil {
				return nil, err
			}
		}
	}
	for _, e := range a.entries {
		if e.Stage == "" && e.Commit == commit && !e.Removed {
			out.Version = e.Version
		}
	}
	for _, m := range a.moves {
		if out.Version == "" && m.Commit == commit {
			out.Version = m.Version
		}
	}
	for _, stage := range a.stageNames() {
		if at, ok := promotion.Current(a.entries, stage); ok && at.Commit == commit {
			out.Stages = append(out.Stages, stage)
		}
	}
	return out, nil
}
