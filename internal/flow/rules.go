package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
)

// rules are the demands of one commit, ready to judge.
type rules struct {
	label  string // "main@4f0c21a"
	commit string
	demand config.Demand
	engine *policy.Engine
	digest mlgate.Digest
}

// allRules are the sets that judge, and that of the change itself where its demands are previewed. One that
// cannot be used has no engine.
func (h *Hearing) allRules() []rules {
	if h.own == nil {
		return h.rules
	}
	return append(slices.Clone(h.rules), *h.own)
}

// loadRules decides whose demands must hold. They come from the base: never from the change alone,
// unless there is nothing before it.
func (h *Hearing) loadRules(ctx context.Context) error {
	sides := []side{h.base}
	if h.isPush() {
		sides = append(sides, h.judged)
	}
	for _, s := range sides {
		if s.present() {
			if err := h.addRules(ctx, s); err != nil {
				return err
			}
		}
	}
	if len(h.rules) == 0 && h.judged.present() {
		return h.addRules(ctx, h.judged)
	}
	return nil
}

func (h *Hearing) addRules(ctx context.Context, s side) error {
	r, err := h.compile(ctx, s)
	var mistake *mlgate.Mistake
	if errors.As(err, &mistake) && s.commit != h.judged.commit { // a server that is down mends itself
		return h.brokenBefore(err)
	}
	if err != nil {
		return err
	}
	i := slices.IndexFunc(h.rules, func(o rules) bool { return o.digest == r.digest })
	if i < 0 {
		h.rules = append(h.rules, r)
	} else {
		h.rules[i].label, h.rules[i].commit = r.label, r.commit // the same rules still
	}
	return nil
}

func (h *Hearing) compile(ctx context.Context, s side) (rules, error) {
	sets, err := h.remoteSets(ctx, s)
	if err != nil {
		return rules{}, err
	}
	engine, err := policy.Compile(ctx, sets)
	if err != nil {
		return rules{}, fmt.Errorf("compiling the policies of %.12s: %w", s.commit, err)
	}
	r := rules{label: h.label(s.commit), commit: s.commit, demand: s.demand, engine: engine}
	r.digest = mlgate.DigestOf([]byte(string(s.demand.Digest()) + string(engine.Digest())))
	return r, nil
}

// loadOwn prepares the rules that the change brings, to say what they will say once it is merged.
func (h *Hearing) loadOwn(ctx context.Context) {
	if len(h.demands) == 0 || h.isPush() || !h.base.present() {
		return
	}
	own, err := h.compile(ctx, h.judged)
	h.own, h.ownBroken = &own, err
}

func (h *Hearing) label(commit string) string {
	branch := h.ask.Change.BaseBranch
	if branch == "" {
		return fmt.Sprintf("%.7s", commit)
	}
	return fmt.Sprintf("%s@%.7s", branch, commit)
}
