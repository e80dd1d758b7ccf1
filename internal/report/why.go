package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Why writes an answer for a terminal.
func Why(a Answer) string { return whyPaper(a).text() }

// WhyMarkdown writes an answer as Markdown.
func WhyMarkdown(a Answer) string { return whyPaper(a).markdown() }

// WhyJSON is {"format":1,"answer":{…}}.
func WhyJSON(a Answer) ([]byte, error) { return document("answer", a) }

func whyPaper(a Answer) paper {
	var p paper
	switch {
	case a.Stage != nil:
		p = stagePaper(a.Model, *a.Stage, a.Now)
	case a.Version != nil:
		p = versionPaper(a.Model, *a.Version)
	case a.Rule != nil:
		p = rulePaper(a.Model, *a.Rule)
	case a.Commit != nil:
		p = commitPaper(a.Model, *a.Commit)
	}
	if len(a.Notes) > 0 {
		var x part
		x.fact("note", "%s", strings.Join(a.Notes, "; "))
		p.parts = append(p.parts, x)
	}
	return p
}

func stagePaper(model string, s StageAnswer, now time.Time) paper {
	p := paper{title: fmt.Sprintf("%s: nothing is in %s", model, s.Stage)}
	var x part
	if s.Version != "" {
		p.title = fmt.Sprintf("%s: %s is %s", model, s.Stage, s.Version)
		x.fact("since", "%s (%s)", when(s.Since), since(now.Sub(s.Since)))
		if s.Past {
			p.title = fmt.Sprintf("%s: %s was %s", model, s.Stage, s.Version)
			x.facts[0][1] = strings.TrimSuffix(when(s.Since)+", until "+when(s.Until), ", until "+when(time.Time{}))
		}
		x.fact("moved", "%s", moveWords(s))
		for _, a := range s.Approved {
			x.fact("approved", "by %s at %s%s", a.By, when(a.At), with(": ", a.Reason))
		}
		if len(s.Reviewed) > 0 {
			x.fact("reviewed", "the run was let go on by %s", strings.Join(s.Reviewed, ", "))
		}
		for _, o := range s.Overridden {
			x.fact("lifted", "%s, by %s at %s: %s (%s)", o.Rule, o.By, when(o.At), o.Reason, o.Link)
		}
	}
	if h := s.Hold; h != nil {
		p.title += ", held"
		x.fact("held", "by %s since %s: %s; `mlgate unhold %s --reason …` lifts it", cmp.Or(h.By, "somebody"), when(h.At), h.Reason, h.Stage)
	}
	if h := s.Lifted; h != nil {
		x.fact("lifted", "%s", lifted(*h))
	}
	if s.Gone != "" {
		p.title += ", and a tag is gone"
		x.fact("gone", "%s", s.Gone)
	}
	if s.Version == "" {
		x.fact("how", "%s", map[string]string{"merge": "a merge moves it", "manual": "`mlgate promote " + s.Stage + "` moves it"}[s.When])
		p.parts = append([]part{x}, beforePart(s.Before)...)
		return p
	}
	x.fact("commit", "%s", s.Commit)
	s.Grounds.write(&x)
	if s.Why == "rollback" {
		x.fact("", "a rollback is not judged anew: this is the verdict that let %s in before", s.Version)
	}
	x.fact("record", "tag %s%s%s", s.Ref, with(", move ", s.Move)+with(" ", s.Ended), with(", ledger ", clip(s.Ledger)))
	p.parts = append([]part{x}, s.Grounds.numbers()...)
	p.parts = append(p.parts, beforePart(s.Before)...)
	return p
}

// lifted says who ended a hold, when and why.
func lifted(h mlgate.Hold) string {
	return fmt.Sprintf("by %s at %s: %s", cmp.Or(h.By, "somebody"), when(h.At), cmp.Or(h.Reason, "no reason was given")) + with("; it accepts ", h.Adopted)
}

func moveWords(s StageAnswer) string {
	if s.Why == "" {
		return fmt.Sprintf("by %s with another tool: the ledger knows no reason", cmp.Or(s.By, "somebody"))
	}
	text := map[string]string{"merge": "on a merge", "manual": "by hand", "rollback": "rolled back"}[s.Why]
	return cmp.Or(text, s.Why) + with(" by ", s.By) + with(", from ", cmp.Or(s.From, "empty")) + with(": ", s.Reason)
}

func versionPaper(model string, v VersionAnswer) paper {
	p := paper{title: fmt.Sprintf("%s %s", model, v.Version)}
	if v.Removed {
		p.title += " (taken back)"
	}
	if v.Gone {
		p.title += ": its tag is gone, and this is what the ledger knows"
	}
	if v.Made != "" {
		p.title += ": its tag was moved to another commit"
	}
	var x part
	x.fact("made", "%s%s", when(v.At), with(" by ", v.By))
	x.fact("commit", "%s", v.Commit)
	if v.Made != "" {
		x.fact("moved", "the ledger has %s for %s: somebody moved its tag, and what follows is of the commit where it is now; push it as it was from a clone that has it", v.Made, v.Version)
	}
	v.Grounds.write(&x)
	if v.Gone {
		x.fact("record", "move %s; push the version's tag again from a clone that has it", v.Move)
	} else {
		x.fact("record", "tag %s%s", v.Ref, with(", ledger ", clip(v.Ledger)))
	}
	p.parts = append(append([]part{x}, v.Grounds.numbers()...), v.stays())
	return p
}

