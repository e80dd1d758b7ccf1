package config

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/glob"
)

// unsayable are the complaints about files that a schema sees otherwise, or not at all: it gets values,
// not their spelling, each key once, and no alias.
var unsayable = []string{
	"an alias", "an anchor", "a tag", "stands here a second time: the first is in line", "a second document", "nested deeper", "a key that is not text",
	"not a plain finite number: write ", // 0x10, 1_000, .nan, 1e400
	"not YAML", "byte order mark", "UTF-8", "UTF-16", "the file has",
}

// agree complains when schema and parser differ over a file. It returns 1 for "both say yes", 0 for
// "both say no", -1 when a schema cannot say it.
func agree(t *testing.T, schema *jsonschema.Schema, name string, src []byte) int {
	t.Helper()
	p := parse(name, src)
	said := ""
	misfits := 0
	for _, x := range p.list {
		said += x.Message + ": " + x.Fix + "\n"
		if !x.beyond {
			misfits++
		}
	}
	if p.node == nil || slices.ContainsFunc(unsayable, func(u string) bool { return strings.Contains(said, u) }) {
		return -1
	}
	err := schema.Validate(jsonOf(p.node))
	if (err != nil) != (misfits > 0) {
		t.Errorf("%s: the schema says %v, the parser %q, of\n%s", name, err, said, src)
	}
	if err == nil {
		return 1
	}
	return 0
}

// jsonOf is the value that an editor hands to the schema (YAML 1.2: yes and no are text).
func jsonOf(n *yaml.Node) any {
	switch {
	case n.Kind == yaml.MappingNode:
		out := map[string]any{}
		for _, e := range pairs(n) {
			out[e.key.Value] = jsonOf(e.value)
		}
		return out
	case n.Kind == yaml.SequenceNode:
		out := []any{}
		for _, e := range n.Content {
			out = append(out, jsonOf(e))
		}
		return out
	case n.Tag == "!!null":
		return nil
	case n.Tag == "!!bool":
		return strings.EqualFold(n.Value, "true")
	case n.Tag == "!!int" || n.Tag == "!!float":
		var f float64
		if n.Decode(&f) == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	}
	return n.Value
}

