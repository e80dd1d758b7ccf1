package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func (a *app) modelsCommand() *cobra.Command {
	var fresh bool
	format := "text"
	c := &cobra.Command{
		Use:   "models",
		Short: "List the models whose steps must run for this change; runs nothing",
		Long: `List the models whose steps must run for this change: what they depend on changed, and the ledger has no
evidence of it. In CI the repository is read from the remote, the working directory may be empty, and
the step gets the outputs "models", a JSON list of names, and "matrix", for strategy.matrix: include with
model, config (the path of its mlops.yaml) and key (that path's folder, fit for the name of an artifact).`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return &mlgate.Mistake{Err: fmt.Errorf("unknown --format %q", format), Fix: "text, json"}
			}
			return a.models(cmd.Context(), fresh, format)
		},
	}
	c.Flags().BoolVar(&fresh, "fresh", false, "list also models of whose recipe the ledger has evidence")
	c.Flags().StringVar(&format, "format", format, "text, json: what is printed")
	return c
}

// maxMatrix is how many jobs GitHub makes of one matrix.
const maxMatrix = 256

// row is one job of a matrix.
type row struct {
	Model  string `json:"model"`
	Config string `json:"config"`
	Key    string `json:"key"`
}

func (a *app) models(ctx context.Context, fresh bool, format string) error {
	o, ask, err := a.openForModels(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	ask.Config = a.config
	due, all, err := o.Due(ctx, ask, fresh)
	if err != nil {
		return fmt.Errorf("choosing the models to run: %w", err)
	}
	rows, names := []row{}, []string{}
	for _, d := range due {
		rows, names = append(rows, row{d.Model, d.Config, keyOf(d.Config)}), append(names, d.Model)
	}
	inCI := ci.Detect(a.Getenv) != ""
	if inCI && len(rows) > maxMatrix {
		return &mlgate.Mistake{Err: fmt.Errorf("choosing the models to run: these are %d, and a matrix has at most %d jobs", len(rows), maxMatrix), Fix: "run them in one job: `mlgate run` without --config; or touch fewer at once"}
	}
	matrix, err := json.Marshal(map[string][]row{"include": rows})
	if err != nil {
		return err
	}
	list, err := json.Marshal(names)
	if err != nil {
		return err
	}
	if err := a.printModels(due, all, format, mlgate.ASCII(matrix)); err != nil || !inCI {
		return err
	}
	return a.ci().Publish(ctx, mlgate.Publication{Outputs: []mlgate.ValueOut{
		{Name: "models", Value: string(mlgate.ASCII(list))}, {Name: "matrix", Value: string(mlgate.ASCII(matrix))},
	}})
}

// openForModels opens the desk: from the clone on a laptop, from the remote in CI.
func (a *app) openForModels(ctx context.Context) (*office, flow.Ask, error) {
	if ci.Detect(a.Getenv) == "" {
		o, err := a.openLocal(ctx)
		if err != nil {
			return nil, flow.Ask{}, err
		}
		ask, err := a.reviewAsk(ctx, o, "")
		if err != nil {
			o.Close()
		}
		return o, ask, err
	}
	change, err := a.ci().Change(ctx)
	if err != nil {
		return nil, flow.Ask{}, err
	}
	o, err := a.openRemote(ctx, change.Remote, a.token())
	return o, flow.Ask{Change: change}, err
}

func (a *app) printModels(due []flow.Due, all int, format string, matrix []byte) error {
	if format == "json" {
		_, err := fmt.Fprintln(a.Stdout, string(matrix))
		return err
	}
	var text strings.Builder
	for _, d := range due {
		fmt.Fprintf(&text, "%s (%s): %s\n", inert.Line(inert.Clip(d.Model, 100)), inert.Line(d.Config), inert.Line(d.Why))
	}
	if len(due) == 0 {
		fmt.Fprintf(&text, "no model must run (of %d)\n", all)
	} else {
		fmt.Fprintf(&text, "%d of %d models must run\n", len(due), all)
	}
	return a.printText(text.String())
}

// keyOf makes a name for an artifact of the folder of an mlops.yaml. Two folders never have the same:
// what is not a letter, a digit, "-" or "_" is written as % and its number.
func keyOf(file string) string {
	var key strings.Builder
	for _, c := range []byte(path.Dir(file)) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
			key.WriteByte(c)
		default:
			fmt.Fprintf(&key, "%%%02X", c)
		}
	}
	s := key.String()
	if len(s) > 150 {
		s = s[:150] + "-" + mlgate.DigestOf([]byte(file)).Short()
	}
	return s
}
