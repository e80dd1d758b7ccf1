package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Suites []junitSuite `xml:"testsuite"`
}

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string     `xml:"name,attr"`
	Class   string     `xml:"classname,attr"`
	File    string     `xml:"file,attr,omitempty"`
	Line    int        `xml:"line,attr,omitempty"`
	Time    string     `xml:"time,attr"`
	Failure *junitSaid `xml:"failure"`
	Error   *junitSaid `xml:"error"`
	Skipped *junitSaid `xml:"skipped"`
	Out     string     `xml:"system-out,omitempty"`
}

type junitSaid struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit is the report for test-result views: a suite for each model, a case for each gate and for each
// other finding. What blocks is a failure, what could not be decided an error, doubt is skipped; a
// warning passes, with its text as output. An outcome that nothing was said of has one case, so that
// it is never taken for an empty report.
func JUnit(outs []mlgate.Outcome) ([]byte, error) {
	all := junitSuites{Name: "mlgate"}
	for _, o := range outs {
		s := junitSuiteOf(o)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
		all.Suites = append(all.Suites, s)
	}
	data, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing JUnit XML: %w", err)
	}
	return append([]byte(xml.Header), append(unmarked(data, xmlHash), '\n')...), nil
}

func junitSuiteOf(o mlgate.Outcome) junitSuite {
	s := junitSuite{Name: inert.Line(cmp.Or(o.Model, "mlgate")), Timestamp: o.Judged.UTC().Format("2006-01-02T15:04:05"), Time: "0"}
	if o.Evidence != nil {
		s.Time = fmt.Sprintf("%.3f", o.Evidence.Seconds)
	}
	add := func(name, value string) {
		if value != "" {
			s.Properties = append(s.Properties, junitProperty{name, inert.Line(value)})
		}
	}
	add("verdict", heading(o))
	add("commit", o.Commit)
	add("rules from", o.DemandsFrom)
	for _, f := range facts(o) {
		add(f[0], f[1])
	}
	for _, c := range o.DemandChanges {
		add("rule changed: "+inert.Line(c.Name), cmp.Or(c.Old, "none")+" → "+cmp.Or(c.New, "removed"))
	}
	add("mlgate", o.Version)
	seen := map[string]int{}
	for _, f := range sayings(o) {
		s.add(f, seen)
	}
	if len(s.Cases) == 0 {
		s.silent(o)
	}
	return s
}

// add makes one case. Two rules about one metric (those before and those of a push) get a number, as
// names must differ.
func (s *junitSuite) add(f said, seen map[string]int) {
	name := f.subject()
	if f.gate != nil {
		name = f.gate.Metric
	}
	c := junitCase{Name: inert.Line(name), Class: s.Name + "." + inert.Line(f.kind()), File: inert.Line(f.Pos.File), Line: f.Pos.Line, Time: "0"}
	key := c.Class + "\x00" + c.Name
	if seen[key]++; seen[key] > 1 {
		c.Name += fmt.Sprintf(" (%d)", seen[key])
	}
	word := &junitSaid{Message: inert.Line(f.Message), Type: f.Status.String(), Text: f.text()}
	switch f.weight {
	case blocks:
		c.Failure = word
		s.Failures++
	case undecided:
		c.Error = word
		s.Errors++
	case doubts:
		word.Type, word.Text = "", "" // the schema allows a message only
		c.Skipped = word
		c.Out = f.text()
		s.Skipped++
	case remarks:
		c.Out = mark(f.Finding) + " (does not block): " + f.text()
	case fine:
		c.Out = inert.Line(f.numbers())
	}
	s.Tests++
	s.Cases = append(s.Cases, c)
}

// silent is the one case of an outcome in which no rule said anything.
func (s *junitSuite) silent(o mlgate.Outcome) {
	c := junitCase{Name: "verdict", Class: s.Name + ".mlgate", Time: "0", Out: heading(o)}
	switch {
	case o.Verdict.Word.Lets() && o.Verdict.Word != mlgate.NotAffected:
	case o.Verdict.Word == mlgate.Blocked && !o.WarnOnly:
		c.Failure = &junitSaid{Message: heading(o), Type: o.Verdict.Status.String()}
		s.Failures++
	case o.Verdict.Word == mlgate.CouldNotDecide:
		c.Error = &junitSaid{Message: heading(o), Type: o.Verdict.Status.String()}
		s.Errors++
	default:
		c.Skipped = &junitSaid{Message: heading(o)}
		s.Skipped++
	}
	s.Tests++
	s.Cases = append(s.Cases, c)
}

// stamp is a time for machines.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