func compiled(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func schemaNow(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	return compiled(t, text)
}

// made are the bodies of files below version and model, one mistake each, or none.
var made = map[bool][]string{
	true: {
		"", "paths: src/**", "paths: [a, 'b/*.c', '**/d']", "paths: []", "requires: '>=0.1'", "requires: '>= 1.2.3'",
		"steps: []", "steps: [{name: a, run: b}]", "steps: [{name: a/b, run: 'true', inputs: x, outputs: [y], params: p.yaml}]",
		"steps: [{name: a, run: b, params: [p.yaml, 'p.yaml:train.lr', q.json]}]", "steps:\n- name: a\n  run: |\n    true\n    false",
		"steps: [{name: a, run: b, env: {}}]", "steps: [{name: a, run: b, env: {pass: HOME, set: {A: 1, B: x, C: true, D: 1.5}}}]",
		"steps: [{name: a, run: b, timeout: 1h30m}]", "steps: [{name: a, run: b, timeout: 100ms}]", "steps: [{name: a, run: b}, {name: c, run: d, needs: a}]",
		"evidence: m.json", "evidence: [m.yml, M.JSON, d/x.csv]", "evidence: {path: m.json}", "evidence: [{kind: json, path: m.txt, prefix: ''}, {kind: junit, path: m.xml, prefix: t}]",
		"artifact: {path: build}", "artifact: {path: a, store: dir}", "baseline: [base, 'ref:v1.2', 'ref:m@v1.0.0']", "policies: [mlgate/x, {use: ./p, with: {a_1: 1, b: [x, y], c: true, d: text}}]", "policies: {use: mlgate/x}", "owners: '@k'", "owners: codeowners", "owners: ['@k', '@a/b']\napprovals: 2", "owners: ['@a/b.c', '@dependabot[bot]']", "protected: [a, 'b/**']", "reuse: never",
		"waivers: [{rule: gate/a, reason: r, owner: '@k', link: 'https://e.com', until: 2027-01-31}]", "waivers: [{rule: gate/a, reason: r, owner: '@k', link: 'https://e.com', until: '2027-01-31'}]",
		"steps: [{name: a, run: b, image: c}]", "steps: [{name: a, run: b, image: 'r.example.com:5000/t/c_d:3.12-slim'}]", "steps: [{name: a, run: b, image: {name: 'c:1@sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f', pull: never, network: none, cpus: 2, memory: 8GiB, gpus: 1}}]",
		"steps: [{name: a, run: b, retry: {times: 2, on_exit: [137, 1]}}]", "promote: [{to: a, when: merge, bump: patch, on_foreign_move: adopt}, {to: b, when: manual, from: a, soak: 24h, approvals: 2}]",
		"baseline: merge-base", "baseline: [merge-base]", "gates: {}", "gates: {a: {min: 1}}", "gates: {'*': {max: -1e-7}}",
		"gates: {1: {max_drop: 0}}", "gates: {a: {max_rise: 10% of baseline}}", "gates: {a: {max_rise: 2.5 % of baseline}}", "gates: {a: {min_rise: 1, min_examples: 2}}", "gates: {a: {min_drop: 10% of baseline, confidence: 0.9}}", "gates: {a: {max_change: 0}}", "gates: {a: {difference: [b, c], max: 1}}", "gates: {a: {ratio: [b, c], max: 1}}", "gates: {a: {difference_over: 'b[*]', max: 1}}", "gates: {a: {ratio_over: 'b[*]', min: 1}}", "gates: {a: {ratio_over: 'b[*]', min: 1, confidence: 0.9}}", "gates: {a: {ratio: [b, c], max: 1, confidence: 0.9}}", "gates: {a: {difference: [b, c], max: 1, max_rise: 1, confidence: 0.9}}", "correction: none", "correction: holm\ngates: {a: {max_drop: 1, confidence: 0.9}}", "gates: {a: {better: lower, max: 3, severity: warn}}",
		"on_inconclusive: fail", "enforce: warn", "policies: mlgate/metric-removed", "policies: [./p, ./p/q.rego]",
		"policies:\n- git::https://h/o/p.git//a/b?ref=4f0c21a44f4f0c21a44f4f0c21a44f4f0c21a44f\n- https://h:8443/p.tgz?checksum=sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f\n- https://h/p.rego?checksum=sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
		"promote: []", "promote: [{to: a, when: merge}, {to: b, when: manual, from: a}]", "registry: {}", "registry: {kind: git}", "ledger: {kind: git}", "report: {comment: none}",
	},
	false: {
		"unknown: 1", "paths:", "paths: {a: b}", "paths: [../a]", "paths: /a", "paths: ['']", "paths: [a//b]", "paths: [./a]", "paths: [a/]", "paths: ['a\\b']",
		"paths: [.]", "paths: [.git/x]", "paths: [a/.GIT]", "paths: ['a**']", "paths: [\"a\\u0007\"]", "paths: [1]", "paths: [true]", "paths: [[a]]", "requires: 0.1", "requires: '<1'", "requires: '>=x'",
		"steps: {name: a, run: b}", "steps: [a]", "steps: [{name: a}]", "steps: [{run: a}]", "steps: [{name: a, run: ''}]", "steps: [{name: a, run: ' '}]", "steps: [{name: a, run: [b]}]",
		"steps: [{name: -a, run: b}]", "steps: [{name: a//b, run: b}]", "steps: [{name: a, run: b, outputs: '*.x'}]", "steps: [{name: a, run: b, outputs: {x: {cache: false}}}]",
		"steps: [{name: a, run: b, params: 'p*.yaml'}]", "steps: [{name: a, run: b, params: 'p.yaml:'}]", "steps: [{name: a, run: b, params: '../p.yaml:x'}]", "steps: [{name: a, run: b, params: ':x'}]",
		"steps: [{name: a, run: b, params: '.git:x'}]", "steps: [{name: a, run: b, params: 'x/:x'}]",
		"steps: [{name: a, run: b, env: [A]}]", "steps: [{name: a, run: b, env: {pass: [A-B]}}]", "steps: [{name: a, run: b, env: {set: {A-B: 1}}}]", "steps: [{name: a, run: b, env: {set: {A: [1]}}}]",
		"steps: [{name: a, run: b, timeout: 5}]", "steps: [{name: a, run: b, timeout: soon}]", "steps: [{name: a, run: b, timeout: 0s}]", "steps: [{name: a, run: b, deps: c}]",
		"image: c", "steps: [{name: a, run: b, image: C}]", "steps: [{name: a, run: b, image: [c]}]", "steps: [{name: a, run: b, image: {}}]", "steps: [{name: a, run: b, image: {pull: never}}]", "steps: [{name: a, run: b, image: 'c:'}]", "steps: [{name: a, run: b, image: ../c}]",
		"steps: [{name: a, run: b, image: 'c@sha256:0f'}]", "steps: [{name: a, run: b, image: {name: c, pull: sometimes}}]", "steps: [{name: a, run: b, image: {name: c, network: host}}]", "steps: [{name: a, run: b, image: {name: c, memory: 8}}]", "steps: [{name: a, run: b, image: {name: c, memory: 1MiB}}]",
		"steps: [{name: a, run: b, image: {name: c, cpus: 0.5}}]", "steps: [{name: a, run: b, image: {name: c, volumes: [/x]}}]", "steps: [{name: a, run: b, image: {name: c, gpus: all}}]",
		"evidence: m.txt", "evidence: m.xml", "evidence: [m]", "evidence: {path: m.txt}", "evidence: {kind: json}", "evidence: [{path: m.json, prefix: 1}]", "evidence: 3",
		"artifact: build", "artifact: {}", "artifact: {path: a, store: s3}", "baseline: 'ref:a b'", "baseline: 'ref:a..b'", "baseline: 'ref:-x'", "baseline: [x]", "baseline: {}",
		"gates: [a]", "gates: {a: {}}", "gates: {a: 1}", "gates: {a: {min: a}}", "gates: {a: {min: '1'}}", "gates: {a: {max_drop: -1}}", "gates: {a: {max_drop: 10%}}", "gates: {a: {max_drop: -1% of baseline}}",
		"gates: {a: {max_drop: 5% of it}}", "gates: {a: {min_rise: 5%}}", "gates: {a: {difference: b, max: 1}}", "gates: {a: {ratio: ['b*', c], max: 1}}", "gates: {a: {difference: [' ', c], max: 1}}", "gates: {a: {ratio_over: [b], max: 1}}", "gates: {a: {max_change: -1}}", "gates: {a: {min_drop: x}}", "gates: {a: {min: 1, better: up}}", "gates: {a: {min: 1, threshold: 2}}", "gates: {'': {min: 1}}", "gates: {a: {min: 1, confidence: 0.9}}", "gates: {a: {min: true}}", "gates: {a: {min: }}",
		"on_inconclusive: maybe", "enforce: true", "enforce: yes", "policies: [https://example.com]",
		"policies:\n- git::https://h/o/p.git//a/b?ref=4f0c21a44f4f0c21a44f4f0c21a44f4f0c21a44f0", "policies:\n- git::https://h/../p?ref=4f0c21a44f4f0c21a44f4f0c21a44f4f0c21a44f", "policies:\n- https://h/p.zip?checksum=sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", "policies:\n- https://h/.tgz?checksum=sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", "policies:\n- http://h/p.tgz?checksum=sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", "policies: [mlgate/]", "policies: [./../x]", "policies: [./*]", "policies: [./]",
		"promote: staging", "promote: [{to: a}]", "promote: [{when: merge}]", "promote: [{to: a, when: schedule}]", "promote: [{to: a b, when: merge}]", "promote: [{to: a, when: merge, soak: soon}]", "promote: [{to: a, when: merge, bump: huge}]", "promote: [{to: a, when: manual, approvals: no}]",
		"policies: [{with: {a: 1}}]", "policies: [{use: mlgate/x, with: [a]}]", "policies: [{use: mlgate/x, with: {A: 1}}]", "policies: [{use: mlgate/x, with: {a: {b: 1}}}]", "policies: [{use: x}]",
		"owners: [a]", "owners: CODEOWNERS", "owners: ['@k']\napprovals: 0", "owners: ['@a b']", "waivers: [{rule: gate/a}]", "waivers: [{rule: governance/demands, reason: r, owner: '@k', link: 'https://e.com', until: 2027-01-31}]",
		"waivers: [{rule: gate/a, reason: r, owner: '@k', link: 'http://e.com', until: 2027-01-31}]", "waivers: [{rule: gate/a, reason: r, owner: '@k', link: 'https://e.com', until: soon}]", "waivers: [{rule: gate/a, reason: r, owner: '@k', link: 'https://e.com', until: 2027-13-01}]",
		"reuse: maybe", "protected: [../x]", "steps: [{name: a, run: b, retry: 2}]", "steps: [{name: a, run: b, retry: {on_exit: 1}}]", "steps: [{name: a, run: b, retry: {times: 0}}]",
		"registry: git", "registry: {kind: mlflow}", "registry: {kind: git, url: x}", "report: {comment: sometimes}", "report: none",
	},
}

// whole are files with another head.
var whole = map[bool][]string{
	true:  {"version: 1\nmodel: m", "model: 'a/b_c-d'\nversion: 1"},
	false: {"version: 1\nmodel: m\npaths: [" + strings.Repeat("a, ", 1000) + "a]", "version: 2\nmodel: m", "version: '1'\nmodel: m", "version: v1\nmodel: m", "model: m", "version: 1", "version: 1\nmodel:", "version: 1\nmodel: [m]", "version: 1\nmodel: 1.10", "- version: 1", "version", "version: 1\nmodel: " + strings.Repeat("a", 101)},
}

func madeFiles() map[string]bool {
	out := map[string]bool{}
	for _, fine := range []bool{true, false} {
		for _, body := range made[fine] {
			out["version: 1\nmodel: m\n"+body+"\n"] = fine
		}
		for _, src := range whole[fine] {
			out[src+"\n"] = fine
		}
	}
	return out
}

// Schema and parser come from one description: they say the same of every file, but for what a schema
// cannot see.
func TestSchemaAgreesWithParser(t *testing.T) {
	t.Parallel()
	schema := schemaNow(t)
	names, err := filepath.Glob(filepath.Join("testdata", "*", "*.yaml"))
	if err != nil || len(names) < 14 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		agree(t, schema, name, src)
	}
	for src, fine := range madeFiles() {
		if err := Check("mlops.yaml", []byte(src), "dev"); (err == nil) != fine {
			t.Errorf("%q: %v, want fine: %v", src, err, fine)
		}
		agree(t, schema, "mlops.yaml", []byte(src))
	}
}

