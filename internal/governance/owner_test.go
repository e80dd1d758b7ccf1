package governance_test

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func TestConsent(t *testing.T) {
	t.Parallel()
	yes := func(by, commit, base string, as ...string) []mlgate.Approval {
		return []mlgate.Approval{{By: by, Commit: commit, Base: base, As: as}}
	}
	ada := []string{"ada"}
	for _, c := range []struct {
		name   string
		owners []string
		asked  governance.Asked
		people mlgate.People
		status mlgate.Status
		says   string
	}{
		{"no owners", nil, governance.Forge, mlgate.People{}, mlgate.Warn, ""},
		{"on a laptop", []string{"@kim"}, governance.Nobody, mlgate.People{}, mlgate.Warn, "on a pull request an owner must approve it (@kim)"},
		{"forge silent", []string{"@kim"}, governance.Silent, mlgate.People{}, mlgate.Fail, "could not be asked"},
		{"nobody yet", []string{"@kim"}, governance.Forge, mlgate.People{Makers: ada}, mlgate.Fail, "an owner must approve it"},
		{"approved", []string{"@kim"}, governance.Forge, mlgate.People{Makers: ada, Approvals: yes("kim", "head", "main", "@kim")}, mlgate.Pass, "approved by @kim"},
		{"approved by a team's member", []string{"@acme/risk"}, governance.Forge, mlgate.People{Makers: ada, Approvals: yes("kim", "head", "", "@Acme/Risk")}, mlgate.Pass, "approved by @kim"},
		{"no owner", []string{"@kim"}, governance.Forge, mlgate.People{Makers: ada, Approvals: yes("bob", "head", "main")}, mlgate.Fail, "@bob is no owner"},
		{"own work", []string{"@kim", "@ada"}, governance.Forge, mlgate.People{Makers: ada, Approvals: yes("Ada", "head", "main", "@ada")}, mlgate.Fail, "had a hand in it"},
		{"older commit", []string{"@kim"}, governance.Forge, mlgate.People{Makers: ada, Approvals: yes("kim", "before", "main", "@kim")}, mlgate.Fail, "which is not the head"},
		{"other branch", []string{"@kim"}, governance.Forge, mlgate.People{Makers: ada, Approvals: yes("kim", "head", "release", "@kim")}, mlgate.Fail, "another branch"},
		{"unknown committer", []string{"@kim"}, governance.Forge, mlgate.People{Makers: ada, Unknown: []string{"x@y"}, Approvals: yes("kim", "head", "main", "@kim")}, mlgate.Fail, "not known who made it"},
		{"nobody known", []string{"@kim"}, governance.Forge, mlgate.People{Approvals: yes("kim", "head", "main", "@kim")}, mlgate.Fail, "not known who made it"},
		{"team of one", []string{"@ada"}, governance.Forge, mlgate.People{Makers: ada, Proven: ada}, mlgate.Warn, "nobody else can approve"},
		{"team of one, by the commit's word alone", []string{"@ada"}, governance.Forge, mlgate.People{Makers: ada, Proven: []string{"mallory"}}, mlgate.Fail, "an owner must approve it"},
		{"team of one, and somebody pushed to it", []string{"@ada"}, governance.Forge, mlgate.People{Makers: ada, Proven: []string{"ada", "mallory"}}, mlgate.Fail, "an owner must approve it"},
		{"team of one, and nobody knows who pushed", []string{"@ada"}, governance.Forge, mlgate.People{Makers: ada, Proven: ada, Unknown: []string{"the pusher"}}, mlgate.Fail, "an owner must approve it"},
		{"a team is never one", []string{"@ada", "@acme/risk"}, governance.Forge, mlgate.People{Makers: ada, Proven: ada}, mlgate.Fail, "an owner must approve it"},
		{"dismissed", []string{"@kim"}, governance.Forge, mlgate.People{Makers: ada, Approvals: []mlgate.Approval{{By: "kim", Commit: "head", As: []string{"@kim"}, Void: "was dismissed"}}}, mlgate.Fail, "the yes of @kim was dismissed"},
		{"a team that cannot be read", []string{"@acme/risk"}, governance.Forge, mlgate.People{Makers: ada, Unread: []mlgate.Unread{{Owner: "@acme/risk", Why: "cannot read the team @acme/risk"}}}, mlgate.Unknown, "cannot read the team"},
		{"… and another owner's yes", []string{"@acme/risk", "@kim"}, governance.Forge, mlgate.People{Makers: ada, Unread: []mlgate.Unread{{Owner: "@acme/risk"}}, Approvals: yes("kim", "head", "main", "@kim")}, mlgate.Pass, "approved by @kim"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := governance.Judge(governance.Facts{
				Demands: []mlgate.ValueChange{{Name: "gates.x.min"}}, Owners: c.owners, Asked: c.asked, People: c.people, Head: "head", Base: "main",
			})
			if len(got) != 1 || got[0].Status != c.status || !strings.Contains(got[0].Message, c.says) {
				t.Errorf("got %+v, want %s saying %q", got, c.status, c.says)
			}
		})
	}
}

