package inert_test

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

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
		"GH-12 xgh-1-2":      "GH&#45;12 xgh&#45;1-2",
		"__b c__ ._d_. a_b":  "&#95;&#95;b c&#95;&#95; .&#95;d&#95;. a_b",
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

// active is what GitHub or GitLab would make something of, in a text without character references: a
// mention, an address, an issue by number or as GH-1, emphasis, code, HTML, a border of a table.
var active = regexp.MustCompile(`(^|[^0-9A-Za-z_.])@|(?i:www\.|:[^ ]|(^|[^0-9a-z])gh-[0-9])|(^|[^\pL\pN])_|_([^\pL\pN]|$)|[#!$&~^|<>{}*\[\]\\\n\r` + "`]")

var reference = regexp.MustCompile(`&#[0-9]+;`)

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"@a", "a|b", "<b>", "`x`", "[a](b)", "\u202e", "http://x", ":tada:", "fixes GH-12", "a@b.example", "&lt;b&gt;", "a/b#1", "<!-- x -->"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := inert.Markdown(s)
		if found := active.FindString(reference.ReplaceAllString(got, "\u00b7")); found != "" {
			t.Errorf("Markdown(%q) = %q, and %q means something", s, got, found)
		}
		if shown := html.UnescapeString(got); shown != inert.Line(s) {
			t.Errorf("Markdown(%q) is shown as %q", s, shown)
		}
		visible(t, got)
	})
}

// Inline code ends where it should, whatever stands in it, also in a cell of a table.
func FuzzCode(f *testing.F) {
	for _, s := range []string{"", "`", "a``b", " a ", "|", "\\|", "a\nb", "``` ```"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := inert.Code(s)
		fence := got[:len(got)-len(strings.TrimLeft(got, "`"))]
		if s == "" || len(got) < 2*len(fence) {
			return
		}
		inside := strings.TrimSuffix(strings.TrimPrefix(got, fence), fence)
		for run := range strings.FieldsFuncSeq(inside, func(r rune) bool { return r != '`' }) {
			if run == fence {
				t.Errorf("Code(%q) = %q ends early", s, got)
			}
		}
		if strings.ContainsAny(got, "|\n") || strings.HasPrefix(inside, "`") || strings.HasSuffix(inside, "`") || strings.Trim(inside, " ") != strings.Trim(strings.ReplaceAll(inert.Line(s), "|", "∣"), " ") {
			t.Errorf("Code(%q) = %q", s, got)
		}
		visible(t, got)
	})
}

// A line is one line of what can be seen, and as harmless a second time.
func FuzzLine(f *testing.F) {
	for _, s := range []string{"a\nb", "\x1b[31m", "\u202e", "\xff", "\u200b", "é", "\U000e0041"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := inert.Line(s)
		visible(t, got)
		if again := inert.Line(got); again != got {
			t.Errorf("Line(%q) = %q, and of that %q", s, got, again)
		}
		for n := range 20 {
			if clipped := inert.Clip(got, n); utf8.RuneCountInString(clipped) > n {
				t.Errorf("Clip(%q, %d) = %q", got, n, clipped)
			}
		}
	})
}

func visible(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%q is no UTF-8", s)
	}
	for _, r := range s {
		if r != ' ' && !unicode.IsGraphic(r) {
			t.Errorf("%q shows %U", s, r)
		}
	}
}

// However the bytes arrive, no line of the log begins a command, and no secret is in it.
func FuzzWriter(f *testing.F) {
	f.Add("::error::x\n", 3)
	f.Add("##[group]a\r::set-output name=a::b\n", 1)
	f.Add("pw=hunter22 git::https://h/p", 5)
	f.Fuzz(func(t *testing.T, s string, cut int) {
		var out bytes.Buffer
		w := inert.NewWriter(&out, inert.WriterOptions{Prefix: "p | ", Secrets: []string{"hunter22"}})
		cut = max(0, min(cut, len(s)))
		for _, part := range []string{s[:cut], s[cut:]} {
			if n, err := w.Write([]byte(part)); err != nil || n != len(part) {
				t.Fatal(n, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "hunter22") {
			t.Errorf("%q lets the secret through: %q", s, out.String())
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(out.String(), "\n"), "\n") {
			text := strings.TrimSpace(strings.TrimPrefix(line, "p | "))
			if strings.HasPrefix(text, "::") || strings.Contains(line, "##[") || out.Len() > 0 && !strings.HasPrefix(line, "p | ") {
				t.Errorf("%q is logged as %q", s, line)
			}
			visible(t, line)
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
