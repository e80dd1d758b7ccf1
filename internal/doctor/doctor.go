// Package doctor judges how a repository is set up: facts go in, what is wrong and what to do comes
// out.
//
// It never looks anything up, and mends nothing.
package doctor

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Facts are what was found out. An Err in the place of a fact means that it could not be.
type Facts struct {
	Remote   bool // the clone has one
	Shallow  bool
	Workflow []File
	Models   []Model
	Registry error // reading the tags of versions and stages

	GitHub   string // owner/name; empty: none is known
	NoToken  bool
	Rights   []Right
	Guard    mlgate.Guard
	GuardErr error
}

// File is one workflow file.
type File struct{ Path, Text string }

// Model is one model of the repository. The errors are those of its mlops.yaml, of its ledger and of
// looking for what is Lost: tags of stages that the ledger knows, in words and with what to do.
type Model struct {
	Name, Path           string
	Config, Ledger, Tags error
	Lost                 []string
}

// Right is a permission of the token, as `permissions:` of a workflow writes it.
type Right struct {
	Name string
	For  string // what it is needed for
	Has  bool
	Err  error
}

// State is how a check ended.
type State int

// The states.
const (
	Fine State = iota
	Skipped
	Unknown // it could not be looked at
	Advice  // it works, and could be safer
	Fault
)

// Finding is the end of one check. Foreign text in it is not yet harmless.
type Finding struct {
	Check   string
	State   State
	Message string
	Fix     string
}

// StatusName is the commit status that a branch must wait for.
const StatusName = "mlgate"

// Examine makes every check, in the order of the table in the documents.
func Examine(f Facts) []Finding {
	var all []Finding
	for _, check := range []func(Facts) []Finding{rights, depth, branch, tags, models, registry, ledgers, pins} {
		all = append(all, check(f)...)
	}
	return all
}

func rights(f Facts) []Finding {
	const name = "token"
	switch {
	case f.GitHub == "":
		return []Finding{{name, Skipped, "no GitHub repository is known", "set GITHUB_REPOSITORY to owner/name"}}
	case f.NoToken:
		return []Finding{{name, Skipped, "there is no token", "set GITHUB_TOKEN; in a workflow: env: {GITHUB_TOKEN: \"${{ github.token }}\"}"}}
	}
	var lacks, what, all []string
	for _, r := range f.Rights {
		switch {
		case r.Err != nil:
			return []Finding{{name, Unknown, fmt.Sprintf("asking whether it has %s: %v", r.Name, r.Err), ""}}
		case !r.Has:
			lacks, what = append(lacks, r.Name), append(what, r.For)
		}
		all = append(all, r.Name)
	}
	if len(lacks) == 0 {
		return []Finding{{name, Fine, "it has " + strings.Join(all, ", "), ""}}
	}
	return []Finding{{name, Fault, fmt.Sprintf("it lacks %s: without that there is no %s", strings.Join(lacks, ", "), strings.Join(what, ", no ")),
		fmt.Sprintf("give the job that judges `permissions: {%s}`; for other tokens see docs/github-tokens.md", strings.Join(all, ", "))}}
}

func depth(f Facts) []Finding {
	if f.Shallow {
		return []Finding{{"fetch depth", Fault, "this clone is shallow: merge base and history are cut off", "actions/checkout with `fetch-depth: 0`; here: git fetch --unshallow"}}
	}
	for _, w := range f.Workflow {
		if line := shallowCheckout(w.Text); line > 0 {
			return []Finding{{"fetch depth", Fault, fmt.Sprintf("%s:%d checks out one commit alone, and mlgate runs there", w.Path, line), "with: {fetch-depth: 0, persist-credentials: false}"}}
		}
	}
	return []Finding{{"fetch depth", Fine, "the history is whole", ""}}
}

func branch(f Facts) []Finding {
	const name = "branch"
	if skipped := unseen(f, name); skipped != nil {
		return skipped
	}
	if slices.Contains(f.Guard.Required, StatusName) {
		return []Finding{{name, Fine, fmt.Sprintf("merging into %s waits for the status %s", f.Guard.Branch, StatusName), ""}}
	}
	return []Finding{{name, Fault, fmt.Sprintf("merging into %s does not wait for the status %s: what mlgate blocks can be merged", f.Guard.Branch, StatusName),
		fmt.Sprintf("Settings → Rules → Rulesets → New branch ruleset: target %s, active, \"Require status checks to pass\": %s, and \"Block force pushes\"", f.Guard.Branch, StatusName)}}
}