// Two of three must say yes; fewer only where the owners made it themselves.
func TestConsentOfSeveral(t *testing.T) {
	t.Parallel()
	yes := func(who ...string) (all []mlgate.Approval) {
		for _, by := range who {
			all = append(all, mlgate.Approval{By: by, Commit: "head", As: []string{"@" + strings.ToLower(by)}})
		}
		return all
	}
	three := []string{"@kim", "@bob", "@eve"}
	for _, c := range []struct {
		name   string
		owners []string
		people mlgate.People
		status mlgate.Status
		says   string
	}{
		{"one of two", three, mlgate.People{Makers: []string{"ada"}, Proven: []string{"ada"}, Approvals: yes("kim")}, mlgate.Fail, "2 owners must approve it, and 1 did: @kim"},
		{"two of two", three, mlgate.People{Makers: []string{"ada"}, Proven: []string{"ada"}, Approvals: yes("kim", "bob")}, mlgate.Pass, "approved by @kim, @bob"},
		{"one person twice", three, mlgate.People{Makers: []string{"ada"}, Proven: []string{"ada"}, Approvals: yes("kim", "Kim")}, mlgate.Fail, "1 did"},
		{"owners' own work: those who are left", three[:2], mlgate.People{Makers: []string{"kim"}, Proven: []string{"kim"}, Approvals: yes("bob")}, mlgate.Pass, "approved by @bob"},
		{"others' work with a hand of an owner in it: all", three[:2], mlgate.People{Makers: []string{"kim"}, Proven: []string{"kim", "mallory"}, Approvals: yes("bob")}, mlgate.Fail, "2 owners must approve it"},
		{"owners' hands by the commit's word alone: all", three[:2], mlgate.People{Makers: []string{"kim", "mallory"}, Proven: []string{"mallory"}, Approvals: yes("bob")}, mlgate.Fail, "2 owners must approve it"},
	} {
		got := governance.Judge(governance.Facts{
			Demands: []mlgate.ValueChange{{Name: "x"}}, Owners: c.owners, Need: 2, Asked: governance.Forge, People: c.people, Head: "head", Base: "main",
		})
		if len(got) != 1 || got[0].Status != c.status || !strings.Contains(got[0].Message, c.says) {
			t.Errorf("%s: got %+v, want %s saying %q", c.name, got, c.status, c.says)
		}
	}
}

