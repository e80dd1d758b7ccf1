package attack

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

// parcel is a bundle as an attacker handles it: the index, the evidence, and what else is put in.
type parcel struct {
	index, evidence map[string]any
	raw             func(string) string // last touch on the evidence's bytes; nil: none
	digest          string              // empty: the right one
	more            []tar.Header        // beside what belongs there
}

// hostile makes a bundle that keeps its own books right, unless the books are the attack:
// hostile HOW FROM TO [ARG].
func hostile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: hostile HOW FROM TO [ARG]")
	}
	arg := ""
	if len(args) > 3 {
		arg = args[3]
	}
	how, ok := hows[args[0]]
	if !ok {
		ts.Fatalf("no such bundle: %s", args[0])
	}
	data, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	p, err := open(data)
	ts.Check(err)
	if p.evidence == nil {
		ts.Fatalf("%s holds no evidence: no step ran", args[1])
	}
	how(&p, arg)
	out, err := p.pack()
	ts.Check(err)
	if args[0] == "cut" {
		out = out[:len(data)/2]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out, 0o600))
}

func open(data []byte) (parcel, error) {
	var p parcel
	for tr := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		if err != nil {
			return p, err
		}
		to := &p.evidence
		if h.Name == "bundle.json" {
			to = &p.index
		}
		if err := json.NewDecoder(tr).Decode(to); err != nil {
			return p, err
		}
	}
}

func (p parcel) pack() ([]byte, error) {
	body, err := json.Marshal(p.evidence)
	if err != nil {
		return nil, err
	}
	body = ascii(body)
	if p.raw != nil {
		body = []byte(p.raw(string(body)))
	}
	sum := sha256.Sum256(body)
	if p.digest == "" {
		p.digest = hex.EncodeToString(sum[:])
	}
	p.index["evidence"] = p.digest
	head, err := json.Marshal(p.index)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	tw := tar.NewWriter(&out)
	put := func(h tar.Header, data []byte) {
		h.Mode, h.Format = 0o644, tar.FormatUSTAR
		err = errors.Join(err, tw.WriteHeader(&h))
		_, werr := tw.Write(data)
		err = errors.Join(err, werr)
	}
	put(tar.Header{Name: "bundle.json", Size: int64(len(head))}, head)
	put(tar.Header{Name: "evidence/" + p.digest + ".json", Size: int64(len(body))}, body)
	for _, h := range p.more {
		put(h, make([]byte, h.Size))
	}
	return out.Bytes(), errors.Join(err, tw.Close())
}

// ascii is the form in which mlgate writes evidence.
func ascii(data []byte) []byte {
	var b []byte
	for _, r := range string(data) {
		if r <= '~' {
			b = append(b, byte(r))
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			b = fmt.Appendf(b, `\u%04x`, u)
		}
	}
	return b
}

func (p *parcel) metrics() []any { return p.evidence["metrics"].([]any) }

func (p *parcel) add(name string, value float64) {
	p.evidence["metrics"] = append(p.metrics(), map[string]any{"name": name, "value": value})
}

// sort brings the metrics into the order in which mlgate writes them.
func (p *parcel) sort() {
	slices.SortStableFunc(p.metrics(), func(a, b any) int {
		return strings.Compare(a.(map[string]any)["name"].(string), b.(map[string]any)["name"].(string))
	})
}

var hows = map[string]func(*parcel, string){
	"same":      func(*parcel, string) {},
	"cut":       func(*parcel, string) {},
	"twice":     func(p *parcel, _ string) { p.more = []tar.Header{{Name: "bundle.json"}} },
	"traversal": func(p *parcel, _ string) { p.more = []tar.Header{{Name: "../../pwned", Size: 4}} },
	"absolute":  func(p *parcel, to string) { p.more = []tar.Header{{Name: to, Size: 4}} },
	"symlink": func(p *parcel, _ string) {
		p.more = []tar.Header{{Name: "evidence/x", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}}
	},
	"many": func(p *parcel, _ string) {
		for i := range 20 {
			p.more = append(p.more, tar.Header{Name: fmt.Sprint("f", i)})
		}
	},
	"huge":   func(p *parcel, _ string) { p.more = []tar.Header{{Name: "big", Size: 40 << 20}} },
	"digest": func(p *parcel, _ string) { p.digest = strings.Repeat("0", 64) },
	"deep": func(p *parcel, _ string) {
		p.raw = func(string) string { return strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000) }
	},
	"twokeys": func(p *parcel, _ string) {
		p.raw = func(s string) string {
			return strings.Replace(s, `"metrics":`, `"metrics":[{"name":"accuracy","value":0.1}],"metrics":`, 1)
		}
	},
	"infinite": func(p *parcel, _ string) {
		p.metrics()[0].(map[string]any)["value"] = json.Number("1e400")
	},
	"samename": func(p *parcel, _ string) {
		p.add("accuracy", 0.99)
		p.sort()
	},
	"nonumbers": func(p *parcel, _ string) { delete(p.evidence, "metrics") },
	"future":    func(p *parcel, _ string) { p.evidence["started"] = "9999-01-01T00:00:00Z" },
	"recipe": func(p *parcel, _ string) {
		p.index["recipe"], p.evidence["recipe"] = strings.Repeat("a", 64), strings.Repeat("a", 64)
	},
	"model": func(p *parcel, name string) { p.index["model"], p.evidence["model"] = name, name },
	"lift": func(p *parcel, _ string) {
		for _, m := range p.metrics() {
			if m := m.(map[string]any); m["name"] == "accuracy" {
				m["value"] = 0.999
			}
		}
	},
	"extends": func(p *parcel, _ string) {
		repeats := p.evidence["repeats"].(map[string]any)
		repeats["runs"], repeats["extends"] = "conclusive", map[string]any{"evidence": strings.Repeat("a", 64), "runs": 4}
		for _, m := range p.metrics() {
			m.(map[string]any)["runs"] = "conclusive"
		}
	},
	"gitfile": func(p *parcel, _ string) {
		p.evidence["repeats"].(map[string]any)["runs"] = "conclusive"
		for _, m := range p.metrics() {
			m.(map[string]any)["runs"], m.(map[string]any)["file"] = "conclusive", ".git"
		}
	},
	"flood": func(p *parcel, n string) {
		count, _ := strconv.Atoi(n)
		for i := range count {
			p.add(fmt.Sprintf("recall.%07d", i), 1)
		}
		p.sort()
	},
	"names": func(p *parcel, _ string) {
		for i, name := range nasty {
			p.add(name, float64(i))
		}
		p.sort()
		p.evidence["machine"] = "m\x1b[31m @ada <b>\n::error::m"
	},
}

// nasty names of metrics: each means something to Markdown, to GitHub, to a terminal or to a log.
var nasty = []string{
	"a|b`c`", "@mallory", "<!-- mlgate key=report run=1.1 -->", "x\n### forged\n- [x] ok", "::error::pwned", "##[error]pwned", "::set-output name=x::y",
	"\u202eevil\u200b", "\x1b[31mred\x1b[0m\x07", "http://evil.example/x", "www.evil.example", "[l](http://evil.example)", "![i](http://evil.example/x.png)",
	"</details>", "#1 GH-1", "acme/model#1", "%0A::set-output name=x::y", strings.Repeat("a", 400), ":tada:", "&#64;mallory", "\U000e0041tag", "**b** _i_ ~s~ $x$",
}
