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
		{"team of one", []string{"@ada"}, governance.Forge, mlgate.People{Makers: ada}, mlgate.Warn, "nobody else can approve"},
		{"a team is never one", []string{"@ada", "@acme/risk"}, governance.Forge, mlgate.People{Makers: ada}, mlgate.Fail, "an owner must approve it"},
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
