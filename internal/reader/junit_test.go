package reader_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func counts(r mlgate.Reading) map[string]float64 {
	out := map[string]float64{}
	for _, m := range r.Metrics {
		out[m.Name] = float64(m.Value)
	}
	return out
}

// The files were written by the tools of their names. Both tools count as we do: pytest said "2 failed,
// 4 passed, 1 skipped, 1 xfailed, 3 errors", where one of the passed had its error in the teardown.
func TestJUnitOfRealTools(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]map[string]float64{
		"pytest-8.3.4.xml":     {"tests.total": 10, "tests.passed": 3, "tests.failed": 2, "tests.errors": 3, "tests.skipped": 2, "tests.seconds": 0.047},
		"gotestsum-1.13.0.xml": {"tests.total": 4, "tests.passed": 2, "tests.failed": 1, "tests.errors": 0, "tests.skipped": 1, "tests.seconds": 0},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := read("junit", string(data))
		if d := cmp.Diff(want, counts(got), cmpopts.EquateApprox(0, 1e-9)); err != nil || d != "" {
			t.Errorf("%s: %v %s", file, err, d)
		}
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	got, err := read("junit", `<?xml version="1.0"?><testsuites><testsuite failures="1" errors="x"><testsuite><testcase time="1,000.5"/></testsuite>
		<testcase name="a"><system-out><failure/></system-out></testcase><testcase><failure/><error/></testcase><testcase><failure/></testcase></testsuite></testsuites>`)
	want := map[string]float64{"tests.total": 4, "tests.passed": 2, "tests.failed": 1, "tests.errors": 1, "tests.skipped": 0, "tests.seconds": 1000.5}
	if d := cmp.Diff(want, counts(got)); err != nil || d != "" {
		t.Error(err, d)
	}
	got, err = read("junit", `<testsuite><testcase/></testsuite>`)
	if _, timed := counts(got)["tests.seconds"]; err != nil || timed || len(got.LeftOut) != 1 || got.LeftOut[0].Name != "tests.seconds" {
		t.Errorf("without times: %+v, %v", got, err)
	}
	for text, why := range map[string]string{
		`<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><testsuite><testcase name="&c;"/></testsuite>`: "DTD",
		`<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuite><testcase/></testsuite>`:                      "DTD",
		`<testsuite><testcase name="&xxe;"/></testsuite>`:                                                 "not XML",
		`<testsuite><testcase/>`:                       "ends in the middle",
		`<testsuite><testcase></testsuite></testcase>`: "closes what is not open",
		`<testsuite/><testsuite/>`:                     "second element",
		`</testsuite>`:                                 "closes",
		`just text`:                                    "ends in the middle",
		`<html><testcase/></html>`:                     "begins with <html>",
		`<testsuite/>`:                                 "no test",
		`<testsuite name="x" errors="2"><testcase/></testsuite>`:                    "2 tests failed and lists 0",
		`<testsuite><testcase><testcase/></testcase></testsuite>`:                   "stands in",
		`<testsuite><testcase time="soon"/></testsuite>`:                            "no number of seconds",
		`<testsuite><testcase time="1,5"/></testsuite>`:                             "no number of seconds",
		`<testsuite><testcase time="NaN"/></testsuite>`:                             "no number of seconds",
		strings.Repeat("<testsuite>", 10_000):                                       "levels deep",
		`<testsuite>` + strings.Repeat("<a/>", 1_000_001) + `</testsuite>`:          "more than 1000000 elements",
		`<?xml version="1.0" encoding="UTF-16"?><testsuite><testcase/></testsuite>`: "not XML",
	} {
		if _, err := read("junit", text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.80s: got %v, want an error with %q", text, err, why)
		}
	}
}

func FuzzJUnit(f *testing.F) {
	f.Add(`<testsuites><testsuite errors="1"><testcase time="1"><error/></testcase></testsuite></testsuites>`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := read("junit", text)
		if err != nil {
			return
		}
		c := counts(got)
		if c["tests.total"] < 1 || c["tests.passed"] < 0 || c["tests.total"] != c["tests.passed"]+c["tests.failed"]+c["tests.errors"]+c["tests.skipped"] || math.IsNaN(c["tests.seconds"]) {
			t.Errorf("counts that cannot be: %v", c)
		}
	})
}
