// Package governance judges who may change what judges: edits of demands and steps, owners and their
// approvals, protected paths, waivers; and folds all findings into one verdict. It is pure.
package governance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Rules are the names, below "governance/", of what is asked of every change without standing in
// mlops.yaml, here and where other packages find it.
var Rules = []string{
	"codeowners", "deleted", "demands", "direct-push", "forged-check", "model-taken", "moved", "new-model", "own-rules", "protected", "protects-nothing", "steps",
}

// Facts are what a change does to the demands and to the model itself, and who says so.
type Facts struct {
	Path      string // of mlops.yaml
	Demands   []mlgate.ValueChange
	Steps     []mlgate.ValueChange
	NewFile   bool // mlops.yaml is new with this change
	Deleted   bool
	MovedFrom string // path that mlops.yaml had before; empty: the same
	OldModel  string
	NewModel  string
	Others    []string // other models of the repository, before the change
	Taken     string   // path of the file that has this model's name already; empty: none

	Protected []string            // patterns relative to Dir, of the base's demands
	Dir       string              // folder of mlops.yaml
	Files     []mlgate.FileChange // everything that differs, paths of the repository
	BaseFiles []string            // everything there is in the base, paths of the repository

	Owners  []string    // of the base's demands; empty: nobody in particular
	Code    *CodeOwners // set: the owners of each file are those of the base's CODEOWNERS
	Need    int         // how many owners must say yes; less than 1 is 1
	Asked   Asked       // who could approve this
	Refusal string      // what the forge said when it was asked and did not answer
	// Crowd says that the change holds those of others too, whose people were not asked; empty: it does not.
	Crowd  string
	People mlgate.People
	Head   string // the commit that an approval must be of
	Base   string // the branch that it must be for
}

// Asked says whether the people of a change are known.
type Asked int

// How the people of a change are known.
const (
	Nobody Asked = iota // on a laptop, and after the merge: nobody can be asked
	Forge               // People holds what the forge says
	Silent              // the forge could not be asked
)

// Judge says what a person should look at. With owners these block until one of them approves;
// without, they are warnings: nothing is blocked that nobody could unblock.
func Judge(f Facts) []mlgate.Finding {
	c := chair{facts: f}
	c.judge()
	return c.out
}

func (c *chair) judge() {
	f := c.facts
	if f.Deleted {
		c.find("deleted", "this change deletes mlops.yaml: from then on nothing judges this model", "")
	}
	if f.MovedFrom != "" {
		c.find("moved", fmt.Sprintf("this change moves mlops.yaml from %s to %s", f.MovedFrom, f.Path), "all paths in it are relative to its folder: look at what it depends on now", f.MovedFrom, f.Path)
	}
	if f.OldModel != f.NewModel && f.OldModel != "" && f.NewModel != "" {
		c.find("new-model", fmt.Sprintf("this change renames the model %s to %s: its history and its stages stay behind", f.OldModel, f.NewModel), "")
	}
	if f.Taken != "" {
		c.out = append(c.out, mlgate.Finding{
			Rule: "governance/model-taken", Status: mlgate.Fail, Pos: mlgate.Pos{File: f.Path},
			Message: fmt.Sprintf("the model %s is described by %s already", f.NewModel, f.Taken), Fix: "give one of the two another name",
		})
	}
	if f.NewFile && len(f.Others) > 0 {
		c.find("new-model", fmt.Sprintf("this change brings a new model, %s, beside %s", f.NewModel, few(f.Others)), "")
	}
	if n := len(f.Demands); n > 0 {
		c.find("demands", fmt.Sprintf("this change edits what is demanded of it (%s); it is judged by the demands before it", names(f.Demands)), "let somebody else look at the table of changed rules")
	}
	if n := len(f.Steps); n > 0 {
		c.find("steps", fmt.Sprintf("this change edits how its numbers are made (%s)", names(f.Steps)), "compare numbers with care: the same name may mean something else now")
	}
	c.protected()
	c.badLines()
}

// chair collects findings that owners can lift, or, asking, who those owners are.
type chair struct {
	facts  Facts
	out    []mlgate.Finding
	asking bool
	asked  []string
}

// find adds a finding on some files; none is mlops.yaml.
func (c *chair) find(rule, message, fix string, files ...string) {
	if len(files) == 0 {
		files = []string{c.facts.Path}
	}
	if c.asking {
		for _, g := range c.facts.responsible(files) {
			for _, o := range g.owners {
				if !slices.Contains(c.asked, o) {
					c.asked = append(c.asked, o)
				}
			}
		}
		return
	}
	word := c.facts.consent(files)
	f := mlgate.Finding{Rule: "governance/" + rule, Status: word.status, Message: message, Fix: fix, Pos: mlgate.Pos{File: c.facts.Path}}
	if word.said != "" {
		f.Message += "; " + word.said
	}
	if word.fix != "" {
		f.Fix = word.fix
	}
	if f.Status == mlgate.Pass {
		f.Fix = ""
	}
	c.out = append(c.out, f)
}

// badLines names what of CODEOWNERS does not count, where its owners were needed.
func (c *chair) badLines() {
	code := c.facts.Code
	if code == nil || len(code.Bad) == 0 || len(c.out) == 0 {
		return
	}
	var lines []string
	for _, b := range code.Bad[:min(3, len(code.Bad))] {
		lines = append(lines, fmt.Sprintf("line %d: %s", b.Line, b.Why))
	}
	if n := len(code.Bad) - len(lines); n > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", n))
	}
	c.out = append(c.out, mlgate.Finding{
		Rule: "governance/codeowners", Status: mlgate.Warn, Pos: mlgate.Pos{File: code.File, Line: code.Bad[0].Line},
		Message: "lines of " + code.File + " do not count, for GitHub neither: " + strings.Join(lines, "; "), Fix: "mend them: whom they name is not asked",
	})
}

func names(cs []mlgate.ValueChange) string {
	var all []string
	for _, c := range cs[:min(3, len(cs))] {
		all = append(all, c.Name)
	}
	s := strings.Join(all, ", ")
	if n := len(cs) - 3; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}
