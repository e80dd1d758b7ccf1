package governance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/governance"
)

// The examples of GitHub's page "About code owners", and what it says of each.
func TestCodeOwners(t *testing.T) {
	t.Parallel()
	const page = `# These owners will be the default owners for everything in the repo.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
`
	for _, c := range []struct{ name, file, path, want string }{
		{"default", page, "README.md", "@global-owner1 @global-owner2"},
		{"default, deep", page, "a/b/c.py", "@global-owner1 @global-owner2"},
		{"by ending", page, "a/b.js", "@js-owner"},
		{"inline comment is no owner", page, "x.js", "@js-owner"},
		{"address", page, "cmd/x.go", "docs@example.com"},
		{"team", page, "a/x.txt", "@octo-org/octocats"},
		{"folder at the top", "/build/logs/ @doctocat", "build/logs/a/b", "@doctocat"},
		{"folder at the top, not elsewhere", "/build/logs/ @doctocat", "x/build/logs/a", "-"},
		{"last pattern wins over an earlier folder", page, "build/logs/a", "@octocat"},
		{"one level", "docs/* docs@example.com", "docs/getting-started.md", "docs@example.com"},
		{"one level only", "docs/* docs@example.com", "docs/build-app/troubleshooting.md", "-"},
		{"one level, at the top", "docs/* docs@example.com", "x/docs/a.md", "-"},
		{"folder anywhere", "apps/ @octocat", "x/apps/y/z", "@octocat"},
		{"folder anywhere, at the top", "apps/ @octocat", "apps/z", "@octocat"},
		{"a folder is not a file", "apps/ @octocat", "x/apps", "-"},
		{"docs at the top", page, "docs/a/b.md", "@doctocat"},
		{"two owners", page, "scripts/a/x.sh", "@doctocat @octocat"},
		{"logs, build", page, "build/logs/x", "@octocat"},
		{"logs, scripts", page, "scripts/logs/x", "@octocat"},
		{"logs, deep", page, "deeply/nested/logs/x/y", "@octocat"},
		{"logs, at the top", "**/logs @octocat", "logs/x", "@octocat"},
		{"empty owners clear", "/apps/ @octocat\n/apps/github", "apps/github/x", "nobody"},
		{"empty owners clear, beside", "/apps/ @octocat\n/apps/github", "apps/x", "@octocat"},
		{"comment alone clears", "/apps/ @octocat\n/apps/github # ours", "apps/github/x", "nobody"},
		{"owned again below", "/apps/ @octocat\n/apps/github @doctocat", "apps/github/x", "@doctocat"},
		{"order counts", "/apps/github @doctocat\n/apps/ @octocat", "apps/github/x", "@octocat"},
		{"no negation", "* @a\n!x.py @b", "x.py", "@a"},
		{"no classes", "* @a\n[xy].py @b", "x.py", "@a"},
		{"no escaped hash", "* @a\n#x @b", "#x", "@a"},
		{"a file", "/evaluate.py @kim", "evaluate.py", "@kim"},
		{"a file at the top only", "/evaluate.py @kim", "m/evaluate.py", "-"},
		{"a name anywhere", "evaluate.py @kim", "m/evaluate.py", "@kim"},
		{"a slash inside anchors", "m/evaluate.py @kim", "x/m/evaluate.py", "-"},
		{"middle stars", "/m/**/x.py @kim", "m/a/b/x.py", "@kim"},
		{"middle stars, none between", "/m/**/x.py @kim", "m/x.py", "@kim"},
		{"all below", "/m/** @kim", "m/a/b", "@kim"},
		{"a star stays in its name", "/m*/x @kim", "m/a/x", "-"},
		{"question mark", "/?.py @kim", "é.py", "@kim"},
		{"escaped blank", `/my\ data/ @kim`, "my data/x", "@kim"},
		{"escaped star", `/\*.py @kim`, "a.py", "-"},
		{"case counts, another rule", "* @a\n/Data/ @kim", "data/x", "@a"},
		{"case, and no other rule", "/Data/ @kim", "data/x", "@kim"},
		{"line ends of another system", "* @a\r\n/x @kim\r\n", "x", "@kim"},
		{"byte order mark", "\ufeff/x @kim", "x", "@kim"},
		{"no file", "", "x", "-"},
	} {
		owners, known := governance.ParseCodeOwners("CODEOWNERS", []byte(c.file)).Of(c.path)
		got := strings.Join(owners, " ")
		switch {
		case !known:
			got = "-"
		case len(owners) == 0:
			got = "nobody"
		}
		if got != c.want {
			t.Errorf("%s: %q is of %q, want %q", c.name, c.path, got, c.want)
		}
	}
}

// Lines that GitHub reports as errors are skipped and named; the others count.
func TestCodeOwnersBadLines(t *testing.T) {
	t.Parallel()
	c := governance.ParseCodeOwners("CODEOWNERS", []byte("* user\n***/*.rb @monalisa\n!a @b\n[a] @b\n/ @b\n/x @kim bob\n/y @kim\n/z @a/b/c\n/w @"))
	var got []string
	for _, b := range c.Bad {
		got = append(got, fmt.Sprint(b.Line))
	}
	if s := strings.Join(got, " "); s != "1 2 3 4 5 6 8 9" {
		t.Errorf("bad lines %s: %+v", s, c.Bad)
	}
	if owners, _ := c.Of("y"); len(owners) != 1 {
		t.Errorf("the good line is gone: %v", owners)
	}
	big := governance.ParseCodeOwners("CODEOWNERS", []byte(strings.Repeat("#", governance.MaxCodeOwners)+"\n"))
	if big.Broken == "" {
		t.Error("a file of more than 3 MB is used")
	}
}

// Any bytes give an answer, the same twice, and owners that are written in the file.
func FuzzCodeOwners(f *testing.F) {
	f.Add([]byte("* @a\n/docs/ @b/c x@y.z #d\n**/l?gs\n"), "docs/a/logs")
	f.Add([]byte(`\* @a`+"\n/a*a*a*a*a*a*b @x"), "a/"+strings.Repeat("a", 60))
	f.Fuzz(func(t *testing.T, src []byte, path string) {
		c := governance.ParseCodeOwners("CODEOWNERS", src)
		owners, known := c.Of(path)
		if len(owners) > 0 && !known {
			t.Error("owners of what no rule names")
		}
		for _, o := range owners {
			if !strings.Contains(o, "@") || !strings.Contains(string(src), o) {
				t.Errorf("owner %q", o)
			}
		}
	})
}
