package config

import (
	"fmt"
	"slices"
	"strings"
)

// Reference is the page docs/mlops.yaml.md, made from the same description as the parser.
func Reference() string {
	var b strings.Builder
	b.WriteString(opening)
	r := reference{out: &b}
	r.mapping("", description)
	b.WriteString("\n## Kinds of text\n\n")
	for _, g := range r.grammars {
		fmt.Fprintf(&b, "- **%s**: %s.\n", g.name, g.doc)
	}
	b.WriteString("\n## Kept for later versions\n\nThese keys are known, and refused for now:\n")
	for _, l := range r.later {
		b.WriteString("- " + l + "\n")
	}
	return b.String()
}

const opening = `# mlops.yaml

<!-- Made from internal/config/keys.go: go test ./internal/config -update -->

One file describes one model. What it says of making evidence (**run**) is taken from the change; everything else (**demand**) from the base branch, so that a change cannot lower its own gates. ` + "`mlgate validate`" + ` says everything that is wrong with a file, with places.

Editors check and complete it as you type with the [schema](mlops.schema.json) (` + "`mlgate schema`" + ` prints it). With the YAML language server, as in VS Code, Neovim, Helix or Emacs, put this line at the top; ` + "`mlgate init`" + ` writes it:

` + "```yaml\n# yaml-language-server: $schema=" + SchemaID + "\n```" + `

A key may stand once. Aliases, anchors, tags, a second document and more than 1 MiB are refused: what judges must mean the same to every reader.
`

// reference is the page being written.
type reference struct {
	out      *strings.Builder
	grammars []grammar
	later    []string
}

// mapping writes the section of a mapping, then those of the mappings in it. at is its dotted key;
// empty for the file.
func (r *reference) mapping(at string, v value) {
	title := "The file"
	if at != "" {
		title = "`" + at + "`"
	}
	fmt.Fprintf(r.out, "\n## %s\n\n", title)
	if v.short != nil {
		fmt.Fprintf(r.out, "Or, in short, %s in its place.\n\n", r.kind(*v.short))
	}
	if len(v.needs) > 0 {
		fmt.Fprintf(r.out, "At least one of `%s`.\n\n", strings.Join(v.needs, "`, `"))
	}
	r.out.WriteString("| key | value | left out | |\n|:--|:--|:--|:--|\n")
	for _, k := range v.keys {
		if k.later {
			r.later = append(r.later, fmt.Sprintf("`%s`: %s", join(at, k.name), k.doc))
			continue
		}
		r.row(at, k)
	}
	for _, k := range v.keys {
		if inner, ok := mappingIn(k.is); ok && !k.later {
			r.mapping(join(at, k.name), inner)
		}
	}
}

func (r *reference) row(at string, k key) {
	absent := k.fallback
	if k.must {
		absent = "**must stand**"
	}
	doc := k.doc
	for _, w := range k.is.words {
		if w.doc != "" {
			doc += fmt.Sprintf(" `%s`: %s.", w.name, w.doc)
		}
	}
	doc += fmt.Sprintf(" `%s`", k.example)
	if at == "" {
		doc = map[part]string{run: "*run.* ", demand: "*demand.* "}[k.part] + doc
	}
	what := r.kind(k.is)
	if _, ok := mappingIn(k.is); ok {
		link := strings.ReplaceAll(join(at, k.name), ".", "")
		what = strings.Replace(what, "mapping", "[mapping](#"+link+")", 1)
	}
	fmt.Fprintf(r.out, "| `%s` | %s | %s | %s |\n", k.name, cell(what), cell(absent), cell(doc))
}

// cell keeps a text within its cell of a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// mappingIn is the mapping that a value holds, itself, as elements or as values.
func mappingIn(v value) (value, bool) {
	for v.kind == isList || v.kind == isTable {
		v = *v.of
	}
	return v, v.kind == isMapping
}

// kind says in words what may stand there.
func (r *reference) kind(v value) string {
	switch v.kind {
	case isScalar:
		return "text or number"
	case isWord:
		return "`" + strings.Join(v.names(), "` or `") + "`"
	case isOne:
		return "`1`"
	case isBound:
		return "number, or `N% of baseline`"
	case isList:
		if v.single {
			return "one or a list of: " + r.kind(*v.of)
		}
		return "list of: " + r.kind(*v.of)
	case isTable:
		return r.text(v) + " → " + r.kind(*v.of)
	case isText:
		return r.text(v)
	}
	return strings.TrimPrefix(v.kind.String(), "a ")
}

func (r *reference) text(v value) string {
	g := v.grammar[0]
	if g.doc == "" {
		return g.name
	}
	if !slices.ContainsFunc(r.grammars, func(have grammar) bool { return have.name == g.name }) {
		r.grammars = append(r.grammars, g)
	}
	return "[" + g.name + "](#kinds-of-text)"
}