func tags(f Facts) []Finding {
	const name = "tags"
	if skipped := unseen(f, name); skipped != nil {
		return skipped
	}
	var open []string
	for _, m := range f.Models {
		if !guarded(f.Guard.Tags, m.Name) {
			open = append(open, m.Name)
		}
	}
	if len(open) == 0 {
		return []Finding{{name, Fine, "tags of versions and stages cannot be moved or deleted", ""}}
	}
	return []Finding{{name, Fault, fmt.Sprintf("whoever may push can move or delete the tags that say which version of %s is where", strings.Join(open, ", ")),
		"Settings → Rules → Rulesets → New tag ruleset: active, targets `*@v*` and `*#*`, \"Restrict updates\", \"Restrict deletions\""}}
}

// guarded reports whether tags of a version and of a stage can neither be moved nor deleted.
func guarded(sets []mlgate.TagGuard, model string) bool {
	model = strings.ReplaceAll(model, "/", "%2F")
	for _, tag := range []string{model + "@v0.1.0", model + "#production#1"} {
		for _, rule := range []string{"deletion", "update"} {
			if !slices.ContainsFunc(sets, func(s mlgate.TagGuard) bool {
				return slices.Contains(s.Rules, rule) && slices.ContainsFunc(s.Include, func(p string) bool { return covers(p, "refs/tags/"+tag) })
			}) {
				return false
			}
		}
	}
	return true
}

func covers(pattern, ref string) bool {
	if pattern == "~ALL" {
		return true
	}
	if !strings.HasPrefix(pattern, "refs/") {
		pattern = "refs/tags/" + pattern
	}
	ok, err := path.Match(strings.ReplaceAll(pattern, "**/*", "*"), ref)
	return err == nil && ok
}

// unseen are the findings of a check that needs the forge and has none.
func unseen(f Facts, check string) []Finding {
	switch {
	case f.GitHub == "" || f.NoToken:
		return []Finding{{check, Skipped, "GitHub cannot be asked without a token", ""}}
	case f.GuardErr != nil:
		return []Finding{{check, Unknown, "reading the rules of " + f.GitHub + ": " + f.GuardErr.Error(), "the token wants `metadata: read`, which every token of the repository has"}}
	}
	return nil
}

func models(f Facts) []Finding {
	const name = mlgate.ConfigName
	if len(f.Models) == 0 {
		return []Finding{{name, Fault, "there is none in the commit that is checked out", "mlgate init"}}
	}
	var out []Finding
	for _, m := range f.Models {
		if m.Config != nil {
			out = append(out, Finding{name, Fault, m.Config.Error(), "mlgate validate " + m.Path})
		}
	}
	if out == nil {
		out = []Finding{{name, Fine, fmt.Sprintf("%d can be read", len(f.Models)), ""}}
	}
	return out
}

func registry(f Facts) []Finding {
	const name = "registry"
	switch {
	case !f.Remote:
		return []Finding{{name, Fault, "the clone has no remote: versions and stages are tags there", "git remote add origin URL"}}
	case f.Registry != nil:
		return []Finding{{name, Fault, f.Registry.Error(), "see docs/troubleshooting.md"}}
	}
	var out []Finding
	read, gone := "versions and stages can be read from the remote", ", and no tag is gone"
	for _, m := range f.Models {
		if m.Ledger != nil {
			gone = "" // only the ledger knows
		}
		if m.Tags != nil {
			out = append(out, Finding{name, Unknown, m.Tags.Error(), ""})
		}
		for _, lost := range m.Lost {
			out = append(out, Finding{name, Fault, m.Name + ": " + lost, "git push -f origin refs/tags/TAG from a clone that has it; a tag ruleset with \"Restrict updates\" and \"Restrict deletions\" keeps it"})
		}
	}
	if out == nil {
		out = []Finding{{name, Fine, read + gone, ""}}
	}
	return out
}

func ledgers(f Facts) []Finding {
	const name = "ledger"
	var out []Finding
	for _, m := range f.Models {
		if m.Ledger != nil {
			out = append(out, Finding{name, Fault, m.Ledger.Error(), "git push origin COPY:refs/mlgate/ledger/MODEL from a clone or backup that has it; nothing moves until it is readable"})
		}
	}
	if out == nil {
		out = []Finding{{name, Fine, "it can be read", ""}}
	}
	return out
}
