package ci

import (
	"bytes"
	"context"

	"slices"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func change(t *testing.T, name, payload string) (mlgate.Change, error) {
	t.Helper()
	env := map[string]string{"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": "e", "GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": strings.Repeat("1", 40), "GITHUB_RUN_ID": "5"}
	g := NewGitHub(GitHubOptions{Getenv: func(k string) string { return env[k] }, ReadFile: func(string) ([]byte, error) { return []byte(payload), nil }})
	return g.Change(context.Background())
}

func TestChange(t *testing.T) {
	t.Parallel()
	sha := strings.Repeat("a", 40)
	pull := `{"action":"opened","repository":{"default_branch":"main"},"pull_request":{"number":7,"head":{"sha":"` + sha + `","ref":"x","repo":{"full_name":"FORK"}},"base":{"ref":"main","repo":{"full_name":"a/b"}}}}`
	group := `{"action":"checks_requested","merge_group":{"head_sha":"` + sha + `","head_ref":"refs/heads/gh-readonly-queue/main/pr-7-` + sha + `","base_ref":"refs/heads/main"}}`
	for _, c := range []struct {
		name, event, payload string
		want                 mlgate.Event
		fork                 bool
		err                  string
	}{
		{"pull request", "pull_request", strings.Replace(pull, "FORK", "a/b", 1), mlgate.PullRequest, false, ""},
		{"from a fork", "pull_request", strings.Replace(pull, "FORK", "c/b", 1), mlgate.PullRequest, true, ""},
		{"from a deleted fork", "pull_request", strings.Replace(pull, `{"full_name":"FORK"}`, "null", 1), mlgate.PullRequest, true, ""},
		{"closed", "pull_request", strings.Replace(pull, "opened", "closed", 1), mlgate.Other, true, ""},
		{"reviewed", "pull_request_review", strings.NewReplacer("FORK", "a/b", "opened", "submitted").Replace(pull), mlgate.PullRequest, false, ""},
		{"review taken back", "pull_request_review", strings.NewReplacer("FORK", "a/b", "opened", "dismissed").Replace(pull), mlgate.PullRequest, false, ""},
		{"reviewed after it was closed", "pull_request_review", strings.NewReplacer("FORK", "a/b", "opened", "submitted", `"number":7`, `"number":7,"state":"closed"`).Replace(pull), mlgate.Other, false, ""},
		{"sent to another branch", "pull_request", strings.NewReplacer("FORK", "a/b", "opened", "edited").Replace(pull), mlgate.PullRequest, false, ""},
		{"target", "pull_request_target", pull, "", false, "does not run on pull_request_target"},
		{"no pull request", "pull_request", "{}", "", false, "without a pull request"},
		{"head is no commit", "pull_request", strings.Replace(pull, sha, "--upload-pack=x", 1), "", false, "no commit id"},
		{"push", "push", `{"ref":"refs/heads/main","after":"` + sha + `","before":"` + sha + `","repository":{"default_branch":"main"}}`, mlgate.Push, false, ""},
		{"tag", "push", `{"ref":"refs/tags/v1","after":"` + sha + `"}`, mlgate.Other, false, ""},
		{"branch deleted", "push", `{"ref":"refs/heads/main","deleted":true,"after":"` + strings.Repeat("0", 40) + `"}`, mlgate.Other, false, ""},
		{"merge queue", "merge_group", group, mlgate.MergeGroup, false, ""},
		{"merge queue, over", "merge_group", strings.Replace(group, "checks_requested", "destroyed", 1), mlgate.Other, false, ""},
		{"merge queue of a branch that anybody may push to", "merge_group", strings.Replace(group, "gh-readonly-queue/", "", 1), "", false, "no branches of a queue"},
		{"no merge group", "merge_group", "{}", "", false, "without a merge group"},
		{"schedule", "schedule", `{}`, mlgate.Schedule, false, ""},
		{"not JSON", "push", `<html>`, "", false, "reading the CI event"},
		{"wrong types", "push", `{"ref":7}`, "", false, "reading the CI event"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := change(t, c.event, c.payload)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("got %v, want %q", err, c.err)
				}
				return
			}
			if err != nil || got.Event != c.want || got.Fork != c.fork {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// A value cannot forge a further output, and a message cannot issue a command.
func TestPublish(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{}
	var log bytes.Buffer
	env := map[string]string{"GITHUB_OUTPUT": "out", "GITHUB_STEP_SUMMARY": "sum"}
	g := NewGitHub(GitHubOptions{Getenv: func(k string) string { return env[k] }, Out: &log, AppendFile: func(n string, d []byte) error { files[n] = append(files[n], d...); return nil }})
	err := g.Publish(context.Background(), mlgate.Publication{
		Summary: "hello", Outputs: []mlgate.ValueOut{{Name: "verdict", Value: "x\n_GitHubActionsFileCommandDelimeter_\npromote=true"}},
		Annotations: []mlgate.Finding{{Rule: "r", Status: mlgate.Fail, Message: "a\n::set-output name=x::y", Pos: mlgate.Pos{File: "f,line=9", Line: 1}}},
	})
	if err != nil || string(files["sum"]) != "hello\n" {
		t.Fatalf("%v, %q", err, files)
	}
	lines := strings.Split(string(files["out"]), "\n")
	if delimiter := strings.TrimPrefix(lines[0], "verdict<<"); len(delimiter) < 20 || lines[len(lines)-2] != delimiter {
		t.Errorf("outputs: %q", files["out"])
	}
	if n := strings.Count(log.String(), "\n"); n != 1 || !strings.HasPrefix(log.String(), "::error ") {
		t.Errorf("log: %q", log.String())
	}
}

func FuzzChange(f *testing.F) {
	f.Add("push", `{"ref":"refs/heads/main"}`)
	f.Add("pull_request", `{"pull_request":{"head":{}}}`)
	for _, p := range payloads() {
		if p.Name == "push" || p.Name == "pull_request" || p.Name == "merge_group" || p.Name == "workflow_run" {
			f.Add(p.Name, string(p.Examples[0]))
		}
	}
	f.Fuzz(func(t *testing.T, name, payload string) {
		c, err := change(t, name, payload)
		if err == nil && !commitID.MatchString(c.Head) {
			t.Errorf("head %q", c.Head)
		}
	})
}

// Output cannot end a group: its token is random, and titles issue no command.
func TestGroup(t *testing.T) {
	t.Parallel()
	tokens := map[string]bool{}
	for range 2 {
		var log bytes.Buffer
		g, err := OpenGroup(&log, "step a\n::error::b%0A")
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(log.String(), "\n")
		token := strings.TrimPrefix(lines[1], "::stop-commands::")
		if len(lines) != 5 || !strings.HasSuffix(lines[0], "%250A") || len(token) < 26 || lines[2] != "::"+token+"::" || lines[3] != "::endgroup::" {
			t.Errorf("got %q", lines)
		}
		tokens[token] = true
	}
	if len(tokens) != 2 {
		t.Error("the token is the same twice")
	}
}

// As the runner reads the file of outputs: whatever the value, there is one output, and it is the value.
func FuzzOutput(f *testing.F) {
	for _, s := range []string{"", "passed", "a\nmlgate_\npromote=true", "x<<y\n", "\r\n", "\n", "\u2028mlgate_\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		text := output(mlgate.ValueOut{Name: "verdict", Value: value})
		got := map[string]string{}
		for lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n"); len(lines) > 0; {
			name, delimiter, ok := strings.Cut(lines[0], "<<")
			end := slices.Index(lines[1:], delimiter)
			if !ok || end < 0 {
				t.Fatalf("%q: not an output", text)
			}
			got[name] = strings.Join(lines[1:1+end], "\n")
			lines = lines[2+end:]
		}
		if len(got) != 1 || got["verdict"] != value {
			t.Errorf("%q is read as %q", text, got)
		}
	})
}

// Whatever a finding says, the log has one line that is a command, and it is ours.
func FuzzAnnotate(f *testing.F) {
	f.Add("gate/a", "f.py", "low")
	f.Add("r,line=1::x", "f,line=9::y", "a\n::set-output name=x::y")
	f.Add("%0A::error::", "%25", "a\r##[group]")
	f.Fuzz(func(t *testing.T, rule, file, message string) {
		var log bytes.Buffer
		g := NewGitHub(GitHubOptions{Getenv: func(string) string { return "" }, Out: &log})
		finding := mlgate.Finding{Rule: rule, Status: mlgate.Fail, Message: message, Pos: mlgate.Pos{File: file, Line: 3}}
		if err := g.Publish(context.Background(), mlgate.Publication{Annotations: []mlgate.Finding{finding}}); err != nil {
			t.Fatal(err)
		}
		props, text, ok := strings.Cut(strings.TrimPrefix(log.String(), "::error "), "::")
		if n := strings.Count(log.String(), "\n"); n != 1 || !ok || strings.ContainsAny(log.String(), "\r\x1b") {
			t.Fatalf("%d lines: %q", n, log.String())
		}
		seen := map[string]string{}
		for p := range strings.SplitSeq(props, ",") {
			k, v, _ := strings.Cut(p, "=")
			if _, twice := seen[k]; twice || k != "title" && k != "file" && k != "line" && k != "col" {
				t.Errorf("the property %q: %q", k, log.String())
			}
			seen[k] = v
		}
		if seen["line"] != "3" || message != "" && strings.TrimSpace(text) == "" && strings.TrimSpace(message) != "" {
			t.Errorf("%q", log.String())
		}
	})
}