// The same over files that nobody thought of: good ones with something put in, taken out, renamed.
func TestSchemaAgreesOnMutants(t *testing.T) {
	t.Parallel()
	schema := schemaNow(t)
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same mutants every time
	var seeds []string
	for src, fine := range madeFiles() {
		if fine {
			seeds = append(seeds, src)
		}
	}
	slices.Sort(seeds)
	var words []string
	everyKey(description, func(k key) { words = append(words, k.name) })
	count := map[int]int{}
	for i := range 4000 {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(seeds[i%len(seeds)]), &doc); err != nil {
			t.Fatal(err)
		}
		for range 1 + rng.IntN(3) {
			mutate(rng, doc.Content[0], words)
		}
		src, err := yaml.Marshal(&doc)
		if err != nil {
			continue
		}
		count[agree(t, schema, "mutant "+strconv.Itoa(i), src)]++
	}
	if count[1] < 200 || count[0] < 2000 {
		t.Errorf("%d good and %d bad mutants: too few to mean anything", count[1], count[0])
	}
}

func everyKey(v value, each func(key)) {
	if v.of != nil {
		everyKey(*v.of, each)
	}
	for _, k := range v.keys {
		each(k)
		everyKey(k.is, each)
	}
}

var mutants = []string{
	"null", "~", "''", "' '", "x", "1", "-1", "0", "1.5", "true", "false", "yes", "'no'", "[]", "{}", "[a]", "{a: b}", "2027-01-31", "10%", "10% of baseline", "'1'", "a/b", "../a", "./a", "a/", "/a", "a**b", "**",
	".git", "a:b", "a:b:c", ":", "m.json", "merge-base", "stage:x", "base", "mlgate/x", "./x", "30m", ">=1", "A_B", "git", "[[1]]", "\"a\\tb\"", "\"\\u0085\"", "é", "a b", "- ", "1h0m", "a.yaml:", "é/ü.json", "{path: a}", "[{}]",
}