// With CODEOWNERS each file is its own owners' to let through.
func TestConsentByCodeOwners(t *testing.T) {
	t.Parallel()
	code := governance.ParseCodeOwners("CODEOWNERS", []byte("mlops.yaml @kim\n/data/ @acme/data\nbad line\n/evaluate.py @kim @bob\n/free.py\n"))
	yes := []mlgate.Approval{{By: "kim", Commit: "head", As: []string{"@kim"}}}
	for _, c := range []struct {
		name   string
		code   *governance.CodeOwners
		files  []string
		whom   string
		status mlgate.Status
		says   string
	}{
		{"its owner said yes", code, []string{"evaluate.py"}, "@kim @bob", mlgate.Pass, "approved by @kim"},
		{"one of two files", code, []string{"evaluate.py", "data/x"}, "@kim @bob @acme/data", mlgate.Fail, "data/x is @acme/data's"},
		{"owned by nobody", code, []string{"free.py"}, "", mlgate.Warn, "names no owner of free.py"},
		{"no file", &governance.CodeOwners{}, []string{"evaluate.py"}, "", mlgate.Warn, "there is no CODEOWNERS"},
		{"too large", governance.ParseCodeOwners("CODEOWNERS", make([]byte, governance.MaxCodeOwners+1)), []string{"evaluate.py"}, "", mlgate.Fail, "cannot be used"},
	} {
		f := governance.Facts{
			Path: "mlops.yaml", Dir: ".", Protected: []string{"evaluate.py", "data/*", "free.py"}, Code: c.code, Asked: governance.Forge, Head: "head", Base: "main",
			People: mlgate.People{Makers: []string{"ada"}, Proven: []string{"ada"}, Approvals: yes},
		}
		for _, file := range c.files {
			f.Files = append(f.Files, mlgate.FileChange{Path: file})
		}
		got := governance.Judge(f)
		if whom := strings.Join(governance.Whom(f), " "); whom != c.whom {
			t.Errorf("%s: asks %q, want %q", c.name, whom, c.whom)
		}
		if len(got) == 0 || got[0].Status != c.status || !strings.Contains(got[0].Message, c.says) {
			t.Errorf("%s: got %+v, want %s saying %q", c.name, got, c.status, c.says)
		}
		if c.code == code && (len(got) != 2 || got[1].Rule != "governance/codeowners" || !strings.Contains(got[1].Message, "line 3")) {
			t.Errorf("%s: the bad line is not named: %+v", c.name, got)
		}
	}
}

func TestProtected(t *testing.T) {
	t.Parallel()
	patterns := []string{"evaluate.py", "data/holdout.csv", "tests/**", "cases/*.json", "café/x"}
	for file, want := range map[string]bool{
		"m/evaluate.py": true, "m/EVALUATE.PY": true, "m/evaluate.pyc": false, "evaluate.py": false,
		"m/data/holdout.csv": true, "m/data/holdout.csv.dvc": true, "m/Data/Holdout.csv": true, "m/data": true, "m/DATA": true, "m": true,
		"m/data/train.csv": false, "m/tests/a/b": true, "m/tests": true, "m/cases/a.json": true, "m/cases/a/b.json": false, "m/cases": true,
		"m/cafe\u0301/x": true, "m/CAF\u00c9/X": true, "m/e\u017faluate.py": false, "m/te\u017ft\u017f/a": true, // ſ folds to s
		"m/train.py": false, ".gitattributes": true, "m/.gitattributes": true, ".GitHub/workflows/x.yml": true,
	} {
		if got := governance.Protected(patterns, "m", file); got != want {
			t.Errorf("Protected(%q) = %v", file, got)
		}
	}
}

func TestProtectedFindings(t *testing.T) {
	t.Parallel()
	got := governance.Judge(governance.Facts{
		Path: "mlops.yaml", Dir: ".", Protected: []string{"evaluate.py", "no/such"}, BaseFiles: []string{"evaluate.py", "mlops.yaml"},
		Files: []mlgate.FileChange{{Path: "Evaluate.py"}, {Path: "mlops.yaml"}, {Path: "train.py"}},
	})
	if len(got) != 2 || got[0].Rule != "governance/protected" || !strings.Contains(got[0].Message, "Evaluate.py") || strings.Contains(got[0].Message, "train.py") ||
		got[1].Rule != "governance/protects-nothing" || !strings.Contains(got[1].Message, "no/such") {
		t.Errorf("got %+v", got)
	}
}
