package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/test/fakegithub"
	"github.com/mlgate/mlgate/test/script"
)

// session is one shell of one reader in a folder of its own, from the page's first command to its last.
type session struct {
	t     *testing.T
	home  string
	env   []string // of a person
	job   []string // of a job of a CI system, while there is one
	where string   // file that remembers the folder
	repo  string
	url   string
	anew  []command // what pages should show instead, with -update
}

// command is what stands behind a `$`, and what is printed below it.
type command struct {
	line int
	text string
	want string
	exit int
}

var exitCode = regexp.MustCompile(`# exit (\d+)$`)

// play runs the page from top to bottom.
func (p page) play(t *testing.T) {
	t.Helper()
	s := newSession(t)
	for _, b := range p.pieces {
		switch {
		case b.order != "":
			s.obey(b)
		case b.file != "":
			s.write(b)
		case b.why == "" && commands(b):
			for _, c := range split(b) {
				s.run(p.name, c)
			}
		}
	}
	if len(s.anew) > 0 {
		s.rewrite(p.name)
	}
}

// commands reports whether a block shows commands. Those that show a prompt do, whatever they call
// themselves.
func commands(b piece) bool {
	return b.lang == "sh" || b.lang == "console" || b.lang == "bash" || strings.HasPrefix(b.text, "$ ") || strings.Contains(b.text, "\n$ ")
}

// split takes a block apart at its prompts. A command goes on after a backslash and to the end of its
// here-document.
func split(b piece) []command {
	var out []command
	var end string
	for i, line := range strings.Split(strings.TrimSuffix(b.text, "\n"), "\n") {
		last := len(out) - 1
		after, prompt := strings.CutPrefix(line, "$ ")
		switch {
		case end != "":
			out[last].text += "\n" + line
			if line == end {
				end = ""
			}
			continue
		case last >= 0 && strings.HasSuffix(out[last].text, "\\") && out[last].want == "":
			out[last].text += "\n" + line
			continue
		case !prompt && (last < 0 || b.lang == "sh" && !strings.HasPrefix(b.text, "$ ")):
			after, prompt = line, true // a block without prompts: each line is a command
		}
		if !prompt {
			out[last].want += line + "\n"
			continue
		}
		c := command{line: b.line + 1 + i, text: after}
		if m := exitCode.FindStringSubmatch(after); m != nil {
			_, _ = fmt.Sscan(m[1], &c.exit)
		}
		if _, word, ok := strings.Cut(after, "<<'"); ok {
			end, _, _ = strings.Cut(word, "'")
		}
		out = append(out, c)
	}
	return out
}

func newSession(t *testing.T) *session {
	t.Helper()
	home := t.TempDir()
	s := &session{t: t, home: home, where: filepath.Join(t.TempDir(), "where")}
	s.env = []string{"PATH=" + filepath.Dir(binary(t)) + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + home, "LC_ALL=C.UTF-8", "GIT_CONFIG_NOSYSTEM=1", "NO_COLOR=1"}
	s.must("git config --global user.name Ada && git config --global user.email ada@example.com && git config --global init.defaultBranch main && git config --global advice.detachedHead false")
	return s
}

func (s *session) must(text string) {
	s.t.Helper()
	if out, code := s.shell(text); code != 0 {
		s.t.Fatalf("%s\nexit code %d\n%s", text, code, out)
	}
}

