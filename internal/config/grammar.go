package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/pattern"
)

// grammar is what a text must look like, in regular expressions that Go and JavaScript read alike:
// the parser obeys them and the schema shows them.
type grammar struct {
	name    string        // for the reference
	doc     string        // for the reference: what it is
	is      *expression   // must match; nil: anything
	not     []*expression // must not match
	max     int           // characters; 0: any number
	message string        // after "KEY is "
	fix     string
	// check says in better words what the expressions refuse. A test holds both to the same answer.
	check func(text string) error
}

// fits is the grammar's one answer.
func (g grammar) fits(v string) bool {
	if g.max > 0 && utf8.RuneCountInString(v) > g.max || g.is != nil && !g.is.MatchString(v) {
		return false
	}
	for _, n := range g.not {
		if n.MatchString(v) {
			return false
		}
	}
	return true
}

// refuse says what is wrong with a text that does not fit.
func (g grammar) refuse(what, v string) string {
	if g.check != nil {
		if err := g.check(v); err != nil {
			return fmt.Sprintf("%s: %s", what, err)
		}
	}
	if v != "" {
		what = fmt.Sprintf("%s %q", what, v)
	}
	return what + " is " + g.message
}

// mend says what to write instead of a text that does not fit.
func (g grammar) mend(v string) string {
	var c *complaint
	if g.check != nil && errors.As(g.check(v), &c) {
		return c.fix
	}
	return g.fix
}

// expression is a regular expression that is compiled when it is first asked: most commands read no
// configuration, and all of them together cost more than the rest of mlgate's start.
type expression struct {
	text     string
	compiled func() *regexp.Regexp
}

// rx makes an expression. Control characters stand in it as themselves: Go and JavaScript have no
// common way to write them.
func rx(text string) *expression {
	return &expression{text, pattern.Lazy(text)}
}

func (e *expression) String() string               { return e.text }
func (e *expression) MatchString(v string) bool    { return e.compiled().MatchString(v) }
func (e *expression) firstGroup(line string) []int { return e.compiled().FindStringSubmatchIndex(line) }

