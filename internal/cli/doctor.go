package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/doctor"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check how the repository is set up, and say what to do about what is wrong",
		Long: `Looks at the token's rights, the depth of the clone, the protection of branch and tags, mlops.yaml, versions
and stages, the ledger, and how workflows name mlgate. Nothing is changed. With GITHUB_TOKEN GitHub is asked too.
"->" is advice that nothing has to follow. Exit codes: 0 nothing is wrong, 1 something is, 3 something could not be looked at.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context()) },
	}
}

func (a *app) doctor(ctx context.Context) error {
	o, err := a.openLocal(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	f := doctor.Facts{Remote: o.clone.Remote != "", Shallow: o.clone.Shallow}
	stages, err := a.factsOfCommit(ctx, o, &f)
	if err != nil {
		return err
	}
	if o.clone.Remote != "" {
		_, f.Registry = o.Registry.Pointers(ctx)
		for i, m := range f.Models {
			if _, f.Models[i].Ledger = o.Ledger.Open(ctx, m.Name); f.Models[i].Ledger == nil {
				f.Models[i].Lost, f.Models[i].Tags = o.Lost(ctx, m.Name)
			}
		}
	}
	if err := a.factsOfGitHub(ctx, o, &f, stages); err != nil {
		return err
	}
	return a.tellFindings(doctor.Examine(f))
}

// factsOfCommit reads the models and workflows of what is checked out; it reports whether a model has
// stages.
func (a *app) factsOfCommit(ctx context.Context, o *office, f *doctor.Facts) (stages bool, err error) {
	tree, err := o.repo.Tree(ctx, o.clone.Head)
	if err != nil {
		return false, err
	}
	files, err := flow.Configs(tree)
	if err != nil {
		return false, err
	}
	for _, file := range files {
		src, err := tree.ReadFile(file)
		if err != nil {
			return false, fmt.Errorf("reading %q: %w", file, err)
		}
		m := doctor.Model{Path: file, Name: config.ModelOf(src)}
		demand, err := config.ParseDemand(file, src, a.Version)
		if m.Config = err; err == nil {
			stages = stages || len(demand.Promote) > 0
		}
		if m.Name != "" {
			f.Models = append(f.Models, m)
		}
	}
	const folder = ".github/workflows"
	entries, err := tree.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return stages, nil
	}
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		if ext := path.Ext(name); !e.Type().IsRegular() || ext != ".yml" && ext != ".yaml" {
			continue
		}
		data, err := tree.ReadFile(name)
		if err != nil {
			return stages, fmt.Errorf("reading %q: %w", name, err)
		}
		f.Workflow = append(f.Workflow, doctor.File{Path: name, Text: string(data)})
	}
	return stages, err
}

// onGitHub finds owner and name in a remote of github.com.
var onGitHub = pattern.Lazy(`^(?:https://|ssh://git@|git@)(?:[^/@]*@)?github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?$`)

// needed are the token's permissions, and what for.
var needed = []doctor.Right{
	{Name: "contents: write", For: "ledger and no version"}, {Name: "pull-requests: write", For: "comment"},
	{Name: "statuses: write", For: "status to require"}, {Name: "checks: write", For: "check with annotations"},
}

func (a *app) factsOfGitHub(ctx context.Context, o *office, f *doctor.Facts, stages bool) error {
	f.GitHub, f.NoToken = a.Getenv("GITHUB_REPOSITORY"), a.token() == ""
	if m := onGitHub().FindStringSubmatch(o.clone.Remote); f.GitHub == "" && m != nil && a.Getenv("GITHUB_API_URL") == "" {
		f.GitHub = m[1]
	}
	if f.GitHub == "" || f.NoToken {
		return nil
	}
	hub, err := a.github(f.GitHub)
	if err != nil {
		return &mlgate.Mistake{Err: err, Fix: "set GITHUB_REPOSITORY to owner/name"}
	}
	want := needed
	if stages {
		want = append(want[:len(want):len(want)], doctor.Right{Name: "deployments: write", For: "deployment"})
	}
	for _, r := range want {
		r.Has, r.Err = hub.May(ctx, r.Name)
		f.Rights = append(f.Rights, r)
	}
	f.Guard, f.GuardErr = hub.Guard(ctx, o.clone.DefaultBranch)
	return nil
}

var stateWords = map[doctor.State]string{doctor.Fine: "ok", doctor.Skipped: "--", doctor.Unknown: "??", doctor.Advice: "->", doctor.Fault: "NO"}

func (a *app) tellFindings(all []doctor.Finding) error {
	var b strings.Builder
	count := map[doctor.State]int{}
	for _, f := range all {
		count[f.State]++
		fmt.Fprintf(&b, "%s  %-12s %s\n", stateWords[f.State], f.Check, inert.Line(f.Message))
		if f.Fix != "" {
			fmt.Fprintf(&b, "                  fix: %s\n", inert.Line(f.Fix))
		}
	}
	fmt.Fprintf(&b, "%d wrong, ", count[doctor.Fault])
	if n := count[doctor.Advice]; n > 0 {
		fmt.Fprintf(&b, "%d could be safer, ", n)
	}
	fmt.Fprintf(&b, "%d not looked at, %d fine\n", count[doctor.Unknown]+count[doctor.Skipped], count[doctor.Fine])
	if err := a.printText(b.String()); err != nil {
		return err
	}
	switch {
	case count[doctor.Fault] > 0:
		return exitError(exitBlocked)
	case count[doctor.Unknown] > 0:
		return exitError(exitUndecided)
	}
	return nil
}
