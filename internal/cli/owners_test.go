package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// reviews is a forge in memory: who made and who approved pull request 7.
type reviews struct {
	people mlgate.People
	err    error
}

func (r reviews) People(_ context.Context, number int, owners []string) (mlgate.People, error) {
	if number != 7 || len(owners) != 1 || owners[0] != "@kim" {
		return mlgate.People{}, mlgate.ErrNotFound
	}
	return r.people, r.err
}

const ownedModel = `version: 1
model: m
paths: [metrics.json]
evidence: [metrics.json]
gates: {f1: {min: 0.5}}
owners: ["@kim"]
protected: [evaluate.py]
promote: [{to: staging, when: merge}]
`

// repository makes a bare remote: main with a model that has an owner, and a branch that changes one
// file of it. It returns the work tree, the remote and the branch's commit.
func repository(t *testing.T, file, content string) (dir, remote, head string) {
	t.Helper()
	dir = t.TempDir()
	remote = filepath.Join(dir, "origin.git")
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@e", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@e")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q", "--bare", remote)
	git("init", "-q", "-b", "main", ".")
	write(".gitignore", "origin.git\n")
	write("mlops.yaml", ownedModel)
	write("metrics.json", `{"f1": 0.9}`)
	write("evaluate.py", "print(1)\n")
	git("add", ".")
	git("commit", "-qm", "model")
	git("push", "-q", remote, "main")
	write(file, content)
	git("commit", "-qam", "change")
	git("push", "-q", remote, "HEAD:change")
	return dir, remote, git("rev-parse", "HEAD")
}

// judgedAs7 is what mlgate says of the branch as pull request 7.
func judgedAs7(t *testing.T, dir, remote, head string, forge mlgate.Reviews) mlgate.Outcome {
	t.Helper()
	a := &app{jobs: 1, World: World{Dir: dir, Environ: append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null"), Stderr: testWriter{t}, Now: time.Now, Version: "dev"}}
	local, err := a.openLocal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	b, err := a.runSteps(t.Context(), local, "", watched{})
	if err != nil {
		t.Fatal(err)
	}
	off, err := a.openRemote(t.Context(), remote, "")
	if err != nil {
		t.Fatal(err)
	}
	defer off.Close()
	off.Reviews = forge
	h, err := off.Begin(t.Context(), flow.Ask{Change: mlgate.Change{Event: mlgate.PullRequest, Number: 7, Head: head, BaseBranch: "main", Default: "main", Remote: remote}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Conclude(t.Context(), &b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// What changes the rules, or what is protected, waits for an owner's yes to exactly this commit.
func TestOwners(t *testing.T) {
	t.Parallel()
	weaker := strings.Replace(ownedModel, "min: 0.5", "min: 0.1", 1)
	makers := []string{"ada"}
	yes := func(by, commit string) []mlgate.Approval {
		return []mlgate.Approval{{By: by, Commit: commit, Base: "main", As: []string{"@" + by}}}
	}
	for _, c := range []struct {
		name, file, content string
		people              func(head string) mlgate.Reviews
		word                mlgate.Word
		rule                string
	}{
		{"a weaker gate", "mlops.yaml", weaker, func(string) mlgate.Reviews { return reviews{people: mlgate.People{Makers: makers}} }, mlgate.Blocked, "governance/demands"},
		{"a weaker gate, approved", "mlops.yaml", weaker, func(h string) mlgate.Reviews {
			return reviews{people: mlgate.People{Makers: makers, Approvals: yes("kim", h)}}
		}, mlgate.Passed, "governance/demands"},
		{"by the only owner alone", "mlops.yaml", weaker, func(h string) mlgate.Reviews {
			return reviews{people: mlgate.People{Makers: []string{"ada", "kim"}, Proven: []string{"kim"}, Approvals: yes("kim", h)}}
		}, mlgate.PassedWarnings, "governance/demands"},
		{"approved before the last push", "mlops.yaml", weaker, func(string) mlgate.Reviews {
			return reviews{people: mlgate.People{Makers: makers, Approvals: yes("kim", strings.Repeat("0", 40))}}
		}, mlgate.Blocked, "governance/demands"},
		{"the forge is down", "mlops.yaml", weaker, func(string) mlgate.Reviews { return reviews{err: mlgate.ErrForbidden} }, mlgate.CouldNotDecide, "governance/demands"},
		{"owners taken out", "mlops.yaml", strings.Replace(ownedModel, "owners: [\"@kim\"]\n", "", 1), func(string) mlgate.Reviews { return reviews{people: mlgate.People{Makers: makers}} }, mlgate.Blocked, "governance/demands"},
		{"a protected file", "evaluate.py", "print(2)\n", func(string) mlgate.Reviews { return reviews{people: mlgate.People{Makers: makers}} }, mlgate.Blocked, "governance/protected"},
		{"a protected file, approved", "evaluate.py", "print(2)\n", func(h string) mlgate.Reviews {
			return reviews{people: mlgate.People{Makers: makers, Approvals: yes("kim", h)}}
		}, mlgate.Passed, "governance/protected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, remote, head := repository(t, c.file, c.content)
			out := judgedAs7(t, dir, remote, head, c.people(head))
			found := false
			for _, f := range out.Findings {
				found = found || f.Rule == c.rule
			}
			if out.Verdict.Word != c.word || !found {
				t.Errorf("got %q (%s) with %+v, want %q and a finding %s", out.Verdict.Word, out.Verdict.Cause, out.Findings, c.word, c.rule)
			}
		})
	}
}
