package pipeline_test

import (
	"testing"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// listed is a tree of which only the names are asked.
type listed struct {
	mlgate.Tree
	files []mlgate.TreeFile
}

func (l listed) Files(string) ([]mlgate.TreeFile, error) { return l.files, nil }

// Committed evidence makes the numbers: another one is another recipe, wherever it lies and whatever it is called.
func TestEvidenceIsOfTheRecipe(t *testing.T) {
	t.Parallel()
	tree := listed{files: []mlgate.TreeFile{{Path: "README.md"}, {Path: "docs/runs/a.json"}, {Path: "docs/x.md"}, {Path: "out/m.json"}}}
	for _, c := range []struct {
		run  config.Run
		want int
	}{
		{config.Run{Evidence: []mlgate.Source{{Path: "README.md"}}}, 2},
		{config.Run{Evidence: []mlgate.Source{{Path: "docs/runs"}}}, 2},
		{config.Run{Evidence: []mlgate.Source{{Path: "docs/**/*.json"}}}, 2},
		{config.Run{Paths: []string{"src/**"}, Evidence: []mlgate.Source{{Path: "out/m.json"}}}, 1},
		{config.Run{Paths: []string{"src/**"}, Steps: []mlgate.Step{{Outputs: []string{"out"}}}, Evidence: []mlgate.Source{{Path: "out/m.json"}}}, 0},
	} {
		c.run.Path, c.run.Dir = "mlops.yaml", "."
		r, err := pipeline.RecipeOf(c.run, nil, tree)
		if err != nil || len(r.Files) != c.want {
			t.Errorf("%v: %v, %v", c.run.Evidence, r.Files, err)
		}
	}
}
