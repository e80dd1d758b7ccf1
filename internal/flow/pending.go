package flow

import (
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// Pending are those of the files that lie otherwise in a work tree than in its commit which matter to the model of
// a committed mlops.yaml: changed ones of its recipe, itself, and where no step makes the numbers new files of its
// evidence. Paths are from the repository's top.
func Pending(tree mlgate.Tree, file, version string, changed, untracked []string) ([]string, error) {
	dir := path.Dir(file)
	elsewhere := func(f string) bool { return dir != "." && !strings.HasPrefix(f, dir+"/") }
	changed = slices.DeleteFunc(slices.Clone(changed), elsewhere)
	untracked = slices.DeleteFunc(slices.Clone(untracked), elsewhere)
	if len(changed)+len(untracked) == 0 {
		return nil, nil
	}
	run, policies, err := parseBoth(tree, file, version)
	if err != nil {
		return nil, err
	}
	recipe, err := pipeline.RecipeOf(run, policies, tree)
	if err != nil {
		return nil, err
	}
	below := func(f string) string {
		if dir == "." {
			return f
		}
		return strings.TrimPrefix(f, dir+"/")
	}
	changed = slices.DeleteFunc(changed, func(f string) bool { return f != file && !recipe.Has(below(f)) })
	untracked = slices.DeleteFunc(untracked, func(f string) bool { return len(run.Steps) > 0 || !isEvidence(run, below(f)) })
	return append(changed, untracked...), nil
}

// isEvidence reports whether a file is named under evidence, matches a pattern there, or lies in a folder of it.
func isEvidence(run config.Run, file string) bool {
	return slices.ContainsFunc(run.Evidence, func(src mlgate.Source) bool {
		if src.IsPattern() {
			return pipeline.Matching(src, run.Evidence).Takes(file)
		}
		name := path.Clean(src.Path)
		return file == name || src.IsFolder() && strings.HasPrefix(file, name+"/")
	})
}