// shell runs commands in the folder where the last ones ended.
func (s *session) shell(text string) (string, int) {
	s.t.Helper()
	dir := s.home
	if at, err := os.ReadFile(s.where); err == nil {
		dir = strings.TrimSpace(string(at))
	}
	// What is asked between two commands of a person's shell: where it is, and variables in lower case.
	cmd := exec.Command("sh", "-c", "set -a; test ! -f '"+s.where+".env' || . '"+s.where+".env'\n"+text+
		"\nENDED=$?; pwd >'"+s.where+"'; export -p | grep -E '^export [a-z_]+=' >'"+s.where+".env'; exit $ENDED")
	cmd.Dir, cmd.Env = dir, append(append([]string{}, s.env...), s.job...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		s.t.Fatalf("$ %s: %v", text, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func (s *session) run(page string, c command) {
	s.t.Helper()
	out, code := s.shell(c.text)
	if code != c.exit {
		s.t.Errorf("%s:%d: $ %s\nexit code %d, want %d\n%s", page, c.line, c.text, code, c.exit, out)
	} else if *update && !shows(c.want, out) {
		s.anew = append(s.anew, command{line: c.line + strings.Count(c.text, "\n"), want: c.want, text: elide(out)})
	} else if !shows(c.want, out) {
		s.t.Errorf("%s:%d: $ %s\nprinted\n%s\nthe page shows\n%s", page, c.line, c.text, out, c.want)
	}
}

var everyTimeAnother = regexp.MustCompile(`\b[0-9a-f]{7,64}\b…?|just (?:made|now)|\b20(?:2[1-9]|[3-9]\d)-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?(?: UTC)?)?|\b\d+\.\d s\b|http://127[^ ,]*`)

// elide leaves out what is another thing with every run.
func elide(out string) string {
	return everyTimeAnother.ReplaceAllString(strings.TrimRight(out, "\n")+"\n", "…")
}

// rewrite puts what was printed into the page, from the bottom up.
func (s *session) rewrite(name string) {
	s.t.Helper()
	file := filepath.Join(top, filepath.FromSlash(name))
	data, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	for _, c := range slices.Backward(s.anew) {
		lines = slices.Replace(lines, c.line, c.line+strings.Count(c.want, "\n"), strings.Split(strings.TrimSuffix(c.text, "\n"), "\n")...)
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// shows reports whether a page's text is what was printed. `…` stands for the rest of a word or line;
// alone on a line, for any number of lines.
func shows(want, got string) bool {
	var re strings.Builder
	re.WriteString("^")
	for line := range strings.Lines(want) {
		line = strings.TrimRight(line, " \n")
		if line == "…" {
			re.WriteString(`(?:.*\n)*?`)
			continue
		}
		re.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + ` *\n`)
	}
	if got = strings.TrimRight(got, "\n"); got != "" {
		got += "\n"
	}
	return regexp.MustCompile(re.String() + `\n*$`).MatchString(got)
}

func (s *session) write(b piece) {
	s.t.Helper()
	s.must("mkdir -p \"$(dirname '" + b.file + "')\" && cat >'" + b.file + "' <<'THE END'\n" + b.text + "THE END\n")
}

// obey does what an order to the test says.
func (s *session) obey(b piece) {
	s.t.Helper()
	word, rest, _ := strings.Cut(strings.ReplaceAll(b.order, "run\n", "run "), " ")
	switch word {
	case "run":
		s.must(rest)
	case "needs":
		bin := script.Venv(rest)
		if _, err := os.Stat(bin); err != nil {
			if os.Getenv("CI") == "true" {
				s.t.Fatalf("CI has no virtual environment %q: run `make venv`", rest)
			}
			s.t.Skipf("%s is not installed: make venv", rest)
		}
		s.env[0] += string(os.PathListSeparator) + bin
	case "github":
		s.github(rest)
	case "event":
		s.event(strings.Fields(rest))
	case "laptop":
		s.job = nil
	default:
		s.t.Fatalf("line %d: unknown order %q", b.line, b.order)
	}
}

func (s *session) github(repo string) {
	s.t.Helper()
	git := filepath.Join(s.home, ".github.git")
	s.must("git init -q --bare -b main '" + git + "' && git config --global 'url." + git + ".insteadOf' https://github.com/" + repo + ".git")
	fake, err := fakegithub.Start(fakegithub.Options{Root: s.home, Repo: repo, Git: ".github.git", Token: "secret-token"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(fake.Close)
	s.repo, s.url = repo, fake.URL
}

// event is the surroundings of a job, as GitHub makes them.
func (s *session) event(args []string) {
	s.t.Helper()
	sha := func(rev string) string {
		if rev == "none" {
			return strings.Repeat("0", 40)
		}
		out, _ := s.shell("git --git-dir '" + filepath.Join(s.home, ".github.git") + "' rev-parse " + rev)
		return strings.TrimSpace(out)
	}
	var payload []byte
	switch args[0] {
	case "pull_request":
		payload = fakegithub.PullRequestEvent(s.repo, args[1], sha(args[2]), args[3])
	case "push":
		payload = fakegithub.PushEvent(s.repo, "main", sha(args[1]), sha(args[2]))
	}
	file := filepath.Join(s.t.TempDir(), "event.json")
	if err := os.WriteFile(file, payload, 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.job = []string{
		"GITHUB_ACTIONS=true", "CI=true", "GITHUB_ACTOR=ada", "GITHUB_TOKEN=secret-token", "GITHUB_API_URL=" + s.url, "GITHUB_SERVER_URL=" + s.url,
		"GITHUB_REPOSITORY=" + s.repo, "GITHUB_EVENT_NAME=" + args[0], "GITHUB_EVENT_PATH=" + file, "GITHUB_RUN_ID=1", "GITHUB_RUN_ATTEMPT=1", "FAKE=" + s.url,
	}
}
