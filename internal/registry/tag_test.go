package registry

import (
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Whatever a tag is called and says, an entry holds only what has exactly the expected form: a tag is
// read as the name that it would be written as, and its date can be written as JSON.
func FuzzTag(f *testing.F) {
	object := "object " + strings.Repeat("1", 40) + "\ntype commit\ntag m@v1.0.0\ntagger A <a@example.com> 1700000000 +0000\n\nm v1.0.0\n\nMlgate-Move: 0123456789abcdef\n"
	for _, rest := range []string{"@v1.2.3", "@v1.2.3-rc.1+b", "@v1.2.3!#4", "#prod#7", "#prod", "#prod!#8", "#a/b#1", "#-#1", "@v1.2.3\n", "#p#999999999"} {
		f.Add(rest, object)
	}
	f.Add("#p#1", "tagger \x1b <> 999999999999 +0000\n\nMlgate-Evidence: "+strings.Repeat("a", 64)+"\r\nMlgate-Ledger: xyz\n")
	f.Fuzz(func(t *testing.T, rest, text string) {
		e, ok := parse("m", rest)
		if ok && (e.Version == "") == (e.Stage == "") {
			t.Errorf("%q is %+v: neither a version nor a stage, or both", rest, e)
		}
		if ok && !strings.HasPrefix(rest, "@"+e.Version) && !strings.HasPrefix(rest, "#"+e.Stage) {
			t.Errorf("%q is read as %+v", rest, e)
		}
		if n := number(e.Revision); n < 0 || n > 999_999_999 {
			t.Errorf("counter %d", n)
		}
		if strings.ContainsAny(e.Version+e.Stage, " \n\x1b<>`|") {
			t.Errorf("foreign text in %+v", e)
		}
		describe(&e, []byte(text))
		if _, err := e.At.Add(time.Second).MarshalJSON(); err != nil {
			t.Errorf("the date %v", err)
		}
		for _, id := range []mlgate.Digest{mlgate.Digest(e.Move), e.Evidence, e.Artifact, mlgate.Digest(e.Ledger)} {
			if strings.Trim(string(id), "0123456789abcdef") != "" || len(id) > 64 {
				t.Errorf("foreign text %q in %+v", id, e)
			}
		}
	})
}
