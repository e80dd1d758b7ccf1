package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
	"github.com/mlgate/mlgate/internal/report"
)

// evalOptions are what `mlgate policy eval` was asked for.
type evalOptions struct {
	inputs []string // files and folders with cases; none: HEAD's case
	with   []string // NAME=VALUE
	base   string
	bundle string
	format string
	show   bool
}

func (a *app) policyEvalCommand() *cobra.Command {
	var o evalOptions
	c := &cobra.Command{
		Use:   "eval [--input FILE] REF…",
		Short: "Ask policies about a case and show what they say",
		Long: `Ask policies (mlgate/NAME, or files and folders with *.rego) about a case. The case is that of HEAD, as
review would judge it on the evidence of the ledger or of --bundle; or any JSON of --input (a file, or a
folder with *.json; again for more). --show-input prints the case instead. Exit 1: a policy says no.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return a.policyEval(cmd.Context(), o, args) },
	}
	c.Flags().StringArrayVar(&o.inputs, "input", nil, "JSON to ask about: a file or a folder; may be given again")
	c.Flags().StringArrayVar(&o.with, "with", nil, "NAME=VALUE of a parameter; may be given again")
	c.Flags().StringVar(&o.base, "base", "", "commit or branch to compare HEAD with (default: the remote's default branch)")
	c.Flags().StringVar(&o.bundle, "bundle", "", "bundle with the evidence of HEAD")
	c.Flags().StringVar(&o.format, "format", "text", "text or json")
	c.Flags().BoolVar(&o.show, "show-input", false, "print what policies see, and ask nothing")
	return c
}

// judged is what the policies said of one document.
type judged struct {
	Input    string           `json:"input"`
	Findings []mlgate.Finding `json:"findings"`
}

func (a *app) policyEval(ctx context.Context, o evalOptions, refs []string) error {
	if o.format != "text" && o.format != "json" {
		return &mlgate.Mistake{Err: fmt.Errorf("reading --format: %q is not known", o.format), Fix: "text or json"}
	}
	if o.show {
		return a.showCase(ctx, o)
	}
	if len(refs) == 0 {
		return &mlgate.Mistake{Err: errors.New("reading the arguments: no policy is named"), Fix: "name built-in ones (mlgate/model-card) or files (./policies)"}
	}
	// A large document is read once and asked often: collecting while it is built finds nothing to free.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	engine, err := a.evalEngine(ctx, refs, o.with)
	if err != nil {
		return err
	}
	files, err := a.inputs(o.inputs)
	if err != nil {
		return err
	}
	var all []judged
	for _, file := range files {
		data, err := a.readInput(ctx, o, file)
		if err != nil {
			return err
		}
		found, err := engine.Ask(ctx, data)
		if err != nil {
			return fmt.Errorf("asking the policies about %q: %w", file, err)
		}
		all = append(all, judged{cmp.Or(file, "HEAD"), found})
	}
	return a.showJudged(all, o.format)
}

func (a *app) showCase(ctx context.Context, o evalOptions) error {
	if len(o.inputs) > 0 {
		return &mlgate.Mistake{Err: errors.New("reading the flags: --show-input shows HEAD's case, and --input names another")}
	}
	raw, err := a.headCase(ctx, o)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Stdout, b.String())
	return err
}

func (a *app) readInput(ctx context.Context, o evalOptions, file string) ([]byte, error) {
	if file == "" {
		return a.headCase(ctx, o)
	}
	data, err := os.ReadFile(a.path(file))
	if err != nil {
		return nil, &mlgate.Mistake{Err: fmt.Errorf("reading the input: %w", err)}
	}
	return data, nil
}

// inputs lists the files that --input names; one empty name stands for HEAD's case.
func (a *app) inputs(names []string) ([]string, error) {
	if len(names) == 0 {
		return []string{""}, nil
	}
	var out []string
	for _, name := range names {
		info, err := os.Stat(a.path(name))
		if err != nil {
			return nil, &mlgate.Mistake{Err: fmt.Errorf("reading the input: %w", err)}
		}
		if !info.IsDir() {
			out = append(out, name)
			continue
		}
		found, err := filepath.Glob(filepath.Join(a.path(name), "*.json"))
		if err != nil || len(found) == 0 {
			return nil, &mlgate.Mistake{Err: fmt.Errorf("reading the input %q: the folder has no *.json", name)}
		}
		slices.Sort(found)
		out = append(out, found...)
	}
	return out, nil
}

// headCase makes the case of HEAD as a review would, and writes nothing.
func (a *app) headCase(ctx context.Context, o evalOptions) ([]byte, error) {
	off, err := a.openLocal(ctx)
	if err != nil {
		return nil, err
	}
	defer off.Close()
	ask, err := a.reviewAsk(ctx, off, o.base)
	if err != nil {
		return nil, err
	}
	h, err := off.Begin(ctx, ask)
	if err != nil {
		return nil, err
	}
	var all []mlgate.Bundle
	if o.bundle != "" {
		if all, err = a.readBundle(o.bundle); err != nil {
			return nil, err
		}
	}
	c, err := h.Case(ctx, a.bundleFor(all, ask, h))
	if err != nil {
		return nil, err
	}
	return json.Marshal(c)
}

func (a *app) evalEngine(ctx context.Context, refs, with []string) (*policy.Engine, error) {
	values := map[string]any{}
	for _, w := range with {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			return nil, &mlgate.Mistake{Err: fmt.Errorf("reading --with: %q is not NAME=VALUE", w)}
		}
		values[name] = flagValue(value)
	}
	var sets []policy.Set
	for _, ref := range refs {
		s := policy.Set{Ref: ref}
		if !strings.HasPrefix(ref, "mlgate/") {
			var err error
			if s, err = a.policySet(ref); err != nil {
				return nil, err
			}
		}
		s.With = values
		sets = append(sets, s)
	}
	return policy.Compile(ctx, sets)
}

// flagValue is a number, true or false, a list as JSON, or text.
func flagValue(s string) any {
	var v any
	if err := json.Unmarshal([]byte(s), &v); err == nil {
		switch v.(type) {
		case float64, bool, []any:
			return v
		}
	}
	return s
}

func (a *app) showJudged(all []judged, format string) error {
	worst := mlgate.Pass
	for i, j := range all {
		for _, f := range j.Findings {
			worst = min(worst, f.Status)
		}
		if j.Findings == nil {
			all[i].Findings = []mlgate.Finding{}
		}
	}
	if err := writeJudged(a.Stdout, all, format); err != nil {
		return err
	}
	switch worst {
	case mlgate.Unknown:
		return exitError(exitUndecided)
	case mlgate.Fail:
		return exitError(exitBlocked)
	}
	return nil
}

func writeJudged(w io.Writer, all []judged, format string) error {
	if format == "json" {
		out, err := json.MarshalIndent(struct {
			Format int      `json:"format"`
			Cases  []judged `json:"cases"`
		}{1, all}, "", "  ")
		if err != nil {
			return fmt.Errorf("writing JSON: %w", err)
		}
		_, err = fmt.Fprintln(w, string(out))
		return err
	}
	var b strings.Builder
	for _, j := range all {
		b.WriteString(report.Said(j.Input, j.Findings))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
