package doctor

import (
	"fmt"
	"strings"
)

// use is one `uses:` of a workflow.
type use struct {
	line          int
	action, ref   string
	text          string // its step, up to the next
	pinned, image bool
}

// uses finds them by line: a workflow that GitHub would not read is read here as well.
func uses(text string) []use {
	var all []use
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		before, after, ok := strings.Cut(l, "uses:")
		if !ok || strings.Contains(before, "#") {
			continue
		}
		name := strings.FieldsFunc(after, func(r rune) bool { return strings.ContainsRune(" \t\"',}", r) })
		if len(name) == 0 {
			continue
		}
		u := use{line: i + 1, text: step(lines[i:])}
		u.action, u.ref, _ = strings.Cut(name[0], "@")
		u.pinned = hex(u.ref, 40) || hex(strings.TrimPrefix(u.ref, "sha256:"), 64)
		u.image = strings.HasPrefix(u.action, "docker://")
		all = append(all, u)
	}
	return all
}

// step is the text up to the next item of the list.
func step(lines []string) string {
	for i, l := range lines[1:] {
		if strings.HasPrefix(strings.TrimSpace(l), "- ") {
			return strings.Join(lines[:i+1], "\n")
		}
	}
	return strings.Join(lines, "\n")
}

func hex(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789abcdef") == ""
}

// ours reports whether an action is mlgate's.
func (u use) ours() bool {
	name := strings.TrimSuffix(u.action, "/setup")
	if u.image {
		name, _, _ = strings.Cut(strings.TrimPrefix(u.action, "docker://"), ":")
	}
	return strings.HasSuffix(name, "/mlgate")
}

// shallowCheckout is the line of a checkout of one commit in a workflow that runs mlgate; 0: none.
func shallowCheckout(text string) int {
	if !strings.Contains(text, "mlgate run") && !strings.Contains(text, "mlgate ci") {
		return 0
	}
	for _, u := range uses(text) {
		if u.action == "actions/checkout" && !strings.Contains(strings.ReplaceAll(u.text, " ", ""), "fetch-depth:0") {
			return u.line
		}
	}
	return 0
}

// pins judges how mlgate's own actions are named. A branch is other code with every commit: a fault. A
// tag, as the examples have it, is what the release says until somebody moves it: the commit is safer.
func pins(f Facts) []Finding {
	const name = "action"
	var worst *Finding
	seen := false
	for _, w := range f.Workflow {
		for _, u := range uses(w.Text) {
			if !u.ours() {
				continue
			}
			seen = true
			if u.pinned || worst != nil && (worst.State == Fault || u.release()) {
				continue
			}
			worst = &Finding{name, Fault, fmt.Sprintf("%s:%d uses %s at %q, which can be moved to other code", w.Path, u.line, u.action, u.ref),
				fmt.Sprintf("uses: %s@<the 40 characters of the release's commit> # %s", u.action, u.ref)}
			if u.release() {
				worst.State = Advice
			}
		}
	}
	switch {
	case worst != nil:
		return []Finding{*worst}
	case seen:
		return []Finding{{name, Fine, "mlgate's actions are pinned by commit", ""}}
	}
	return []Finding{{name, Skipped, "no workflow uses mlgate's actions", "mlgate init writes one"}}
}

// release reports whether a ref has the form of a release's tag: v1, v1.2, v1.2.3.
func (u use) release() bool {
	ref := u.ref
	if u.image { // docker://host/mlgate:v1
		ref = u.action[strings.LastIndexByte(u.action, ':')+1:]
	}
	rest, ok := strings.CutPrefix(ref, "v")
	return ok && rest != "" && strings.Trim(rest, "0123456789.") == ""
}
