package config

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/glob"
)

// keySet are the keys of one mapping; the value is why a key is refused for now, or empty.
type keySet map[string]string

// later is why a key is known and refused.
const later = "a later version will bring it; take it out for now"

// mapping checks the keys of a mapping and returns their values.
func (s *source) mapping(n *yaml.Node, what string, allowed keySet) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		s.problem(n, what+" is not a mapping", "write keys and values")
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		why, known := allowed[k.Value]
		switch {
		case k.Kind != yaml.ScalarNode:
			s.problem(k, "a key that is not text", "")
		case !known:
			s.problem(k, fmt.Sprintf("unknown key %q in %s", k.Value, what), suggest(k.Value, allowed))
		case why != "":
			s.problem(k, fmt.Sprintf("%q is not in this version", k.Value), why)
		default:
			out[k.Value] = v
		}
	}
	return out
}

// hints are for the likeliest mistakes, by the key that people write.
var hints = map[string]string{
	"threshold": "a lower limit is `min`, an upper one `max`",
	"tolerance": "an allowed change is `max_drop` or `max_rise`",
	"minimum":   "write `min`", "maximum": "write `max`",
	"direction": "write `better: higher` or `better: lower`",
	"metrics":   "name the metrics file under `evidence`",
	"command":   "write `run`", "cmd": "write `run`", "script": "write `run`",
	"deps": "write `inputs`", "dependencies": "write `inputs`", "outs": "write `outputs`",
	"depends_on": "write `needs`", "name": "the registry's name of the model is `model`",
	"stages": "steps stand under `steps`, stages to promote to under `promote`",
}

func suggest(key string, allowed keySet) string {
	best, dist := "", 3
	var names []string
	for name, why := range allowed {
		if why == "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if strings.EqualFold(name, key) {
			return fmt.Sprintf("keys are lower case: did you mean %q?", name)
		}
		if d := distance(key, name); d < dist {
			best, dist = name, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	if h := hints[key]; h != "" {
		return h
	}
	return "known are " + strings.Join(names, ", ")
}

// distance is the number of edits between two words; long ones are far apart.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 99
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diag, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diag+cost)
		}
	}
	return row[len(b)]
}

// text is a scalar as it stands in the file: numbers and words alike are text where text is wanted.
func (s *source) text(n *yaml.Node, what string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		s.problem(n, what+" is not text", "write one value")
		return ""
	}
	if strings.ContainsRune(n.Value, 0) {
		s.problem(n, what+" holds a NUL character", "take it out")
		return ""
	}
	return n.Value
}

// choice is one of a few words.
func (s *source) choice(n *yaml.Node, what, fallback string, words ...string) string {
	if n == nil {
		return fallback
	}
	v := s.text(n, what)
	if !slices.Contains(words, v) {
		s.problem(n, fmt.Sprintf("%s is %q", what, v), "one of "+strings.Join(words, ", "))
		return fallback
	}
	return v
}

// items are a sequence; one value alone counts as a list of one where single is set.
func (s *source) items(n *yaml.Node, what string, single bool) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.SequenceNode:
		return n.Content
	case single && n.Kind != yaml.AliasNode && n.Tag != "!!null":
		return []*yaml.Node{n}
	}
	s.problem(n, what+" is not a list", "write [a, b], or lines that start with a dash")
	return nil
}

// paths are patterns below the folder; without patterns they are plain.
func (s *source) paths(n *yaml.Node, what string, patterns bool) []string {
	var out []string
	for _, e := range s.items(n, what, true) {
		if p, ok := s.path(e, what, patterns); ok {
			out = append(out, p)
		}
	}
	return out
}

func (s *source) path(n *yaml.Node, what string, patterns bool) (string, bool) {
	p := s.text(n, what)
	if p == "" && n.Kind != yaml.ScalarNode {
		return "", false
	}
	if err := glob.Valid(p); err != nil {
		s.problem(n, fmt.Sprintf("%s: %s", what, err), "")
		return "", false
	}
	if !patterns && !glob.Plain(p) {
		s.problem(n, what+" is a pattern", "name the file or folder itself")
		return "", false
	}
	return p, true
}

// plainNumber is what a number in mlops.yaml looks like: YAML's other spellings (0x10, 1_000, .inf,
// 010) mean different things to different readers.
var plainNumber = regexp.MustCompile(`^[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func (s *source) number(n *yaml.Node, what string) *float64 {
	if n == nil {
		return nil
	}
	v := s.text(n, what)
	f, err := strconv.ParseFloat(v, 64)
	if !plainNumber.MatchString(v) || err != nil || math.IsInf(f, 0) || n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		s.problem(n, fmt.Sprintf("%s is not a plain finite number", what), "write it like 0.85 or 120")
		return nil
	}
	return &f
}

// flatten writes a node's scalars by dotted key.
func flatten(n *yaml.Node, prefix string, out map[string]string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			flatten(n.Content[i+1], join(prefix, n.Content[i].Value), out)
		}
	case yaml.SequenceNode:
		flattenList(n, prefix, out)
	default:
		out[prefix] = n.Value
	}
}

func flattenList(n *yaml.Node, prefix string, out map[string]string) {
	var plain []string
	for _, e := range n.Content {
		if e.Kind != yaml.MappingNode {
			plain = append(plain, e.Value)
			continue
		}
		fields := map[string]string{}
		flatten(e, "", fields)
		name := nameOf(fields)
		for k, v := range fields {
			out[join(join(prefix, name), k)] = v
		}
	}
	if len(plain) > 0 {
		out[prefix] = strings.Join(plain, ", ")
	}
}

func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}