// mutate changes one place of a tree.
func mutate(rng *rand.Rand, n *yaml.Node, words []string) {
	for len(n.Content) > 0 && rng.IntN(3) > 0 {
		next := n.Content[rng.IntN(len(n.Content))]
		if next.Kind == yaml.ScalarNode && rng.IntN(2) == 0 {
			break
		}
		n = next
	}
	var v yaml.Node
	if err := yaml.Unmarshal([]byte(mutants[rng.IntN(len(mutants))]), &v); err != nil || len(v.Content) == 0 {
		return
	}
	fresh := v.Content[0]
	word := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: words[rng.IntN(len(words))]}
	switch {
	case n.Kind == yaml.MappingNode && rng.IntN(2) == 0 && valueOf(n, word.Value) == nil:
		n.Content = append(n.Content, word, fresh)
	case n.Kind == yaml.MappingNode && len(n.Content) > 0:
		i := 2 * rng.IntN(len(n.Content)/2)
		switch rng.IntN(3) {
		case 0:
			n.Content = slices.Delete(n.Content, i, i+2)
		case 1:
			n.Content[i+1] = fresh
		default:
			if valueOf(n, word.Value) == nil {
				n.Content[i] = word
			}
		}
	case n.Kind == yaml.SequenceNode:
		n.Content = append(n.Content, fresh)
	case n.Kind == yaml.ScalarNode:
		*n = *fresh
	}
}

