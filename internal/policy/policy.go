// Package policy asks Open Policy Agent, in this process: Rego modules in, findings out. Rego has no
// network, no environment, no clock and no chance of its own here, a deadline and a ceiling of memory.
//
// It never decides what a finding means for the merge.
package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/policies"
)

// Limits of policies.
const (
	deadline    = 10 * time.Second // of one judgment, all sets together
	maxGrowth   = 512 << 20        // bytes of heap that one judgment may add
	maxModules  = 500
	maxSource   = 4 << 20 // bytes of one set
	maxFindings = 1000
)

// Module is one Rego file, or by its ending one JSON file of data.
type Module struct {
	Path   string
	Source []byte
}

// Set is one entry under `policies:`. Built-in ones ("mlgate/…") need no modules. With sets parameters
// that the policy declares: text, float64, bool, or a list of text.
type Set struct {
	Ref     string
	Root    string // folder that the paths of data count from
	Modules []Module
	With    map[string]any
	Pos     mlgate.Pos
}

// Engine is compiled policies. It may be asked from several goroutines.
type Engine struct {
	entries  []entry
	sees     *sight
	digest   mlgate.Digest
	deadline time.Duration
	growth   uint64
}

// Compile checks and prepares every set apart, so that none can change another. What does not compile,
// a set without a rule that could say anything, a parameter that no policy declares, and a name that is
// not built in are Mistakes.
func Compile(ctx context.Context, sets []Set) (*Engine, error) {
	e := &Engine{deadline: deadline, growth: maxGrowth, sees: newSight()}
	sum := sha256.New()
	var errs []error
	for _, s := range sets {
		modules, err := s.modules()
		if err == nil {
			var found []entry
			found, err = compile(ctx, s, modules, e.sees)
			e.entries = append(e.entries, found...)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%spolicy %q: %w", place(s.Pos), s.Ref, err))
		}
		for _, m := range modules {
			fmt.Fprintf(sum, "%d %s %d\n", len(m.Path), m.Path, len(m.Source))
			sum.Write(m.Source)
		}
		if len(s.With) > 0 {
			with, err := json.Marshal(s.With)
			errs = append(errs, err)
			sum.Write(with)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, &mlgate.Mistake{Err: err}
	}
	e.digest = mlgate.Digest(hex.EncodeToString(sum.Sum(nil)))
	return e, nil
}

func place(p mlgate.Pos) string {
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Col)
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
		if isTest(m.Path) {
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

func isTest(file string) bool { return strings.HasSuffix(file, "_test.rego") }

// Digest is of all modules and parameters.
func (e *Engine) Digest() mlgate.Digest { return e.digest }

// Sees reports whether a rule can see anything of the input's value at a path. What it cannot see needs
// not be in the case.
func (e *Engine) Sees(path ...string) bool { return len(e.entries) > 0 && e.sees.part(path) }

// Rules lists what is asked, in order.
func (e *Engine) Rules() []string {
	var out []string
	for _, x := range e.entries {
		out = append(out, x.rule(""))
	}
	return out
}
