package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// maxParams is the largest file of params that is read, in bytes.
const maxParams = 16 << 20

// Runner executes the steps of one model in a work tree. It holds nothing that can write anywhere
// else: its product is a bundle of numbers, without a verdict.
type Runner struct {
	Work     mlgate.WorkTree // the folder of mlops.yaml
	Dir      string          // the same folder as a path of this machine
	Executor mlgate.Executor
	Reader   mlgate.Reader
	Images   mlgate.Images              // brings what steps with an image run in
	Env      func(mlgate.Step) []string // complete environment of a step
	StepLog  func(step string) io.WriteCloser
	Now      func() time.Time
	Notes    io.Writer
	Version  string
	Machine  string
	Image    string // container that this runs in; empty: unknown
	CI       mlgate.CIRun
	// PassNames are the variables that steps may ask for by env.pass; nil: any.
	PassNames []string
	Jobs      int                         // steps at once; 0: one
	Repeats   int                         // how often steps run, each time with another seed; 0: as their `until` says, or once
	Look      Look                        // at the gates, after each seed; nil: nobody can
	Prior     *Prior                      // whose repeats these runs go on with; nil: they begin at seed 0
	seed      int                         // that steps are told
	images    map[string]mlgate.ImageUsed // by name
	Restore   mlgate.Restorer             // puts inputs back that differ from the commit; nil: they are a Mistake
}

// Subject is the commit that a Runner works on: what is checked out.
type Subject struct {
	Commit string
	Tree   mlgate.Tree
	Config string // path of mlops.yaml
}

// Run executes the steps in order and seals what they measured. A step that fails is told in the
// bundle, not as an error; a dirty input is a Mistake. When ctx ends, the error is its cause and
// nothing is left running.
func (r Runner) Run(ctx context.Context, s Subject) (mlgate.Bundle, error) {
	run, policies, err := parseBoth(s.Tree, s.Config, r.Version)
	if err != nil {
		return mlgate.Bundle{}, err
	}
	recipe, err := pipeline.RecipeOf(run, policies, s.Tree)
	if err != nil {
		return mlgate.Bundle{}, err
	}
	steps, err := pipeline.Order(run.Steps)
	if err != nil {
		return mlgate.Bundle{}, err
	}
	if r.images, err = r.prepare(ctx, steps); err != nil {
		return mlgate.Bundle{}, err
	}
	if err := r.restore(ctx, run, recipe, s.Tree); err != nil {
		return mlgate.Bundle{}, err
	}
	if err := r.Work.Clean(ctx, recipe.Files); err != nil {
		return mlgate.Bundle{}, err
	}
	ev := &mlgate.Evidence{
		Format: 1, Model: run.Model, Recipe: recipe.Digest, Commit: s.Commit, Tree: s.Tree.ID(),
		Origin: mlgate.Claimed, Run: r.CI, Started: r.Now().UTC().Truncate(time.Second), Machine: r.Machine, Image: r.Image, Version: r.Version,
		Images: slices.SortedFunc(maps.Values(r.images), func(a, b mlgate.ImageUsed) int { return strings.Compare(a.Name, b.Name) }),
	}
	if len(steps) > 0 {
		if err := r.Work.Remove(leftovers(run, s.Tree)); err != nil {
			return mlgate.Bundle{}, err
		}
	}
	m := measuring{Runner: r, run: run, recipe: recipe, steps: steps}
	problem, err := m.all(ctx, ev)
	if err != nil {
		return mlgate.Bundle{}, err
	}
	bundle := mlgate.Bundle{Commit: s.Commit, Tree: s.Tree.ID(), Model: run.Model, Recipe: recipe.Digest, Steps: ev.Steps, Problem: problem}
	if problem != "" {
		return bundle, nil
	}
	if ev.Origin, err = r.origin(ctx, run, s.Tree); err != nil {
		return mlgate.Bundle{}, err
	}
	if m.pool.prior != nil && m.pool.prior.Evidence.Origin == mlgate.Claimed {
		ev.Origin = mlgate.Claimed
	}
	return r.seal(ctx, bundle, ev, run, recipe)
}

// prepare brings all images before anything runs or is removed: without them nothing is worth to begin.
func (r Runner) prepare(ctx context.Context, steps []mlgate.Step) (map[string]mlgate.ImageUsed, error) {
	images := map[string]mlgate.ImageUsed{}
	for _, s := range steps {
		if s.Container == nil {
			continue
		}
		if _, have := images[s.Container.Image]; have {
			continue
		}
		used, err := r.Images.Prepare(ctx, *s.Container)
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("preparing the image of step %s: %w", s.Name, err)
		}
		images[s.Container.Image] = used
	}
	return images, nil
}

