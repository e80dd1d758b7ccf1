package flow

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
)

// policySets loads the policies that a commit's demands name and that are in its tree. Built-in ones
// have no modules here: package policy knows them. Those from elsewhere are fetched when they are to
// judge (remoteSets), and not for a change that only names them.
func policySets(s side) ([]policy.Set, error) {
	var sets []policy.Set
	for _, p := range s.demand.Policies {
		set := policy.Set{Ref: p.Ref, With: p.With, Pos: p.Pos}
		if strings.HasPrefix(p.Ref, "./") {
			set.Root = path.Join(s.demand.Dir, p.Ref)
			files, err := s.tree.Files(set.Root)
			if err != nil && !isNotExist(err) {
				return nil, fmt.Errorf("loading policy %q of %.12s: %w", p.Ref, s.commit, err)
			}
			for _, f := range files {
				if !isPolicy(f.Path) || (f.Mode != "100644" && f.Mode != "100755") {
					continue
				}
				data, err := s.tree.ReadFile(f.Path)
				if err != nil {
					return nil, fmt.Errorf("loading policy %q of %.12s: %w", f.Path, s.commit, err)
				}
				set.Modules = append(set.Modules, policy.Module{Path: f.Path, Source: data})
			}
			if !hasRego(set) {
				return nil, &mlgate.Mistake{
					Err: fmt.Errorf("%s:%d:%d: policy %q: commit %.12s has no *.rego file there", p.Pos.File, p.Pos.Line, p.Pos.Col, p.Ref, s.commit),
					Fix: "commit the policy, or take the entry out",
				}
			}
		}
		sets = append(sets, set)
	}
	return sets, nil
}

func isPolicy(name string) bool {
	ext := path.Ext(name)
	return ext == ".rego" || ext == ".json"
}

func hasRego(s policy.Set) bool {
	return slices.ContainsFunc(s.Modules, func(m policy.Module) bool { return path.Ext(m.Path) == ".rego" })
}

// errStranger: a change from a fork names a policy from elsewhere. Asking servers for whatever a
// stranger names is not done with a judge's network.
var errStranger = errors.New("a change from a fork names it, and what a fork names is not fetched")

// remoteSets are the sets of a side whose rules are asked, with the policies from elsewhere in them.
// What cannot be fetched is an error that is no Mistake: nobody knows what it would have said.
func (h *Hearing) remoteSets(ctx context.Context, s side) ([]policy.Set, error) {
	sets := slices.Clone(s.sets)
	for i, p := range s.demand.Policies {
		if p.Remote == nil {
			continue
		}
		if h.ask.Change.Fork && s.commit == h.judged.commit {
			return nil, fmt.Errorf("%s:%d:%d: fetching the policy %q: %w", p.Pos.File, p.Pos.Line, p.Pos.Col, p.Ref, errStranger)
		}
		files, err := h.desk.Policies.Load(ctx, *p.Remote)
		if err != nil {
			return nil, fmt.Errorf("%s:%d:%d: %w", p.Pos.File, p.Pos.Line, p.Pos.Col, err)
		}
		sets[i].Root = p.Remote.Folder()
		for _, f := range files {
			sets[i].Modules = append(sets[i].Modules, policy.Module{Path: sets[i].Root + "/" + f.Path, Source: f.Data})
		}
		if !hasRego(sets[i]) {
			return nil, &mlgate.Mistake{
				Err: fmt.Errorf("%s:%d:%d: policy %q has no *.rego file", p.Pos.File, p.Pos.Line, p.Pos.Col, p.Ref),
				Fix: "name the folder that holds some after //",
			}
		}
	}
	return sets, nil
}

// broken tells why the rules that a change brings cannot be asked. Rules that are wrong must not be
// merged; of those that could not be fetched nobody knows.
func (h *Hearing) broken() (mlgate.Finding, bool) {
	f := mlgate.Finding{Rule: "governance/own-rules", Status: mlgate.Fail, Pos: mlgate.Pos{File: h.judged.file}}
	var mistake *mlgate.Mistake
	switch {
	case h.ownBroken == nil:
		return f, false
	case errors.Is(h.ownBroken, errStranger):
		f.Status, f.Message, f.Fix = mlgate.Warn, "what this change's own rules say is not known: "+h.ownBroken.Error(), "look at what it names before merging"
	case errors.As(h.ownBroken, &mistake):
		f.Message, f.Fix = "once merged, nothing could be judged any more: "+h.ownBroken.Error(), "repair the policies of this change"
	default:
		f.Status, f.Message, f.Fix = mlgate.Unknown, "once merged, nothing could be judged any more: "+h.ownBroken.Error(), "name policies that can be fetched, or run again when the server is back"
	}
	return f, true
}
