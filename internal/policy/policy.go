// Package policy asks Open Policy Agent, in this process: Rego modules in, findings out. Rego has no
// network, no environment and no clock here, and a deadline.
//
// It never decides what a finding means for the merge.
package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/policies"
)

// Limits of policies.
const (
	deadline    = 10 * time.Second // of one judgment, all sets together
	maxModules  = 500
	maxSource   = 4 << 20 // bytes of one set
	maxFindings = 1000
)

// Module is one Rego file, or by its ending one JSON file of data.
type Module struct {
	Path   string
	Source []byte
}

// Set is one entry under `policies:`. Built-in ones ("mlgate/…") need no modules.
type Set struct {
	Ref     string
	Root    string // folder that the paths of data count from
	Modules []Module
	Pos     mlgate.Pos
}

// Engine is compiled policies.
type Engine struct {
	entries  []entry
	digest   mlgate.Digest
	deadline time.Duration
}

// entry is one rule to ask: deny or warn of one package.
type entry struct {
	ref    string
	pkg    string // as written, without "data."
	status mlgate.Status
	query  rego.PreparedEvalQuery
	pos    mlgate.Pos
}

// Compile checks and prepares every set apart, so that none can change another. What does not compile,
// a set without a rule deny or warn, and a name that is not built in are Mistakes.
func Compile(ctx context.Context, sets []Set) (*Engine, error) {
	e := &Engine{deadline: deadline}
	sum := sha256.New()
	var errs []error
	for _, s := range sets {
		modules, err := s.modules()
		if err == nil {
			err = e.add(ctx, s, modules)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d:%d: policy %q: %w", s.Pos.File, s.Pos.Line, s.Pos.Col, s.Ref, err))
		}
		for _, m := range modules {
			fmt.Fprintf(sum, "%d %s %d\n", len(m.Path), m.Path, len(m.Source))
			sum.Write(m.Source)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, &mlgate.Mistake{Err: err}
	}
	e.digest = mlgate.Digest(hex.EncodeToString(sum.Sum(nil)))
	return e, nil
}

// modules of a set, built-in or given, without tests.
func (s Set) modules() ([]Module, error) {
	name, builtIn := strings.CutPrefix(s.Ref, "mlgate/")
	if builtIn {
		file, src, ok := policies.Lookup(name)
		if !ok {
			return nil, fmt.Errorf("none is built in under this name; there are mlgate/%s", strings.Join(policies.Names(), ", mlgate/"))
		}
		return []Module{{Path: "mlgate/" + file, Source: src}}, nil
	}
	var out []Module
	size := 0
	for _, m := range s.Modules {
		if strings.HasSuffix(m.Path, "_test.rego") {
			continue
		}
		size += len(m.Source)
		out = append(out, m)
	}
	if len(out) > maxModules || size > maxSource {
		return nil, fmt.Errorf("%d files of %d bytes: at most %d of %d are compiled", len(out), size, maxModules, maxSource)
	}
	return out, nil
}

// forbidden built-ins reach the network, the environment, the clock or chance.
var forbidden = []string{"http.send", "net.lookup_ip_addr", "opa.runtime", "rand.intn", "uuid.rfc4122", "time.now_ns", "trace", "print"}

func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool {
		return slices.Contains(forbidden, b.Name) || strings.HasPrefix(b.Name, "io.jwt.encode_sign")
	})
	c.AllowNet = []string{} // nil would allow every host
	return c
}

func (e *Engine) add(ctx context.Context, s Set, modules []Module) error {
	caps := capabilities()
	parsed := map[string]*ast.Module{}
	data, err := documents(s.Root, modules)
	if err != nil {
		return err
	}
	for _, m := range modules {
		if m.isData() {
			continue
		}
		mod, err := ast.ParseModuleWithOpts(m.Path, string(m.Source), ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: caps})
		if err != nil {
			return err
		}
		if mod == nil {
			return fmt.Errorf("%s is empty", m.Path)
		}
		if name := pkgName(mod); !strings.HasPrefix(s.Ref, "mlgate/") && (name == "mlgate" || strings.HasPrefix(name, "mlgate.")) {
			return fmt.Errorf("%s: the package %s is for built-in policies", m.Path, name)
		}
		parsed[m.Path] = mod
	}
	compiler, more, err := withData(ctx, ast.NewCompiler().WithCapabilities(caps).WithStrict(true), data)
	if err != nil {
		return err
	}
	if compiler.Compile(parsed); compiler.Failed() {
		return compiler.Errors
	}
	before := len(e.entries)
	for _, q := range entryPoints(parsed) {
		options := append([]func(*rego.Rego){rego.Query(q.ref), rego.Compiler(compiler), rego.StrictBuiltinErrors(true)}, more...)
		prepared, err := rego.New(options...).PrepareForEval(ctx)
		if err != nil {
			return fmt.Errorf("preparing %s: %w", q.ref, err)
		}
		e.entries = append(e.entries, entry{ref: s.Ref, pkg: q.pkg, status: q.status, query: prepared, pos: s.Pos})
	}
	if len(e.entries) == before {
		return errors.New("it has no rule deny or warn: it could never say anything")
	}
	return nil
}

func pkgName(m *ast.Module) string {
	return strings.TrimPrefix(m.Package.Path.String(), "data.")
}

type point struct {
	ref, pkg string
	status   mlgate.Status
}

// entryPoints finds the rules deny and warn in the syntax trees: a query by text would be undefined,
// and so pass, for any typo.
func entryPoints(modules map[string]*ast.Module) []point {
	seen := map[string]point{}
	for _, m := range modules {
		for _, r := range m.Rules {
			status := map[string]mlgate.Status{"deny": mlgate.Fail, "warn": mlgate.Warn}[r.Head.Ref()[0].Value.String()]
			if status == mlgate.Unknown {
				continue
			}
			ref := m.Package.Path.String() + "." + r.Head.Ref()[0].Value.String()
			seen[ref] = point{ref, pkgName(m), status}
		}
	}
	out := make([]point, 0, len(seen))
	for _, p := range seen {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b point) int { return strings.Compare(a.ref, b.ref) })
	return out
}

// Digest is of all modules.
func (e *Engine) Digest() mlgate.Digest { return e.digest }

// Rules lists what is asked, in order.
func (e *Engine) Rules() []string {
	var out []string
	for _, x := range e.entries {
		out = append(out, x.rule(""))
	}
	return out
}

func (x entry) rule(id string) string {
	name := x.ref
	if !strings.HasPrefix(name, "mlgate/") {
		name = strings.ReplaceAll(x.pkg, ".", "/")
	}
	if id != "" {
		name += "/" + id // not path.Join: an id may hold dots and slashes of a metric's name
	}
	return "policy/" + name
}
