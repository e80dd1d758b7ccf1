// Package archtest holds the arrows between packages, and the house rules that a linter does not
// know. It is a test and nothing else.
package archtest

import (
	"bufio"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/mlgate/mlgate/"

// pure packages decide and never act: bytes and values in, values out.
var pure = []string{"glob", "inert", "pattern", "stat", "config", "pipeline", "baseline", "gate", "governance", "promotion", "chat", "report", "discovery", "doctor", "stamp", "wire/columns", "wire/sqlite", "wire/unzip"}

// arrows says which of our own packages each package may import. A package that is not in this
// table fails the test: put it where it belongs, with its arrows.
var arrows = map[string][]string{
	"mlgate":     {},
	"glob":       {},
	"inert":      {},
	"pattern":    {},
	"stamp":      {"pattern"},
	"config":     {"mlgate", "glob", "inert", "pattern", "stat"},
	"pipeline":   {"mlgate", "glob", "config"},
	"baseline":   {"mlgate"},
	"stat":       {},
	"gate":       {"mlgate", "glob", "stat"},
	"governance": {"mlgate", "glob"},
	"promotion":  {"mlgate"},
	"discovery":  {"mlgate", "glob", "pattern", "stamp"},
	"report":     {"mlgate", "glob", "inert"},
	"bundle":     {"mlgate", "pattern"},
	"handover":   {"mlgate", "pattern", "wire/unzip"},
	"comment":    {"mlgate", "pattern"},
	"chat":       {"mlgate", "inert", "pattern"},
	"check":      {"mlgate", "pattern"},
	"policy":     {"mlgate", "/policies"},
	"git":        {"mlgate", "inert"},
	"fetch":      {"mlgate", "git", "inert"},
	"ledger":     {"mlgate", "git", "pattern"},
	"registry":   {"mlgate", "git", "pattern"},
	"store":      {"mlgate", "git"},
	"reader":     {"mlgate", "inert", "pattern", "stamp", "stat", "wire/columns", "wire/sqlite", "wire/unzip"},
	"executor":   {"mlgate", "inert", "pattern", "wire/docker"},
	"worktree":   {"mlgate"},
	"dvc":        {"mlgate", "pattern"},
	"progress":   {},
	"doctor":     {"mlgate"},
	"forge":      {"mlgate", "inert", "pattern"},
	"ci":         {"mlgate", "inert"},
	"flow":       {"mlgate", "glob", "config", "pipeline", "baseline", "gate", "governance", "policy", "promotion", "report", "stamp"},
	"verify":     {"mlgate"},
	"diff":       {"mlgate", "glob", "config", "discovery", "pipeline", "stamp"},
	"demo":       {"mlgate"},
	"scaffold":   {"mlgate", "inert", "config", "reader", "discovery", "/workflows-examples", "pattern"},
	"archtest":   {},
	"cli": {
		"mlgate", "chat", "governance", "inert", "config", "report", "bundle", "comment", "git", "ledger", "registry", "store", "reader", "executor",
		"worktree", "progress", "forge", "ci", "fetch", "flow", "demo", "doctor", "pattern", "policy", "scaffold", "discovery", "handover",
		"check", "diff", "dvc", "verify",
	},
	"wire/docker":         {"inert", "pattern"},
	"wire/columns":        {},
	"wire/sqlite":         {},
	"wire/unzip":          {},
	"/policies":           {},
	"/workflows-examples": {},
	"/cmd/mlgate":         {"cli"},
}

// homes says which outside modules have one home only.
var homes = map[string][]string{
	"github.com/google/go-github":           {"forge"},
	"github.com/sethvargo/go-githubactions": {"ci"},
	"github.com/open-policy-agent/opa":      {"policy", "/policies"},
	"sigs.k8s.io/yaml":                      {"config", "reader"},
	"go.yaml.in/yaml":                       {"config", "reader", "scaffold", "discovery"},
	"github.com/hashicorp/go-getter":        {"fetch"},
	"google.golang.org/protobuf":            {"reader"},
	"github.com/klauspost/compress":         {"wire/columns"},
	"archive/zip":                           {"wire/unzip"},
	"github.com/spf13/cobra":                {"cli"},
	"gonum.org/v1/gonum":                    {"stat"},
	"os/exec":                               {"git", "executor", "demo"},
	"net/http":                              {"forge", "fetch", "cli", "wire/docker"},
	"html/template":                         {}, // with either, the linker keeps every method: the program grows by a third
	"text/template":                         {},
}

type source struct {
	pkg, file string
	imports   []string
}

func TestArrows(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		allowed, known := arrows[s.pkg]
		if !known {
			t.Errorf("%s: package %q is not in the table of arrows", s.file, s.pkg)
			continue
		}
		for _, imp := range s.imports {
			if own, ok := ownName(imp); ok && !slices.Contains(allowed, own) {
				t.Errorf("%s: %s may not import %s", s.file, s.pkg, own)
			}
			for prefix, home := range homes {
				if strings.HasPrefix(imp, prefix) && !slices.Contains(home, s.pkg) {
					t.Errorf("%s: %s has its home in %v", s.file, imp, home)
				}
			}
		}
	}
}

// A pure package that could read a file or ask a server would not be one.
func TestPurePackagesDoNoIO(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if !slices.Contains(pure, s.pkg) && s.pkg != "mlgate" {
			continue
		}
		for _, imp := range s.imports {
			if imp == "os" || imp == "net" || strings.HasPrefix(imp, "net/") || strings.HasPrefix(imp, "os/") {
				t.Errorf("%s: a pure package imports %s", s.file, imp)
			}
		}
	}
}

// Files that grow beyond this hide things.
const maxLines = 300

func TestFilesStaySmall(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		f, err := os.Open(s.file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for sc := bufio.NewScanner(f); sc.Scan(); {
			n++
		}
		_ = f.Close()
		if n > maxLines {
			t.Errorf("%s has %d lines; at most %d", s.file, n, maxLines)
		}
	}
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	for _, top := range []string{"cmd", "internal", "policies", "workflows-examples"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			s := source{file: name, pkg: pkgOf(root, name)}
			for _, i := range f.Imports {
				s.imports = append(s.imports, strings.Trim(i.Path.Value, `"`))
			}
			all = append(all, s)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 20 {
		t.Fatalf("found %d source files only: is the test looking in the right place?", len(all))
	}
	return all
}

func pkgOf(root, file string) string {
	rel, _ := filepath.Rel(root, filepath.Dir(file))
	rel = filepath.ToSlash(rel)
	if name, ok := strings.CutPrefix(rel, "internal/"); ok {
		return name
	}
	return path.Join("/", rel)
}

func ownName(imp string) (string, bool) {
	rel, ok := strings.CutPrefix(imp, module)
	if !ok {
		return "", false
	}
	if name, ok := strings.CutPrefix(rel, "internal/"); ok {
		return name, true
	}
	return "/" + rel, true
}