// stays is where a version was.
func (v VersionAnswer) stays() part {
	stays := part{table: [][]string{{"stage", "from", "until", "moved by", "why"}}}
	for _, s := range v.Stays {
		until := "now"
		if !s.Until.IsZero() {
			until = when(s.Until)
		}
		why := cmp.Or(s.Why, "not by mlgate") + with(": ", s.Reason)
		if s.Gone {
			why = "its tag is gone; " + why
		}
		stays.table = append(stays.table, []string{s.Stage, when(s.From), until, strings.TrimPrefix(s.By+with("; ", s.words()), "; "), why})
	}
	stays.heading = "Where it was"
	if len(v.Stays) == 0 {
		stays.heading = "It was never in a stage"
	}
	return stays
}

// write adds what a version stands on.
func (g Grounds) write(x *part) {
	if e := g.Evidence; e == nil {
		x.fact("evidence", "%s%s", cmp.Or(clip(string(g.Digest)), "none"), with(": ", g.Missing))
	} else {
		run := with(", run ", e.Run.ID) + with(" ", e.Run.URL)
		x.fact("evidence", "%s: %s %s%s, recipe %s", clip(string(g.Digest)), e.Origin, when(e.Started), run, e.Recipe.Short())
		artifact := "none: source-only"
		if a := e.Artifact; a != nil {
			artifact = fmt.Sprintf("%s, %s, sha256 %s", a.Path, size(a.Size), a.SHA256)
		}
		x.fact("artifact", "%s", artifact)
	}
	if g.Verdict == nil {
		x.fact("verdict", "none is recorded")
		return
	}
	x.fact("verdict", "%s", g.Verdict.words())
	g.Verdict.rules(x)
}

func (v VerdictLine) words() string {
	return fmt.Sprintf("%s%s; %s%s, %s", v.Word, with(": ", v.Cause), v.event(), with(" by ", v.Actor), when(v.At))
}

func (v VerdictLine) event() string {
	switch {
	case v.Event == mlgate.PullRequest && v.Number > 0:
		return fmt.Sprintf("pull request #%d", v.Number)
	case v.Event == mlgate.MergeGroup && v.Number > 0:
		return fmt.Sprintf("merge queue, pull request #%d", v.Number)
	case v.Event == mlgate.Manual:
		return "asked for by hand" + with(", for ", v.Stage)
	}
	return strings.ReplaceAll(string(v.Event), "_", " ")
}

// rules says whose demands judged, and what was compared with.
func (v VerdictLine) rules(x *part) {
	for _, r := range v.Rules {
		x.fact("rules", "of %s, digest %s", r.Label, r.Digest.Short())
	}
	if b := v.Baseline; b.Digest != "" {
		x.fact("compared", "with %s at %s, evidence %s", b.Label, clip(b.Commit), b.Digest.Short())
	} else if v.Evidence != "" {
		x.fact("compared", "with nothing%s", with(": ", strings.TrimPrefix(skips(b.Skipped), ". ")))
	}
}

// maxPlain metrics that no gate judged are listed.
const maxPlain = 8

// numbers are what was judged, with the limits that held then, and what else was measured.
func (g Grounds) numbers() []part {
	x := part{heading: "Judged then", table: [][]string{{"", "metric", "was", "is", "allowed"}}, right: []int{2, 3}}
	gated := map[string]bool{}
	for _, r := range g.Gates {
		base, head, _ := Number(r.Base, r.Head, "")
		allowed := strings.Join(arithmetic(r, nil), ", ")
		if r.Status == mlgate.Inconclusive {
			allowed = strings.TrimPrefix(allowed+"; "+strings.TrimPrefix(r.Message, r.Metric+" "), "; ")
		}
		x.table = append(x.table, []string{mark(r.Finding), r.Metric, base, cmp.Or(head, "missing"), allowed + with("; ", excuse(r.Finding))})
		gated[r.Metric] = true
	}
	x.table = append(x.table, g.plain(gated)...)
	for _, f := range g.Findings {
		x.table = append(x.table, []string{mark(f), f.Rule, "", "", f.Message + with("; ", excuse(f))})
	}
	if len(x.table) == 1 {
		return nil
	}
	return []part{x}
}

// plain are the metrics that no gate was about.
func (g Grounds) plain(gated map[string]bool) [][]string {
	if g.Evidence == nil {
		return nil
	}
	var out [][]string
	left := 0
	for _, m := range g.Evidence.Metrics {
		switch {
		case gated[m.Name]:
		case len(out) == maxPlain:
			left++
		default:
			_, is, _ := Number(nil, &m.Value, "")
			out = append(out, []string{"", m.Name, "", is, "no gate"})
		}
	}
	if left > 0 {
		out = append(out, []string{"", fmt.Sprintf("and %d more", left), "", "", ""})
	}
	return out
}

func beforePart(rows []HistoryRow) []part {
	if len(rows) == 0 {
		return nil
	}
	x := part{heading: "Before", table: [][]string{{"when", "what", "why", "by"}}}
	for _, r := range rows {
		x.table = append(x.table, []string{when(r.At), r.What, r.why(), r.who()})
	}
	return []part{x}
}

func (r HistoryRow) why() string {
	if h := r.Hold; h != nil {
		return r.Reason + with("; it accepts ", h.Adopted)
	}
	if r.Foreign {
		return "not by mlgate"
	}
	why := r.Why + with(": ", r.Reason)
	if r.Untagged {
		why = "its tag is gone; " + why
	}
	return why
}

// with puts words before a text, if there is one.
func with(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}

// clip is a commit or digest for people.
func clip(s string) string { return s[:min(12, len(s))] }

// when is a time; that of a lightweight tag is nowhere.
func when(t time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// since is how long something lasts.
func since(d time.Duration) string {
	s := strings.TrimSuffix(age(d), " old")
	return strings.Replace(s, "just made", "just now", 1)
}
