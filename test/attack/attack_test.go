// Package attack plays attacks on mlgate: each script is somebody who wants a model to go live that
// must not, beside the honest way that works.
package attack

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/internal/cli"
	"github.com/mlgate/mlgate/test/script"
)

func TestMain(m *testing.M) {
	_ = os.Unsetenv("MLGATE_EXCHANGES") // what attackers say is held to no description
	testscript.Main(m, map[string]func(){"mlgate": mlgate})
}

func mlgate() {
	code := cli.Process("dev")
	leavePeak()
	os.Exit(code)
}

// TestAttack plays every file of testdata with the real program, real git, a real bare remote and,
// where the forge matters, a GitHub at the wire.
func TestAttack(t *testing.T) {
	t.Parallel()
	p := script.Params(t, "testdata")
	p.Cmds["hostile"], p.Cmds["listen"], p.Cmds["within"], p.Cmds["day"] = hostile, listen, within, day
	p.Cmds["evil"], p.Cmds["peak"] = evil, peak
	testscript.Run(t, p)
}

// Rules of trust, as SECURITY.md numbers them.
const rules = 15

var (
	opening = regexp.MustCompile(`^# Rule ([0-9]+)\. Attack: [^\n]+\n(?:# [^\n]+\n)*# Must: `)
	naming  = regexp.MustCompile("`([a-z0-9_]+)`")
	promise = regexp.MustCompile(`^([0-9]+)\. `)
)

// A script that does not say what it attacks, and what must happen, is none that a reader can judge.
func TestScriptsSayWhatTheyAttack(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, name := range scripts(t) {
		text, err := os.ReadFile(filepath.Join("testdata", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		m := opening.FindSubmatch(text)
		if m == nil {
			t.Errorf("%s does not begin with `# Rule N. Attack: …` and `# Must: …`", name)
			continue
		}
		covered[string(m[1])] = true
		if !strings.Contains(string(text), "# Control: ") {
			t.Errorf("%s has no control that shows that the attack would matter", name)
		}
	}
	for n := 1; n <= rules; n++ {
		if !covered[fmt.Sprint(n)] {
			t.Errorf("no script attacks rule %d", n)
		}
	}
}

// Every promise names its attacks, and every attack stands under a promise.
func TestPromisesAreAttacked(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, promises, ok := strings.Cut(string(text), "## What mlgate promises")
	promises, _, end := strings.Cut(promises, "\n## ")
	if !ok || !end {
		t.Fatal("SECURITY.md has no section of promises")
	}
	all, named := scripts(t), map[string]bool{}
	number := 0
	for line := range strings.Lines(promises) {
		if !promise.MatchString(line) {
			continue
		}
		number++
		if got := promise.FindStringSubmatch(line)[1]; got != fmt.Sprint(number) {
			t.Errorf("promise %s stands where %d should: %s", got, number, line)
		}
		_, attacks, _ := strings.Cut(line, "Attacks:")
		found := naming.FindAllStringSubmatch(attacks, -1)
		if len(found) == 0 {
			t.Errorf("a promise names no attack: %s", line)
		}
		for _, m := range found {
			named[m[1]] = true
			if !slices.Contains(all, m[1]) {
				t.Errorf("SECURITY.md names the attack %s, and there is none", m[1])
			}
		}
	}
	if number != rules {
		t.Errorf("SECURITY.md makes %d promises, want %d", number, rules)
	}
	for _, name := range all {
		if !named[name] {
			t.Errorf("no promise in SECURITY.md names the attack %s", name)
		}
	}
}

func scripts(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no scripts: %v", err)
	}
	var out []string
	for _, f := range files {
		out = append(out, strings.TrimSuffix(filepath.Base(f), ".txtar"))
	}
	return out
}
