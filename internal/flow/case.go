package flow

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Case is what the policies of the newest demands would see of the judged commit. A Waiting error
// means that there is no evidence of it yet.
func (h *Hearing) Case(ctx context.Context, bundle *mlgate.Bundle) (mlgate.Case, error) {
	x, err := h.exhibit(ctx, bundle)
	if err != nil {
		return mlgate.Case{}, err
	}
	if x.evidence == nil || len(h.rules) == 0 {
		return mlgate.Case{}, &mlgate.Waiting{Reason: "there is no evidence to make a case of: " + firstMessage(x.problems)}
	}
	out := h.outline()
	out.Evidence = x.evidence
	newest := h.rules[len(h.rules)-1].demand
	if out.Baseline, err = h.compareWith(ctx, newest.Baseline); err != nil {
		return mlgate.Case{}, err
	}
	out.BaseEvidence = out.Baseline.Evidence
	if err := errors.Join(loadBoth(ctx, out.Evidence, out.BaseEvidence), loadExamples(ctx, out.Evidence, out.BaseEvidence)); err != nil {
		return mlgate.Case{}, err
	}
	past, err := h.accepted(ctx, h.rules[len(h.rules)-1])
	if err != nil {
		return mlgate.Case{}, err
	}
	return h.document(out, newest, gate.JudgeAmong(newest.Gates, out.Evidence, out.BaseEvidence, past)), nil
}

func firstMessage(found []mlgate.Finding) string {
	if len(found) == 0 {
		return "nothing is demanded of this model"
	}
	return found[0].Message
}

// document is what policies see.
func (h *Hearing) document(out mlgate.Outcome, d config.Demand, gates []mlgate.GateResult) mlgate.Case {
	c := mlgate.Case{
		Version: 1, Model: h.model, Dir: path.Dir(h.judged.file), Change: h.ask.Change, Recipe: out.Recipe, Head: out.Evidence, Base: out.BaseEvidence,
		Gates: orEmpty(gates), Files: []string{}, Changes: []mlgate.CaseFile{}, Steps: []mlgate.CaseStep{}, Card: h.card(),
		Owners: orEmpty(slices.Clone(d.Owners)), Stages: []mlgate.CaseStage{}, Targets: []string{}, Demands: orEmpty(h.demands), Baseline: out.Baseline,
		Environment: mlgate.CaseEnvironment{At: out.Judged, CI: h.ask.Change.Run.ID != "", Mlgate: h.desk.Version},
	}
	c.Metrics.Head, c.Params.Head = byName(out.Evidence)
	c.Metrics.Base, c.Params.Base = byName(out.BaseEvidence)
	c.Checks.Head, c.Checks.Base = checksByName(out.Evidence), checksByName(out.BaseEvidence)
	for _, f := range h.files {
		c.Files = append(c.Files, f.Path)
		c.Changes = append(c.Changes, mlgate.CaseFile{Path: f.Path, What: whatHappened(f), Old: f.OldID, New: f.NewID})
	}
	for _, s := range h.judged.run.Steps {
		c.Steps = append(c.Steps, h.caseStep(s, c.Files))
	}
	for _, s := range d.Promote {
		c.Stages = append(c.Stages, mlgate.CaseStage{To: s.To, When: s.When, From: s.From})
		if s.To == h.stage || (h.stage == "" && s.When == "merge") {
			c.Targets = append(c.Targets, s.To)
		}
	}
	return c
}

// orEmpty: what a policy counts or walks must be a list, never null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func whatHappened(f mlgate.FileChange) string {
	switch {
	case f.OldMode == "":
		return "added"
	case f.NewMode == "":
		return "removed"
	}
	return "changed"
}

func (h *Hearing) caseStep(s mlgate.Step, files []string) mlgate.CaseStep {
	c := mlgate.CaseStep{
		Name: s.Name, Run: s.Run, Inputs: orEmpty(slices.Clone(s.Inputs)), Params: []string{}, Outputs: orEmpty(slices.Clone(s.Outputs)), Touched: []string{},
	}
	for _, p := range s.Params {
		c.Params = append(c.Params, p.Path)
	}
	patterns := slices.Concat(c.Inputs, c.Params)
	for _, f := range files {
		below, ok := belowDir(h.judged.file, f)
		if ok && slices.ContainsFunc(patterns, func(p string) bool { return glob.Path(p, below) || strings.HasPrefix(below, p+"/") }) {
			c.Touched = append(c.Touched, f)
		}
	}
	return c
}

// belowDir makes a path relative to the folder of mlops.yaml; false: it is outside.
func belowDir(config, file string) (string, bool) {
	dir := path.Dir(config)
	if dir == "." {
		return file, true
	}
	return strings.CutPrefix(file, dir+"/")
}

// cardNames is where a model card is looked for, beside mlops.yaml.
var cardNames = []string{"MODEL_CARD.md", "model_card.md", "docs/model_card.md", "model_card/README.md"}

// card is the first model card of the judged tree; nil: there is none that can be read.
func (h *Hearing) card() *mlgate.CaseCard {
	if h.judged.tree == nil || !h.judged.present() {
		return nil
	}
	for _, name := range cardNames {
		file := path.Join(path.Dir(h.judged.file), name)
		data, err := h.judged.tree.ReadFile(file)
		if err != nil { // absent, a folder, a link, or too large: the same to a policy
			continue
		}
		shown := data[:min(len(data), mlgate.MaxCard)]
		return &mlgate.CaseCard{Path: file, Size: len(data), Text: strings.ToValidUTF8(string(shown), "\uFFFD"), Cut: len(data) > len(shown)}
	}
	return nil
}

func checksByName(e *mlgate.Evidence) map[string]mlgate.CheckStatus {
	out := map[string]mlgate.CheckStatus{}
	if e == nil {
		return out
	}
	for _, c := range e.Checks {
		out[c.Name] = c.Status
	}
	return out
}

func byName(e *mlgate.Evidence) (map[string]mlgate.Number, map[string]string) {
	metrics, params := map[string]mlgate.Number{}, map[string]string{}
	if e == nil {
		return metrics, params
	}
	for _, m := range e.Metrics {
		metrics[m.Name] = m.Value
	}
	for _, p := range e.Params {
		params[p.Name] = p.Value
	}
	return metrics, params
}
