// Package config reads mlops.yaml: bytes in, types with positions out. What the change may say of
// itself (Run) and what the base demands of it (Demand) are apart, and no type holds both.
//
// It never reads a file and never decides whether a demand is met.
package config

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Run is how evidence is made: it comes from the change.
type Run struct {
	Path     string // of the file in the repository
	Dir      string // its folder; "." at the top. All paths below are relative to it
	Model    string
	Paths    []string // nil: everything but *.md and docs/**
	Steps    []mlgate.Step
	Evidence []mlgate.Source
	Artifact string // empty: there is none
	Store    string // where its bytes are kept: git or dir; empty: versions are source-only
}

// Demand is what must hold: it comes from the base.
type Demand struct {
	Path             string
	Dir              string
	Model            string
	Requires         string
	Baseline         []mlgate.BaselineRule
	Gates            []mlgate.GateRule
	OnInconclusive   mlgate.Status // Warn or Fail
	FailedCheckWarns bool          `json:",omitempty"` // `on_failed_check: warn`
	Policies         []Policy
	WarnOnly         bool // `enforce: warn`
	Promote          []mlgate.StageRule
	Comment          string          // what becomes of the comment: "update", "none" or a word between them
	Split            bool            // the model has a comment of its own
	Owners           []string        // "@login" or "@org/team"; CodeOwners alone: those of CODEOWNERS; empty: nobody in particular
	Approvals        int             // how many of them must say yes; at least 1
	Protected        []string        // patterns of files whose change the owners must approve
	Waivers          []mlgate.Waiver // dated exceptions
	Reuse            string          // SameRecipe, ExactTree or Never
}

// CodeOwners under `owners` stands for those whom the repository's CODEOWNERS names.
const CodeOwners = "codeowners"

// How evidence that is in the ledger already may be used again.
const (
	SameRecipe = "same-recipe"
	ExactTree  = "exact-tree"
	Never      = "never"
)

// Policy is one entry under `policies:`: "mlgate/<name>" is built in, "./<path>" is in the
// repository, a URL with a pin is elsewhere. With holds what the entry sets of the policy's parameters:
// text, numbers (float64), truth values and lists of text.
type Policy struct {
	Ref    string               `json:"ref"`
	With   map[string]any       `json:"with,omitempty"`
	Remote *mlgate.RemotePolicy `json:"-"` // nil: it is not elsewhere
	Pos    mlgate.Pos           `json:"-"`
}

// ParseRun reads the run part. The whole file is checked; every complaint comes at once.
func ParseRun(file string, src []byte) (Run, error) {
	f := parse(file, src)
	return f.run, f.problems()
}

// ParseDemand reads the demands, and compares `requires` with the version of this mlgate.
func ParseDemand(file string, src []byte, version string) (Demand, error) {
	f := parse(file, src)
	f.require(version)
	return f.demand, f.problems()
}

// Check says everything that is wrong with a file.
func Check(file string, src []byte, version string) error {
	_, err := ParseDemand(file, src, version)
	return err
}

// ModelOf is the model that a file names; empty when it is not one that can be read.
func ModelOf(src []byte) string { return parse("", src).run.Model }

// Digest is the same for demands that mean the same, however they are written.
func (d Demand) Digest() mlgate.Digest {
	d.Path, d.Dir, d.Requires = "", "", ""
	b, err := json.Marshal(d)
	if err != nil { // no type in it can fail: finite numbers and text
		b = []byte(err.Error())
	}
	return mlgate.DigestOf(b)
}

// Stage finds a stage by name.
func (d Demand) Stage(name string) (mlgate.StageRule, bool) {
	for _, s := range d.Promote {
		if s.To == name {
			return s, true
		}
	}
	return mlgate.StageRule{}, false
}

// parsed is a file on its way to Run and Demand.
type parsed struct {
	*source
	run    Run
	demand Demand
}

func parse(file string, src []byte) *parsed {
	p := &parsed{source: newSource(file, src)}
	p.run = Run{Path: file, Dir: path.Dir(file)}
	p.demand = Demand{Path: file, Dir: p.run.Dir, OnInconclusive: mlgate.Warn, Comment: "update", Reuse: SameRecipe}
	root := p.root()
	if root == nil {
		return p
	}
	p.walk(place{Node: root, whole: root, what: description.what}, description)
	keys := fields(root)
	p.readRun(keys)
	p.readDemand(keys)
	p.checkUntil(p.items(keys["steps"]))
	p.demand.Model = p.run.Model
	p.defaults()
	return p
}

func (p *parsed) defaults() {
	if p.demand.Baseline != nil {
		return
	}
	p.demand.Baseline = []mlgate.BaselineRule{{Kind: "merge-base"}}
	for _, s := range p.demand.Promote {
		if s.When == "merge" {
			p.demand.Baseline = append(p.demand.Baseline, mlgate.BaselineRule{Kind: "stage", Stage: s.To})
			return
		}
	}
}

// Diff tells what of the demands and of the run part (its steps, evidence, artifact, paths) differs,
// as dotted keys with old and new value. Reformatting, and another order of keys, is no difference.
func Diff(base, head []byte) (demands, steps []mlgate.ValueChange, modelChanged bool) {
	a, b := parse("", base), parse("", head)
	da, db := a.flat(), b.flat()
	var names []string
	for _, m := range []map[string]string{da, db} {
		for name := range m {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if da[name] == db[name] {
			continue
		}
		c := mlgate.ValueChange{Name: name, Old: da[name], New: db[name]}
		switch top, _, _ := strings.Cut(name, "."); partOf(top) {
		case run:
			steps = append(steps, c)
		case demand:
			demands = append(demands, c)
		}
	}
	return demands, steps, a.run.Model != b.run.Model
}

// flat is the file as dotted keys: lists of named things by name, other lists as one value.
func (p *parsed) flat() map[string]string {
	out := map[string]string{}
	if root := p.root(); root != nil {
		flatten(root, "", out)
	}
	return out
}

// nameOf is the key under which an element of a list is known.
func nameOf(fields map[string]string) string {
	return cmp.Or(fields["name"], fields["to"], fields["path"], fields["use"])
}
