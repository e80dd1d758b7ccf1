package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// later is why a key is known and refused.
const later = "a later version will bring it; take it out for now"

// place is a node that is compared with its description.
type place struct {
	*yaml.Node
	whole *yaml.Node // where a complaint about the node as a whole points to
	what  string     // what people call it
	fix   string     // for a value of a wrong kind
}

// walk compares a node with its description, down to the last scalar. Whatever it complains of, the
// schema refuses too, unless the complaint says beyond: a schema does not see how a thing is written.
func (s *source) walk(p place, v value) {
	switch {
	case p.Kind == yaml.AliasNode: // refused as such
	case v.kind == isMapping:
		s.walkMapping(p, v)
	case v.kind == isTable:
		s.walkTable(p, v)
	case v.kind == isList:
		s.walkList(p, v)
	case p.Kind != yaml.ScalarNode || p.Tag == "!!null":
		s.wrongKind(p, v)
	case v.kind == isOne:
		s.walkOne(p)
	case v.kind == isNumber:
		s.walkNumber(p)
	case v.kind == isShare:
		s.walkShare(p)
	case v.kind == isBound:
		s.walkBound(p)
	case v.kind == isCount:
		s.walkCount(p)
	case v.kind == isDay:
		s.walkDay(p)
	case v.kind == isTruth:
		s.walkTruth(p)
	case v.kind == isWord:
		s.walkWord(p, v)
	default:
		s.walkText(p, v)
	}
}

func (s *source) wrongKind(p place, v value) {
	s.misfit(p.Node, fmt.Sprintf("%s is %s, not %s", p.what, said(p.Node), v.kind), p.fix)
}

func (s *source) walkMapping(p place, v value) {
	if v.short != nil && p.Kind == yaml.ScalarNode && p.Tag != "!!null" {
		s.walk(p, *v.short)
		return
	}
	if p.Kind != yaml.MappingNode {
		s.wrongKind(p, v)
		return
	}
	allowed := v.allowed(p.Node)
	for i := 0; i+1 < len(p.Content); i += 2 {
		s.walkKey(p, allowed, v, p.Content[i], p.Content[i+1])
	}
	for _, k := range allowed {
		if k.must && valueOf(p.Node, k.name) == nil {
			s.misfit(p.whole, fmt.Sprintf("the key %q is missing in %s", k.name, p.what), "write "+k.example)
		}
	}
	if len(v.needs) > 0 && !slices.ContainsFunc(v.needs, func(name string) bool { return valueOf(p.Node, name) != nil }) {
		s.misfit(p.whole, p.what+" demands nothing", "give it "+orList(v.needs))
	}
	if t := v.tight; t != nil && valueOf(p.Node, t.absent) == nil {
		if n := valueOf(p.Node, t.key); n != nil && n.Kind == yaml.ScalarNode && !t.grammar.fits(n.Value) {
			s.misfit(n, t.grammar.refuse(t.key, n.Value), t.grammar.fix)
		}
	}
}

func (s *source) walkKey(p place, allowed []key, v value, k, n *yaml.Node) {
	i := slices.IndexFunc(allowed, func(row key) bool { return row.name == k.Value })
	switch {
	case k.Kind != yaml.ScalarNode:
		s.problem(k, "a key that is not text", "")
	case i < 0 && s.full(): // a suggestion costs more than the complaint
		s.misfit(k, "unknown key", "")
	case i < 0:
		s.misfit(k, fmt.Sprintf("unknown key %q in %s", k.Value, p.what), suggest(k.Value, v, allowed))
	case allowed[i].later:
		s.misfit(k, fmt.Sprintf("%q is not in this version", k.Value), later)
	default:
		name := k.Value
		if v.what == "" {
			name = p.what + "." + name
		}
		s.walk(place{Node: n, whole: n, what: name, fix: cmp.Or(allowed[i].wrong, "write "+allowed[i].example)}, allowed[i].is)
	}
}

// allowed are the keys of a mapping: its own, and the options of the kind that it names.
func (v value) allowed(n *yaml.Node) []key {
	all := slices.Clone(v.keys)
	kind := valueOf(n, "kind")
	for _, k := range v.keys {
		for i, w := range k.is.words {
			if k.name == "kind" && (kind != nil && kind.Value == w.name || kind == nil && i == 0) {
				all = append(all, w.options...)
			}
		}
	}
	return all
}

