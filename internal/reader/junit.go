package reader

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxNodes is how many elements of an XML file are looked at.
const maxNodes = 1_000_000

// thousands is how some tools write large times; a comma in any other place is no number.
var thousands = regexp.MustCompile(`^\d{1,3}(,\d{3})+\.\d+$`)

// tally counts the testcases of a file or of one suite, nested suites included.
type tally struct {
	total, failed, errors, skipped int
	seconds                        float64
	timed                          bool
	suite                          string
	stated                         int // failures and errors that the suite's attributes claim
}

// junitReader walks a JUnit file. Only testcases count; a suite that claims more failures than it
// lists is refused.
type junitReader struct {
	dec    *xml.Decoder
	all    tally
	suites []tally
	path   []string
	nodes  int
	test   map[string]bool // elements below the open testcase; nil: none is open
	name   string          // of the open testcase, with its class or suite
	said   string          // by the worst of its elements
	sheet  *sheet
}

// readJUnit counts tests. A test with an error is no failed one, and neither is a skipped one.
func readJUnit(s *sheet, data []byte) error {
	if s.src.Prefix == "" {
		s.src.Prefix = "tests"
	}
	r := &junitReader{sheet: s, dec: xml.NewDecoder(bytes.NewReader(data))}
	if err := r.walk(); err != nil {
		return err
	}
	t := r.all
	if t.total == 0 {
		return errors.New("it lists no test: nothing was tested")
	}
	for _, c := range []struct {
		name  string
		count int
	}{{"total", t.total}, {"passed", t.total - t.failed - t.errors - t.skipped}, {"failed", t.failed}, {"errors", t.errors}, {"skipped", t.skipped}} {
		if err := s.add(c.name, float64(c.count)); err != nil {
			return err
		}
	}
	if !t.timed {
		s.drop("seconds", "not stated")
		return nil
	}
	return s.add("seconds", t.seconds)
}

func (r *junitReader) walk() error {
	for {
		t, err := r.dec.RawToken()
		if errors.Is(err, io.EOF) {
			if len(r.path) > 0 || r.nodes == 0 {
				return errors.New("it ends in the middle: was it written to the end?")
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("not XML: %w", err)
		}
		switch t := t.(type) {
		case xml.Directive:
			return errors.New("it has a DTD; no test tool writes one, and none is read")
		case xml.StartElement:
			err = r.open(t)
		case xml.EndElement:
			err = r.close(t.Name.Local)
		}
		if err != nil {
			return err
		}
	}
}

func (r *junitReader) open(e xml.StartElement) error {
	name := e.Name.Local
	switch r.nodes++; {
	case r.nodes > maxNodes:
		return fmt.Errorf("it has more than %d elements", maxNodes)
	case len(r.path) >= maxDepth:
		return fmt.Errorf("it is nested more than %d levels deep", maxDepth)
	case len(r.path) == 0 && r.nodes > 1:
		return errors.New("a second element follows the first")
	case len(r.path) == 0 && name != "testsuites" && name != "testsuite":
		return fmt.Errorf("it begins with <%s>, a JUnit file with <testsuites> or <testsuite>", name)
	case r.test != nil && (name == "testcase" || name == "testsuite"):
		return fmt.Errorf("a <%s> stands in a <testcase>", name)
	}
	inTest := len(r.path) > 0 && r.path[len(r.path)-1] == "testcase"
	r.path = append(r.path, name)
	switch {
	case name == "testsuite":
		n := attrCount(e, "failures") + attrCount(e, "errors")
		r.suites = append(r.suites, tally{suite: attr(e, "name"), stated: n})
	case name == "testcase":
		r.test, r.name, r.said = map[string]bool{}, r.called(e), ""
		return r.clock(e)
	case inTest:
		r.test[name] = true
		if ended(r.test) == ended(map[string]bool{name: true}) {
			r.said = attr(e, "message")
		}
	}
	return nil
}

// clock adds a testcase's time. One that states none counts as nothing.
func (r *junitReader) clock(e xml.StartElement) error {
	text := attr(e, "time")
	if thousands.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	if text == "" {
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f < 0 || math.IsInf(f, 0) || math.IsNaN(f) {
		return fmt.Errorf("the time of the test %q is %q, no number of seconds", attr(e, "name"), text)
	}
	r.all.seconds, r.all.timed = r.all.seconds+f, true
	return nil
}

func (r *junitReader) close(name string) error {
	if len(r.path) == 0 || r.path[len(r.path)-1] != name {
		return fmt.Errorf("</%s> closes what is not open", name)
	}
	r.path = r.path[:len(r.path)-1]
	switch name {
	case "testcase":
		r.sheet.check(r.name, ended(r.test), r.said)
		r.all.count(r.test)
		for i := range r.suites {
			r.suites[i].count(r.test)
		}
		r.test = nil
	case "testsuite":
		last := r.suites[len(r.suites)-1]
		r.suites = r.suites[:len(r.suites)-1]
		if n := last.failed + last.errors; last.stated > n {
			return fmt.Errorf("the suite %q says that %d tests failed and lists %d of them", last.suite, last.stated, n)
		}
	}
	return nil
}

// called is the whole name of a testcase: its class, or else its suite, and its own.
func (r *junitReader) called(e xml.StartElement) string {
	class := attr(e, "classname")
	if class == "" && len(r.suites) > 0 {
		class = r.suites[len(r.suites)-1].suite
	}
	if class == "" {
		return attr(e, "name")
	}
	return class + "/" + attr(e, "name")
}

// ended says how a testcase ended by the elements below it.
func ended(below map[string]bool) mlgate.CheckStatus {
	switch {
	case below["error"]:
		return mlgate.CheckError
	case below["failure"]:
		return mlgate.CheckFailed
	case below["skipped"]:
		return mlgate.CheckSkipped
	}
	return mlgate.CheckPassed
}

func (t *tally) count(below map[string]bool) {
	t.total++
	switch ended(below) {
	case mlgate.CheckError:
		t.errors++
	case mlgate.CheckFailed:
		t.failed++
	case mlgate.CheckSkipped:
		t.skipped++
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// attrCount is 0 where an attribute is missing or no number: attributes alone prove nothing.
func attrCount(e xml.StartElement, name string) int {
	n, err := strconv.Atoi(attr(e, name))
	if err != nil || n < 0 || n > maxNodes {
		return 0
	}
	return n
}
