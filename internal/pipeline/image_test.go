package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// noFiles is a tree without any.
type noFiles struct{ fstest.MapFS }

func (noFiles) ID() string                              { return "tree" }
func (noFiles) Entry(string) (mlgate.TreeFile, error)   { return mlgate.TreeFile{}, mlgate.ErrNotFound }
func (noFiles) Files(string) ([]mlgate.TreeFile, error) { return nil, nil }

// An image is part of the recipe; how it comes and how much of the machine the step gets are not. A tag
// leaves the recipe open, a digest does not.
func TestImageInTheRecipe(t *testing.T) {
	t.Parallel()
	of := func(c *mlgate.Container) pipeline.Recipe {
		r, err := pipeline.RecipeOf(config.Run{Path: "mlops.yaml", Dir: ".", Steps: []mlgate.Step{{Name: "a", Run: "b", Container: c}}}, nil, noFiles{fstest.MapFS{}})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	pinned := "python@sha256:" + strings.Repeat("0f", 32)
	plain, tag := of(nil), of(&mlgate.Container{Image: "python:3.12"})
	if plain.Digest == tag.Digest || tag.Digest == of(&mlgate.Container{Image: "python:3.13"}).Digest || tag.Digest == of(&mlgate.Container{Image: "python:3.12", Network: mlgate.NetworkNone}).Digest {
		t.Error("the image or its network is no part of the recipe")
	}
	if tag.Digest != of(&mlgate.Container{Image: "python:3.12", Pull: mlgate.PullAlways, CPUs: 2, Memory: 1 << 30}).Digest {
		t.Error("how the image comes changes the recipe")
	}
	if plain.Open() || !tag.Open() || !slices.Equal(tag.Moving, []string{"python:3.12"}) || of(&mlgate.Container{Image: pinned}).Open() {
		t.Errorf("moving: %v", tag.Moving)
	}
}