func (s *source) walkTable(p place, v value) {
	if p.Kind != yaml.MappingNode {
		s.wrongKind(p, v)
		return
	}
	if n := len(p.Content) / 2; n > maxItems {
		s.misfit(p.whole, fmt.Sprintf("%s has %d entries", p.what, n), fmt.Sprintf("at most %d are read; patterns say more with less", maxItems))
		return
	}
	for i := 0; i+1 < len(p.Content); i += 2 {
		k, n := p.Content[i], p.Content[i+1]
		switch g := v.grammar[0]; {
		case k.Kind != yaml.ScalarNode:
			s.problem(k, "a key that is not text", "")
		case !g.fits(k.Value):
			s.misfit(k, g.refuse("a key of "+p.what, k.Value), g.fix)
		default:
			what := p.what + "." + k.Value
			if v.of.what != "" {
				what = fmt.Sprintf(v.of.what, k.Value)
			}
			s.walk(place{Node: n, whole: k, what: what, fix: astray(k.Value, n, *v.of, p.fix)}, *v.of)
		}
	}
}

// astray is the fix for a value of a wrong kind in a table: its key may stand too far left or right.
func astray(name string, n *yaml.Node, of value, fix string) string {
	if of.kind != isMapping || n.Kind == yaml.MappingNode || n.Tag == "!!null" {
		return fix
	}
	if slices.ContainsFunc(of.keys, func(k key) bool { return k.name == name }) {
		return fmt.Sprintf("indent `%s` below the name that it is about", name)
	}
	if home := homeOf(name, description, ""); home != "" {
		return fmt.Sprintf("`%s` stands in %s: is the line indented right?", name, home)
	}
	return fix
}

// maxItems is the longest list and the largest table: some things are compared with each other.
const maxItems = 1000

func (s *source) walkList(p place, v value) {
	if p.Kind == yaml.SequenceNode && len(p.Content) > maxItems {
		s.misfit(p.Node, fmt.Sprintf("%s has %d elements", p.what, len(p.Content)), fmt.Sprintf("at most %d are read; patterns say more with less", maxItems))
		return
	}
	if p.Kind == yaml.SequenceNode {
		for _, e := range p.Content {
			s.walk(place{Node: e, whole: e, what: cmp.Or(v.of.what, p.what), fix: p.fix}, *v.of)
		}
		return
	}
	asElement := p.Kind == yaml.ScalarNode && p.Tag != "!!null" || p.Kind == yaml.MappingNode && v.of.kind == isMapping
	if !v.single || !asElement {
		s.wrongKind(p, v)
		return
	}
	s.walk(p, *v.of)
}

func (s *source) walkText(p place, v value) {
	for _, g := range v.grammar {
		if !g.fits(p.Value) {
			s.misfit(p.Node, g.refuse(p.what, p.Value), g.mend(p.Value))
			return
		}
	}
	switch {
	case strings.ContainsRune(p.Value, 0):
		s.problem(p.Node, p.what+" holds a NUL character", "take it out")
	case quoted(p.Node) || p.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
	case slices.Contains(truths, strings.ToLower(p.Value)) && v.kind != isScalar && p.Tag == "!!bool":
		s.misfit(p.Node, fmt.Sprintf("%s is %s, a truth value and no text", p.what, p.Value), "put it in quotes")
	case slices.Contains(truths, strings.ToLower(p.Value)) && p.Tag != "!!bool":
		s.problem(p.Node, fmt.Sprintf("%s is %s, which some readers of YAML take for true or false", p.what, p.Value), "put it in quotes")
	case v.kind != isScalar && (p.Tag == "!!int" || p.Tag == "!!float"):
		s.misfit(p.Node, fmt.Sprintf("%s is %s, a number and no text", p.what, p.Value), "put it in quotes")
	}
}

// truths are the words that YAML 1.1 takes for true and false; YAML 1.2 takes the last two.
var truths = []string{"yes", "no", "on", "off", "true", "false"}

func (s *source) walkWord(p place, v value) {
	words := v.names()
	if slices.Contains(words, p.Value) {
		return
	}
	message, fix := fmt.Sprintf("%s is %q", p.what, p.Value), "one of "+strings.Join(words, ", ")
	if near := nearest(p.Value, words); near != "" {
		fix = fmt.Sprintf("did you mean %q? %s", near, fix)
	} else if v.more {
		message, fix = fmt.Sprintf("%s %q is not in this version", p.what, p.Value), "known are "+strings.Join(words, ", ")+"; others come with a later version"
	}
	s.misfit(p.Node, message, fix)
}
