package inert_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/mlgate/mlgate/internal/inert"
)

func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain text":          "plain text",
		"größe 0.9":           "größe 0.9",
		"a\nb":                "a␤b",
		"a\r\nb":              `a\u{d}␤b`,
		"\x1b[31mred":         `\u{1b}[31mred`,
		"rtl \u202e evil":     `rtl \u{202e} evil`,
		"zero\u200bwidth":     `zero\u{200b}width`,
		"bad \xff byte":       `bad \xff byte`,
		"tag \U000e0041":      `tag \u{e0041}`,
		"emoji 🎉 stays":       "emoji 🎉 stays",
		"no\u00a0break space": `no\u{a0}break space`,
	} {
		if got := inert.Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"latency_p95_ms":     "latency_p95_ms",
		"slice.a.recall":     "slice.a.recall",
		"main@4f0c21a":       "main@4f0c21a",
		"é@4f0c21a x@4f0c21": "é&#64;4f0c21a x&#64;4f0c21",
		"@acme/risk":         "&#64;acme/risk",
		"a|b":                "a&#124;b",
		"<!-- mlgate -->":    "&#60;&#33;-- mlgate --&#62;",
		"[x](https://e.com)": "&#91;x&#93;(https&#58;//e.com)",
		"www.example.com":    "www&#46;example.com",
		"fixes #12":          "fixes &#35;12",
		"**bold** _em_":      "&#42;&#42;bold&#42;&#42; &#95;em&#95;",
		"`code`":             "&#96;code&#96;",
		"- item":             "&#45; item",
		"0.5 - 0.4":          "0.5 - 0.4",
	} {
		if got := inert.Markdown(in); got != want {
			t.Errorf("Markdown(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"lr": "`lr`", "a`b": "`` a`b ``", "``": "``` `` ```", "a|b": "`a∣b`", "": "``", "x\ny": "`x␤y`",
	} {
		if got := inert.Code(in); got != want {
			t.Errorf("Code(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	if got := inert.Clip("größer", 4); got != "grö…" {
		t.Errorf("got %q", got)
	}
	if got := inert.Clip("ab", 2); got != "ab" {
		t.Errorf("got %q", got)
	}
}

func TestWriterCannotIssueCommands(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := inert.NewWriter(&out, inert.WriterOptions{})
	for _, part := range []string{"::err", "or::x\n", "##[group]a\r::set-output name=a::b", "\n\x1b]0;title\x07"} {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Contains(got, "::") || strings.Contains(got, "##[") || strings.Contains(got, "\x1b") {
		t.Errorf("a command got through: %q", got)
	}
	if n := strings.Count(out.String(), "\n"); n != 4 {
		t.Errorf("%d lines, want 4: %q", n, out.String())
	}
}

// An address of a remote policy can be copied from a log; nothing begins a command with it.
func TestWriterKeepsAddresses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"write git::https://h/p":         "write git::https://h/p",
		"::error::git::https://h/p":      ": :error: :git::https://h/p",
		"  ::https://h git::http://h":    "  : :https://h git: :http://h",
		"git::https://git::https://::x=": "git::https://git::https://: :x=",
	} {
		var out bytes.Buffer
		w := inert.NewWriter(&out, inert.WriterOptions{})
		_, _ = w.Write([]byte(in))
		_ = w.Close()
		if got := strings.TrimSuffix(out.String(), "\n"); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestWriterHidesSecrets(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := inert.NewWriter(&out, inert.WriterOptions{Prefix: "train | ", Secrets: []string{"hunter22", "hunter22-long"}})
	long := strings.Repeat("x", 64<<10-3) + "hunter22" + strings.Repeat("y", 64<<10)
	for _, part := range []string{"pw=hun", "ter22\n", "hunter22-long\n", long, "\n"} {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	_ = w.Close()
	if strings.Contains(out.String(), "hunter22") || strings.Contains(out.String(), "***-long") {
		t.Error("a secret got through")
	}
	if !strings.HasPrefix(out.String(), "train | pw=***\ntrain | ***\n") {
		t.Errorf("got %.80q", out.String())
	}
}

func TestWriterStopsAtMax(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := inert.NewWriter(&out, inert.WriterOptions{Max: 10})
	_, _ = w.Write([]byte("12345\n678901234\n"))
	_ = w.Close()
	if got, want := out.String(), "12345\n… 9 more bytes of output are not shown\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// mention is what GitHub may take for one: an @ that does not follow a letter, digit or underscore.
var mention = regexp.MustCompile(`(^|[^0-9A-Za-z_.])@`)

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"@a", "a|b", "<b>", "`x`", "[a](b)", "\u202e", "http://x", ":tada:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := inert.Markdown(s)
		if strings.ContainsAny(got, "|<>`*[]\n\r\\") || mention.MatchString(got) {
			t.Errorf("Markdown(%q) = %q", s, got)
		}
		for _, r := range got {
			if r != ' ' && !unicode.IsGraphic(r) {
				t.Errorf("Markdown(%q) shows %U", s, r)
			}
		}
		code := inert.Code(s)
		if strings.ContainsAny(code, "|\n") {
			t.Errorf("Code(%q) = %q", s, code)
		}
	})
}

// counter takes any number of bytes and remembers how many.
type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// Output beyond Max costs next to nothing, is counted, and is never kept.
func TestWriterCountsWhatItDoesNotShow(t *testing.T) {
	t.Parallel()
	var out counter
	w := inert.NewWriter(&out, inert.WriterOptions{Prefix: "s | ", Secrets: []string{"hunter22"}, Max: 1 << 20})
	chunk := []byte(strings.Repeat(strings.Repeat("x", 127)+"\n", 8<<10)) // 1 MiB
	for range 10 << 10 {
		if n, err := w.Write(chunk); n != len(chunk) || err != nil {
			t.Fatal(n, err)
		}
	}
	_ = w.Close()
	if out < 1<<20 || out > 1<<20+64<<10 {
		t.Errorf("%d bytes are shown", out)
	}
}