// restore makes the files of the recipe those of the commit, and says which it had to write.
func (r Runner) restore(ctx context.Context, run config.Run, recipe pipeline.Recipe, tree mlgate.Tree) error {
	if r.Restore == nil {
		return nil
	}
	restored, err := r.Restore.Restore(ctx, recipe.Files, func(file string) ([]byte, error) {
		return tree.ReadFile(path.Join(run.Dir, file))
	})
	for _, file := range restored {
		fmt.Fprintf(r.Notes, "restored %q: it differed from the commit\n", file)
	}
	return err
}

// leftovers are what an earlier run may have left: declared outputs, and files of evidence that git does
// not have. Numbers come from these steps or from the commit, never from the day before.
func leftovers(run config.Run, tree mlgate.Tree) []string {
	var out []string
	for _, s := range run.Steps {
		out = append(out, s.Outputs...)
	}
	for _, src := range run.Evidence {
		if src.IsFolder() || src.IsPattern() {
			continue // an output, or what it finds must be one
		}
		if _, err := tree.ReadFile(path.Join(run.Dir, src.Path)); err != nil {
			out = append(out, src.Path)
		}
	}
	return out
}

// origin tells numbers that steps wrote from those that the commit brought along: one file that is as
// committed, and no step's output, makes them claimed.
func (r Runner) origin(ctx context.Context, run config.Run, tree mlgate.Tree) (string, error) {
	if len(run.Steps) == 0 {
		return mlgate.Claimed, nil
	}
	sources, err := r.sources(ctx, run.Evidence)
	if err != nil {
		return "", err
	}
	for _, src := range sources {
		written := isOutput(run, src.Path)
		files, err := tree.Files(path.Join(run.Dir, src.Path))
		if written || err != nil || len(files) != 1 {
			continue
		}
		files[0].Path = src.Path
		if err := r.Work.Clean(ctx, files); err == nil {
			return mlgate.Claimed, nil
		} else if mistake := (*mlgate.Mistake)(nil); !errors.As(err, &mistake) {
			return "", err
		}
	}
	return mlgate.Measured, nil
}

// RecipeAt is the recipe of a committed mlops.yaml.
func RecipeAt(tree mlgate.Tree, file, version string) (mlgate.Digest, error) {
	run, policies, err := parseBoth(tree, file, version)
	if err != nil {
		return "", err
	}
	recipe, err := pipeline.RecipeOf(run, policies, tree)
	return recipe.Digest, err
}

// parseBoth reads the run part of a committed mlops.yaml, and which policies it names: those are
// no part of the recipe.
func parseBoth(tree mlgate.Tree, file, version string) (config.Run, []string, error) {
	src, err := tree.ReadFile(file)
	if err != nil {
		return config.Run{}, nil, fmt.Errorf("reading %s of the commit: %w", file, err)
	}
	run, err := config.ParseRun(file, src)
	if err != nil {
		return config.Run{}, nil, err
	}
	demand, err := config.ParseDemand(file, src, version)
	if err != nil {
		return config.Run{}, nil, err
	}
	refs := make([]string, 0, len(demand.Policies))
	for _, p := range demand.Policies {
		refs = append(refs, p.Ref)
	}
	return run, refs, nil
}

// seal reads what else the steps left behind. Evidence that cannot be read is the bundle's problem, so
// that the pull request hears of it.
func (r Runner) seal(ctx context.Context, b mlgate.Bundle, ev *mlgate.Evidence, run config.Run, recipe pipeline.Recipe) (mlgate.Bundle, error) {
	if err := r.readParams(ev, run); err != nil {
		b.Problem = err.Error()
		return b, nil //nolint:nilerr // told in the bundle: the judge reports it to the people waiting
	}
	ev.Seeds = seeds(ev.Params, run.Steps)
	if err := r.hashFiles(ctx, ev, run, recipe); err != nil {
		return b, err
	}
	if run.Artifact != "" && ev.Artifact == nil {
		b.Problem = fmt.Sprintf("the artifact %q was not written", run.Artifact)
		return b, nil
	}
	sealed, err := mlgate.SealEvidence(*ev)
	if err != nil {
		return b, err
	}
	b.Evidence = &sealed
	if run.Store == "" || run.Artifact == "" {
		return b, nil
	}
	return r.withBytes(b, run.Artifact, ev.Artifact.SHA256)
}