var (
	anyText  = grammar{name: "text"}
	notEmpty = grammar{name: "text", is: rx(`\S`), message: "empty"}
	nameText = grammar{name: "name", doc: "letters, digits, and inside also `-`, `_`, `/`; at most 100", is: rx(`^[a-zA-Z0-9]([a-zA-Z0-9/_-]*[a-zA-Z0-9])?$`), not: []*expression{rx(`//`)}, max: 100,
		message: "no name that a tag can carry", fix: "letters, digits, - _ / inside, a letter or digit at both ends, at most 100"}
	metricName = grammar{name: "metric", doc: "the name of a metric, dotted where its file nests; `*` is any characters", is: rx(`\S`), message: "no metric's name", fix: "write accuracy: {min: 0.85}"}
	partName   = grammar{name: "one metric", doc: "the name of a metric, without `*`", is: rx(`^[^*]*[^*\s][^*]*$`), message: "not the name of one metric", fix: "write the metric's whole name, without `*`"}
	variable   = grammar{name: "variable", doc: "letters, digits and `_`", is: rx(`^[A-Za-z_][A-Za-z0-9_]*$`), message: "not a variable's name", fix: "letters, digits and _"}
	parameter  = grammar{name: "parameter", doc: "lower-case letters, digits and `_`", is: rx(`^[a-z][a-z0-9_]*$`), message: "no parameter's name", fix: "lower-case letters, digits and _"}
	duration   = grammar{name: "duration", doc: "`90s`, `30m`, `1h30m`, `100ms`", is: rx(`^([1-9][0-9]{0,4}(ms|s|m|h)){1,4}$`), message: "no duration", fix: "write 90s, 30m or 2h"}
	imageText  = grammar{name: "image", doc: "`NAME`, `NAME:TAG` or `NAME@sha256:…`, with a registry before it or without", is: rx(`^([a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?/)?[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*)*(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$`), max: 400,
		message: "no name of an image", fix: "write it like python:3.12-slim, or registry.example.com/team/train@sha256:…"}
	memoryText  = grammar{name: "memory", doc: "a whole number and `MB`, `GB`, `MiB` or `GiB`", is: rx(`^[1-9][0-9]{0,5}(MB|GB|MiB|GiB)$`), message: "no amount of memory", fix: "write it like 512MiB or 8GiB"}
	versionText = grammar{name: "version", doc: "`>=` and a version: `>=0.1`", is: rx(`^>= ?[0-9]{1,6}(\.[0-9]{1,6}){0,2}$`), message: "not of the form >=X.Y", fix: "write requires: \">=0.1\""}
	globText    = grammar{name: "pattern", doc: "a path in which `*` and `?` stay within one name and `**` crosses folders", not: append(unclean("", false), rx(`[^/]\*\*|\*\*[^/]`)), check: glob.Valid}
	pathText    = grammar{name: "path", doc: pathDoc, not: append(unclean("", false), rx(`[*?]`)), check: plainPath}
	paramText   = grammar{name: "path:key", doc: "a path, or a path, a colon and a dotted key in that file", is: rx("^[^:]+(:[^\x00-\x1f\x7f-\u009f]+)?$"), not: append(unclean("", true), rx(`^[^:]*[*?]`)), check: paramFile,
		message: "not a file, or a file and a dotted key", fix: "write params.yaml, or params.yaml:train.lr"}
	policyText = grammar{name: "policy", doc: "`mlgate/NAME`; `./` and a path; or a place elsewhere with its pin: `" + gitForm + "`, `" + fileForm + "`", is: rx(`^(mlgate/[a-z0-9][a-z0-9_-]*|\./.+|` + gitPolicy + `|` + archivePolicy + `|` + filePolicy + `)$`),
		not: append(append(unclean(`\./`, false), rx(`^\./.*[*?]`)), notRemote...), check: policyPlace,
		message: "neither built in nor in this repository", fix: "write mlgate/NAME, ./FOLDER or " + gitForm}
	baselineText = grammar{name: "baseline", doc: "`merge-base`, `base`, `stage:NAME` or `ref:NAME`", is: rx(`^(merge-base|base|stage:[a-zA-Z0-9]([a-zA-Z0-9/_-]*[a-zA-Z0-9])?|ref:[a-zA-Z0-9][a-zA-Z0-9/._@#-]{0,199})$`), not: []*expression{rx(`\.\.|//|@\{|\.lock$|[/.]$`)},
		message: "not understood", fix: "write merge-base, base, stage:NAME or ref:NAME"}
	ownerText    = grammar{name: "owner", doc: "`@login`, or `@org/team`", is: rx(`^@[a-zA-Z0-9][a-zA-Z0-9-]{0,38}(\[bot\])?(/[a-zA-Z0-9_][a-zA-Z0-9._-]{0,99})?$`), message: "no owner", fix: "write \"@login\" or \"@org/team\", in quotes"}
	ownersText   = grammar{name: "owners", doc: "`@login`, `@org/team`, or alone `codeowners`", is: rx(`^(codeowners|@[a-zA-Z0-9][a-zA-Z0-9-]{0,38}(\[bot\])?(/[a-zA-Z0-9_][a-zA-Z0-9._-]{0,99})?)$`), message: "no owner", fix: "write \"@login\" or \"@org/team\", in quotes; or owners: codeowners"}
	ruleText     = grammar{name: "rule", doc: "`gate/…`, `check/…`, `policy/…`, `step/…`", is: rx(`^(gate|check|policy|step|evidence)/[\s\S]+$`), max: 300, message: "no rule that can be waived", fix: "write it as the report does: gate/accuracy, policy/mlgate/metric-removed; governance cannot be waived"}
	linkText     = grammar{name: "link", doc: "an https address", is: rx("^https://[^\x00-\x20\x7f-\u009f]+$"), max: 2000, message: "no https address", fix: "link the issue or the minutes where it was decided"}
	readableText = grammar{name: "path", doc: pathDoc, is: rx(`\.([jJ][sS][oO][nN]|[yY][aA]?[mM][lL]|[cC][sS][vV]|[sS][aA][rR][iI][fF]|[mM][dD]|[pP][rR][oO][mM]|[oO][pP][eE][nN][mM][eE][tT][rR][iI][cC][sS])$`),
		message: "a file whose kind does not show in its name", fix: "write {kind: json, path: …}, or whichever kind it is: see docs/evidence.md"}
)

const pathDoc = "below the folder of this file, with forward slashes, without `..`"

// unclean are the expressions for what glob.Valid refuses: of the text after a prefix, up to its
// first colon where a key follows.
func unclean(prefix string, keyed bool) []*expression {
	some, end := `[\s\S]*`, `$`
	if keyed {
		some, end = `[^:]*`, `(:|$)`
	}
	start := "^" + prefix
	between := "(" + some + "/)?"
	return []*expression{
		rx(start + end),
		rx(start + "/"),
		rx(start + some + "(//|\\\\|[\x00-\x1f\x7f-\u009f])"),
		rx(start + some + "/" + end),
		rx(start + between + `\.\.?(/|` + end + `)`),
		rx(start + between + `\.[gG][iI][tT](/|` + end + `)`),
	}
}

func plainPath(v string) error {
	if err := glob.Valid(v); err != nil {
		return err
	}
	if !glob.Plain(v) {
		return errors.New("a pattern: name the file or folder itself")
	}
	return nil
}

func paramFile(v string) error {
	name, _, _ := strings.Cut(v, ":")
	return plainPath(name)
}

func policyPlace(v string) error {
	if local, ok := strings.CutPrefix(v, "./"); ok {
		return plainPath(local)
	}
	if isRemote(v) {
		return remotePolicy(v)
	}
	return nil
}
