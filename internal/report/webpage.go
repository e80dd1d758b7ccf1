package report

import (
	"cmp"
	_ "embed" // the style is a file beside this one
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

//go:embed webpage.css
var style markup

// markup is HTML that this package wrote itself. A foreign text is a string, and the compiler takes no
// string for markup. html/template would do the same work, but with it the linker drops no method of
// the whole program: a third of its size.
type markup string

// webpage is HTML as it grows.
type webpage struct{ strings.Builder }

// put writes markup, and for each %s in it, between tags or inside a quoted attribute, a text that
// stays text there.
func (p *webpage) put(form markup, texts ...string) {
	safe := make([]any, len(texts))
	for i, t := range texts {
		safe[i] = html.EscapeString(inert.Line(t))
	}
	fmt.Fprintf(p, string(form), safe...)
}

// some writes markup around a text that may be missing, and then writes nothing.
func (p *webpage) some(form markup, text string) {
	if text != "" {
		p.put(form, text)
	}
}

func (p *webpage) write(title string, sheets []sheet) {
	p.put(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>%s</title>
<style>
`, title)
	p.WriteString(string(style))
	p.put("</style>\n</head>\n<body>\n<main>\n")
	if len(sheets) > 1 {
		p.put(`<nav aria-label="models">`)
		for i, s := range sheets {
			p.put(`<a href="#model-%s">%s: %s</a>`, strconv.Itoa(i), s.Model, s.Word)
		}
		p.put("</nav>\n")
	}
	for i, s := range sheets {
		p.put(`<article id="model-%s">`+"\n", strconv.Itoa(i))
		p.sheet(s)
		p.put("</article>\n")
	}
	p.put("</main>\n</body>\n</html>\n")
}

func (p *webpage) sheet(s sheet) {
	p.put(`<header class="%s">`+"\n", s.Tone)
	p.put("<h1>%s: <b>%s</b>%s <small>%s</small></h1>\n", s.Model, s.Word, s.Cause, s.Counts)
	p.some("<p><strong>%s</strong></p>\n", s.Lead)
	p.some("<p>To do: %s</p>\n", s.ToDo)
	p.put("</header>\n")
	if len(s.Rules) > 0 {
		p.rules(s)
	}
	if len(s.Open) > 0 {
		p.metrics(s)
	}
	if len(s.Drawn) > 0 {
		p.drawings(s.Drawn)
	}
	if len(s.Findings) > 0 {
		p.findings(s.Findings)
	}
	p.origin(s)
	p.put("<footer>%s", s.Footer)
	p.some(` · <a href="%s">run</a>`, s.Link)
	p.put("</footer>\n")
}

func (p *webpage) rules(s sheet) {
	p.put(`<section class="mind">
<h2>This change edits its own rules</h2>
<p>It is judged by the rules of %s.`, s.DemandsFrom)
	p.some(" With this change’s own rules: %s.", s.Preview)
	p.put(`</p>
<table class="tight">
<thead><tr><th>rule</th><th class="n">before</th><th class="n">this change</th></tr></thead>
<tbody>
`)
	for _, r := range s.Rules {
		p.put(`<tr><td><code>%s</code></td><td class="n"><del>%s</del></td><td class="n"><ins>%s</ins></td></tr>`+"\n", r.Name, r.Old, r.New)
	}
	p.put("</tbody>\n</table>\n</section>\n")
}

func (p *webpage) metrics(s sheet) {
	p.put("<section>\n<h2>Metrics</h2>\n")
	p.rows(s.Baseline, s.Open)
	if n := len(s.Folded); n > 0 {
		p.put("<details>\n<summary>%s more: %s</summary>\n", strconv.Itoa(n), s.Why)
		p.rows(s.Baseline, s.Folded)
		p.put("</details>\n")
	}
	p.put("</section>\n")
}

func (p *webpage) rows(base string, rows []sheetRow) {
	p.put(`<table class="stack">
<thead><tr><th></th><th>metric</th><th class="n">%s</th><th class="n">this change</th><th>change</th><th>allowed</th></tr></thead>
<tbody>
`, base)
	for _, r := range rows {
		p.put("<tr><td>")
		if r.Chip != "" {
			p.put(`<span class="chip %s">%s</span>`, r.Tone, r.Chip)
		}
		p.put(`</td><td class="m">%s</td><td class="n" data-of="%s">%s</td><td class="n" data-of="this change">%s</td>`, r.Metric, base, r.Base, r.Head)
		p.put(`<td class="%s" data-of="change">%s</td><td data-of="allowed">%s</td></tr>`+"\n", r.Trend, r.Change, r.Allowed)
	}
	p.put("</tbody>\n</table>\n")
}

// drawings are folded, as they are in the comment.
func (p *webpage) drawings(all []drawn) {
	p.put("<section>\n<details>\n<summary>How sure the numbers are</summary>\n")
	for _, d := range all {
		p.put("<figure>\n<figcaption>%s</figcaption>\n<pre>", d.Metric)
		for _, l := range d.Lines {
			p.put("%s\n", l)
		}
		p.put("</pre>\n</figure>\n")
	}
	p.put("</details>\n</section>\n")
}

func (p *webpage) findings(all []mlgate.Finding) {
	p.put("<section>\n<h2>Findings</h2>\n<ul>\n")
	for _, f := range all {
		p.put(`<li><span class="chip %s">%s</span> <code>%s</code> %s`, tone(f), chip(f), f.Rule, f.Message)
		if f.Pos.Line != 0 {
			p.put(" <code>%s:%s</code>", f.Pos.File, strconv.Itoa(f.Pos.Line))
		}
		p.some(`<span class="fix">%s</span>`, cmp.Or(excuse(f), f.Fix))
		p.put("</li>\n")
	}
	p.put("</ul>\n</section>\n")
}

func (p *webpage) origin(s sheet) {
	p.put("<section>\n<h2>Where this comes from</h2>\n<dl>\n")
	for _, c := range s.Changes {
		p.put("<dt>Changed</dt><dd><code>%s</code> <del>%s</del> → <ins>%s</ins></dd>\n", c.Name, c.Old, c.New)
	}
	for _, f := range s.Facts {
		p.put("<dt>%s</dt><dd>%s</dd>\n", f[0], f[1])
	}
	p.some("<dt>Commit</dt><dd><code>%s</code></dd>\n", s.Commit)
	p.put("<dt>Rules from</dt><dd>%s", s.DemandsFrom)
	for _, d := range s.Demands {
		p.put(" <code>%s</code>", d)
	}
	p.put("</dd>\n</dl>\n</section>\n")
}
