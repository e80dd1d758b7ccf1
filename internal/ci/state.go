package ci

import (
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// SaveState hands a value to what the runner starts after the action: there it is in the environment, as
// STATE_ and its name. Saved again, the later value counts. Where the runner offers no file for it,
// nothing is saved.
func (g *GitHub) SaveState(name, value string) error {
	file := g.o.Getenv("GITHUB_STATE")
	if file == "" {
		return nil
	}
	if err := g.o.AppendFile(file, []byte(output(mlgate.ValueOut{Name: name, Value: value}))); err != nil {
		return fmt.Errorf("writing the runner's state: %w", err)
	}
	return nil
}
