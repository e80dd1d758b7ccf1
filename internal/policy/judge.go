package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Judge asks every rule about a case. A rule that cannot be answered in time, fails inside, or says
// something of the wrong shape is an Unknown finding: it never counts as yes. Metrics that are no
// finite number stand in the case as the strings "NaN", "Infinity", "-Infinity".
func (e *Engine) Judge(ctx context.Context, c mlgate.Case) ([]mlgate.Finding, error) {
	input, err := document(c)
	if err != nil {
		return nil, fmt.Errorf("writing the case for the policies: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, e.deadline)
	defer cancel()
	var out []mlgate.Finding
	for _, x := range e.entries {
		results, err := x.query.Eval(limited, rego.EvalInput(input))
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		switch {
		case limited.Err() != nil:
			return append(out, x.unknown(fmt.Sprintf("the policies did not end within %s", e.deadline))), nil
		case err != nil:
			out = append(out, x.unknown(err.Error()))
		default:
			out = append(out, x.findings(results)...)
		}
		if n := len(out); n > maxFindings {
			cut := x.unknown(fmt.Sprintf("the policies said %d things; the first %d are shown", n, maxFindings))
			return append(out[:maxFindings:maxFindings], cut), nil
		}
	}
	return out, nil
}

func document(c mlgate.Case) (any, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var v any
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	return v, dec.Decode(&v)
}

func (x entry) unknown(why string) mlgate.Finding {
	return mlgate.Finding{Rule: x.rule(""), Status: mlgate.Unknown, Message: "the policy could not be answered: " + why, Pos: x.pos}
}

// findings reads what a rule said: a set of texts, or of objects {msg, id, fix}.
func (x entry) findings(results rego.ResultSet) []mlgate.Finding {
	if len(results) == 0 { // a complete rule whose body is false; a set is never undefined
		return nil
	}
	items, ok := results[0].Expressions[0].Value.([]any)
	if !ok {
		return []mlgate.Finding{x.unknown("it must be a set: write `deny contains msg if …`")}
	}
	var out []mlgate.Finding
	for _, item := range items {
		f := mlgate.Finding{Rule: x.rule(""), Status: x.status, Pos: x.pos}
		switch v := item.(type) {
		case string:
			f.Message = v
		case map[string]any:
			msg, isText := v["msg"].(string)
			id, _ := v["id"].(string)
			f.Fix, _ = v["fix"].(string)
			f.Message, f.Rule = msg, x.rule(id)
			if !isText {
				f = x.unknown("it said an object without a text `msg`")
			}
		default:
			f = x.unknown(fmt.Sprintf("it said %T; texts and objects {msg, id, fix} are understood", item))
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b mlgate.Finding) int {
		return strings.Compare(a.Rule+"\x00"+a.Message, b.Rule+"\x00"+b.Message)
	})
	return out
}
