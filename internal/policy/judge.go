package policy

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Judge asks every rule about a case: see Ask.
func (e *Engine) Judge(ctx context.Context, c mlgate.Case) ([]mlgate.Finding, error) {
	if len(e.entries) == 0 {
		return nil, nil // a case can be large
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("writing the case for the policies: %w", err)
	}
	return e.Ask(ctx, raw)
}

// Ask asks every rule about a document, which is one JSON value; another text is a Mistake. A rule that cannot be answered within the limits of time and
// memory, fails inside, or says something of the wrong shape is an Unknown finding: it never counts as
// yes. A metric that a rule reads by name and that is not there, or no finite number, is a finding of
// the rule's own severity; on the baseline's side it is Inconclusive. Else an error is
// ctx's cause.
func (e *Engine) Ask(ctx context.Context, data []byte) ([]mlgate.Finding, error) {
	if len(e.entries) == 0 {
		return nil, nil
	}
	d, err := decode(data, e.sees)
	if err != nil {
		return nil, &mlgate.Mistake{Err: err}
	}
	limited, cancel := context.WithTimeoutCause(ctx, e.deadline, fmt.Errorf("the policies did not end within %s", e.deadline))
	defer cancel()
	limited, stop := guard(limited, e.growth)
	defer stop()
	out := &findings{}
	excepted := map[string][]string{}
	for _, x := range e.entries {
		said, err := x.ask(limited, d, excepted)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if limited.Err() != nil {
			out.add(x.unknown(context.Cause(limited).Error()))
			return out.shown(), nil
		}
		if err != nil {
			said = []mlgate.Finding{x.unknown(err.Error())}
		}
		out.add(said...)
	}
	return out.shown(), nil
}

// ask is one rule. An exception of its package silences it, and that is said.
func (x entry) ask(ctx context.Context, d document, excepted map[string][]string) ([]mlgate.Finding, error) {
	if x.except != nil {
		names, known := excepted[x.pkg]
		if !known {
			results, err := x.except.Eval(ctx, rego.EvalParsedInput(d.value))
			if err != nil {
				return nil, fmt.Errorf("its exceptions: %w", err)
			}
			names = exceptions(results)
			excepted[x.pkg] = names
		}
		if slices.Contains(names, suffix(x.name)) {
			f := x.finding("")
			f.Status, f.Fix = mlgate.Pass, ""
			f.Message = fmt.Sprintf("not asked: data.%s.exception names %q", x.pkg, suffix(x.name))
			return []mlgate.Finding{f}, nil
		}
	}
	results, err := x.query.Eval(ctx, rego.EvalParsedInput(d.value))
	if err != nil {
		return nil, err
	}
	return append(x.said(results), x.missing(d)...), nil
}

// exceptions are the names in data.….exception: a set of lists of names without deny or warn.
func exceptions(results rego.ResultSet) []string {
	var names []string
	if len(results) == 0 {
		return nil
	}
	sets, _ := results[0].Expressions[0].Value.([]any)
	for _, s := range sets {
		list, _ := s.([]any)
		for _, n := range list {
			if name, ok := n.(string); ok {
				names = append(names, name)
			}
		}
	}
	return names
}

func (x entry) finding(id string) mlgate.Finding {
	n := x.meta.of(id)
	return mlgate.Finding{Rule: x.rule(id), Status: x.status, Fix: n.fix, Title: n.title, Why: n.why, Pos: x.pos}
}

func (x entry) unknown(why string) mlgate.Finding {
	f := x.finding("")
	f.Status, f.Fix, f.Message = mlgate.Unknown, "", "the policy could not be answered: "+why
	return f
}

// said reads what a rule said: a set of texts, or of objects {msg, id, fix}; _loc is conftest's word
// for a place.
func (x entry) said(results rego.ResultSet) []mlgate.Finding {
	if len(results) == 0 { // a complete rule whose body is false; a set is never undefined
		return nil
	}
	items, ok := results[0].Expressions[0].Value.([]any)
	if !ok {
		return []mlgate.Finding{x.unknown("it must be a set: write `" + x.name + " contains msg if …`")}
	}
	var out []mlgate.Finding
	for _, item := range items {
		switch v := item.(type) {
		case string:
			f := x.finding("")
			f.Message = v
			out = append(out, f)
		case map[string]any:
			out = append(out, x.object(v))
		default:
			out = append(out, x.unknown(fmt.Sprintf("it said %T; texts and objects {msg, id, fix} are understood", item)))
		}
	}
	slices.SortStableFunc(out, func(a, b mlgate.Finding) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return out
}

func (x entry) object(v map[string]any) mlgate.Finding {
	msg, isText := v["msg"].(string)
	if !isText {
		return x.unknown("it said an object without a text `msg`")
	}
	id, _ := v["id"].(string)
	f := x.finding(id)
	fix, _ := v["fix"].(string)
	f.Message, f.Fix = msg, cmp.Or(fix, f.Fix)
	if loc, ok := v["_loc"].(map[string]any); ok {
		file, _ := loc["file"].(string)
		line, _ := loc["line"].(json.Number)
		n, err := line.Int64()
		if file != "" && err == nil && n > 0 && n < 1<<31 {
			f.Pos = mlgate.Pos{File: file, Line: int(n)}
		}
	}
	return f
}

// findings are gathered up to a limit; what is left out is counted, and its worst status kept.
type findings struct {
	list []mlgate.Finding
	left int
	cut  mlgate.Finding
}

func (o *findings) add(fs ...mlgate.Finding) {
	for _, f := range fs {
		if len(o.list) < maxFindings {
			o.list = append(o.list, f)
			continue
		}
		if o.left == 0 || f.Status < o.cut.Status {
			o.cut = mlgate.Finding{Rule: f.Rule, Status: f.Status, Pos: f.Pos}
		}
		o.left++
	}
}

func (o *findings) shown() []mlgate.Finding {
	if o.left == 0 {
		return o.list
	}
	o.cut.Message = fmt.Sprintf("the policies said %d things; %d are left out here", len(o.list)+o.left, o.left)
	return append(o.list, o.cut)
}

// errTooMuch is why an evaluation ended that grew without bounds.
var errTooMuch = errors.New("the policies needed too much memory")
