package report_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// saying is an outcome in which every foreign text is this one.
func saying(text string) mlgate.Outcome {
	o := churn()
	o.Gates[0].Metric, o.Gates[1].Metric, o.Gates[1].Message = "a"+text, "b"+text, text
	o.Findings = []mlgate.Finding{{Rule: "policy/" + text, Status: mlgate.Warn, Message: text, Fix: text, Pos: mlgate.Pos{File: "f" + text, Line: 1}}}
	o.DemandChanges = []mlgate.ValueChange{{Name: text, Old: text, New: text}}
	o.Baseline.Label, o.DemandsFrom, o.Verdict.Cause = text, text, text
	o.Evidence.Params[0].Value, o.Evidence.Dropped = text, []string{text}
	return o
}

// Whatever a change says of itself, it is text: the page has the tags that it has anyway, the XML and the
// JSON are whole, and nothing that acts on a terminal is in any of them.
func FuzzFormats(f *testing.F) {
	for _, s := range []string{"<script>", "]]>", "&#x0;", "\x00\x1b[31m", "\u202e", "\xff", "-->", "'\"", "::error::x", "a\u2028b", "%0A", "</script>", "\ufffe"} {
		f.Add(s)
	}
	tags := func(t *testing.T, o mlgate.Outcome) int {
		return strings.Count(render(t, report.HTML, o), "<")
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 200 || strings.TrimSpace(text) == "" { // an empty text leaves its element out
			t.Skip()
		}
		o := saying(text)
		if got, want := tags(t, o), tags(t, saying("x")); got != want {
			t.Errorf("%q makes %d tags of %d", text, got, want)
		}
		for dec := xml.NewDecoder(strings.NewReader(render(t, report.JUnit, o))); ; {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%q: JUnit: %v", text, err)
			}
		}
		if !json.Valid([]byte(render(t, report.SARIF, o))) || !json.Valid([]byte(render(t, report.JSON, o))) {
			t.Errorf("%q: not JSON", text)
		}
		all := report.Text([]mlgate.Outcome{o}, report.TextOptions{}) + report.Markdown([]mlgate.Outcome{o}, report.Options{}) + render(t, report.JUnit, o) + render(t, report.HTML, o)
		if i := strings.IndexFunc(all, func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) || r == 0x202e }); i >= 0 {
			r, _ := utf8.DecodeRuneInString(all[i:])
			t.Errorf("%q shows %U", text, r)
		}
	})
}