// What glob.Valid says of paths is what the expressions of the schema say.
func TestPathGrammars(t *testing.T) {
	t.Parallel()
	for _, v := range pathTexts {
		comparePaths(t, v)
	}
}

var pathTexts = []string{
	"", "a", "a/b", "/", "/a", "a/", "a//b", ".", "..", "./a", "../a", "a/..", "a/./b", "a/../b", "...", ".a", "a.", "**", "a/**", "**/a", "a**", "**a", "a/**b", "***", "*", "?", ".git", ".Git/x", "a/.giT", ".gitignore", "x.git", `a\b`, "a\x00", "a\x7f",
	"a\u0085b", "é", "a b", " ", ":", "a:b", "./", "./.", "./..", "././a", "./a/../b", "./.git", "mlgate/x", "a\nb",
}

func comparePaths(t *testing.T, v string) {
	t.Helper()
	if got, want := globText.fits(v), glob.Valid(v) == nil; got != want {
		t.Errorf("pattern %q: expressions %v, parser %v", v, got, want)
	}
	if got, want := pathText.fits(v), plainPath(v) == nil; got != want {
		t.Errorf("path %q: expressions %v, parser %v", v, got, want)
	}
	if !strings.Contains(v, ":") {
		if got, want := paramText.fits(v), plainPath(v) == nil; got != want {
			t.Errorf("params %q: expressions %v, parser %v", v, got, want)
		}
	}
	if !strings.ContainsFunc(v, func(r rune) bool { return r == '\n' }) {
		if got, want := policyText.fits("./"+v), plainPath(v) == nil; got != want {
			t.Errorf("policy %q: expressions %v, parser %v", v, got, want)
		}
	}
}

func FuzzPathGrammars(f *testing.F) {
	for _, v := range pathTexts {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		if strings.ToValidUTF8(v, "") == v { // a file that is not UTF-8 is refused before
			comparePaths(t, v)
		}
	})
}

// The examples of the description are examples of it.
func TestExamplesFit(t *testing.T) {
	t.Parallel()
	everyKey(description, func(k key) {
		if k.later {
			return
		}
		s := newSource("example", []byte(k.example))
		n := valueOf(s.node, k.name)
		if n == nil || k.doc == "" {
			t.Errorf("%s: no example %q, or no doc", k.name, k.example)
			return
		}
		s.walk(place{Node: n, whole: n, what: k.name}, k.is)
		if err := s.problems(); err != nil {
			t.Errorf("%s: %v", k.name, err)
		}
	})
}

// Options of a kind are walked against that kind's own, and the schema says the same.
func TestOptionsOfAKind(t *testing.T) {
	t.Parallel()
	box := mapping("",
		key{name: "kind", is: openChoice(word{name: "git"}, word{name: "box", options: []key{
			{name: "url", is: text(notEmpty), must: true, example: "url: x"}, {name: "tries", is: value{kind: isCount}, example: "tries: 2"}, {name: "deep", is: value{kind: isTruth}, example: "deep: true"},
		}})}, key{name: "name", is: text(nameText)})
	raw, err := schemaOf(box).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	schema := compiled(t, raw)
	for src, want := range map[string]string{
		"{}": "", "{kind: git, name: a}": "", "{kind: box, url: x, tries: 3, deep: false}": "",
		"{kind: git, url: x}":                     `1:13: unknown key "url" in box`,
		"{url: x}":                                `1:2: unknown key "url" in box`,
		"{kind: box}":                             `1:1: the key "url" is missing in box`,
		"{kind: box, url: x, tries: 0}":           `1:28: box.tries is "0", not a whole number`,
		"{kind: box, url: x, tries: '2'}":         `1:28: box.tries is "2", not a whole number`,
		"{kind: box, url: x, deep: 'true'}":       `1:27: box.deep is "true": write true or false`,
		"{kind: box, url: x, deep: maybe}":        `1:27: box.deep is "maybe"`,
		"{kind: bax, url: x}":                     `1:8: box.kind is "bax": did you mean "box"?`,
		"{kind: box, url: x, tries: 12345678901}": `not a whole number`,
	} {
		s := newSource("f", []byte(src))
		s.walk(place{Node: s.node, whole: s.node, what: "box"}, box)
		got := fmt.Sprint(s.problems())
		if want == "" != (s.problems() == nil) || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %q", src, got, want)
		}
		if err := schema.Validate(jsonOf(s.node)); (err == nil) != (want == "") {
			t.Errorf("%s: the schema says %v", src, err)
		}
	}
}
