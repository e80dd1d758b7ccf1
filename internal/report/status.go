package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// StatusText writes a status for a terminal.
func StatusText(s Status) string { return statusPaper(s).text() }

// StatusMarkdown writes a status as Markdown.
func StatusMarkdown(s Status) string { return statusPaper(s).markdown() }

// StatusJSON is {"format":1,"status":{…}}.
func StatusJSON(s Status) ([]byte, error) { return document("status", s) }

func statusPaper(s Status) paper {
	p := paper{title: fmt.Sprintf("%s: %s is at %s", s.Model, s.Branch, clip(s.Tip))}
	x := part{table: [][]string{{"stage", "version", "since", "moved by", s.Branch}}}
	x.fact("verdict", "%s", newestWords(s))
	for _, g := range s.Stages {
		since := ""
		if g.Version != "" {
			since = when(g.Since)
		}
		by := g.By + with(", ", g.Why)
		if g.Foreign {
			by = g.By + ", not by mlgate"
		}
		x.table = append(x.table, []string{g.Stage, cmp.Or(g.Version, "empty"), since, strings.TrimPrefix(by, ", "), g.beside()})
	}
	p.parts = append(p.parts, x)
	var more part
	for _, g := range s.Stages {
		if h := g.Hold; h != nil {
			more.fact("held", "%s by %s since %s: %s; `mlgate unhold %s --reason …` lifts it", g.Stage, cmp.Or(h.By, "somebody"), when(h.At), h.Reason, g.Stage)
		}
	}
	for _, g := range s.Stages {
		if h := g.Lifted; h != nil {
			more.fact("lifted", "%s %s", g.Stage, lifted(*h))
		}
	}
	for _, m := range s.Open {
		more.fact("open", "%s → %s (%s%s, %s): neither done nor lost; the next promotion closes move %s", m.Version, m.Stage, m.Why, with(" by ", m.By), when(m.At), m.ID)
	}
	if len(s.Stages) == 0 {
		more.fact("stages", "none: nothing stands under `promote`, and nothing was promoted")
	}
	more.fact("note", "%s", strings.Join(s.Notes, "; "))
	p.parts = append(p.parts, more)
	return p
}

func newestWords(s Status) string {
	switch v := s.Newest; {
	case v == nil:
		return "no push was judged yet"
	case s.Behind == 1:
		return v.words() + fmt.Sprintf(", on %s; 1 commit came after it and is not judged", clip(v.Commit))
	case s.Behind > 1:
		return v.words() + fmt.Sprintf(", on %s; %d commits came after it and are not judged", clip(v.Commit), s.Behind)
	default:
		return v.words()
	}
}

// beside tells how the branch's tip stands to what is in the stage.
func (g StageStatus) beside() string {
	recipe := map[string]string{"same": ", same recipe", "other": ", other recipe"}[g.Recipe]
	switch {
	case g.Tip == "same":
		return "the same commit"
	case g.Tip == "apart":
		return "does not come from it" + recipe
	case g.Tip == "ahead" && g.Ahead == 1:
		return "1 commit ahead" + recipe
	case g.Tip == "ahead" && g.Ahead > 1:
		return fmt.Sprintf("%d commits ahead%s", g.Ahead, recipe)
	case g.Tip == "ahead":
		return "ahead" + recipe
	}
	return ""
}

// HistoryMarkdown lists assignments as Markdown, in the order given.
func HistoryMarkdown(model string, all []HistoryRow) string {
	p := paper{title: model + ": nothing was promoted yet"}
	if len(all) > 0 {
		p.title = model + ", newest first"
		x := part{table: [][]string{{"when", "what", "commit", "why", "by", "evidence", "tag"}}}
		for _, r := range all {
			x.table = append(x.table, []string{when(r.At), r.What, fmt.Sprintf("%.7s", r.Commit), r.why(), r.who(), mlgate.Digest(r.Evidence).Short(), r.Ref})
		}
		p.parts = []part{x}
	}
	return p.markdown()
}

// HistoryJSON is {"format":1,"history":{"model":…,"moves":[…],"holds":[…]}}.
func HistoryJSON(model string, all []HistoryRow) ([]byte, error) {
	moves, holds := []HistoryRow{}, []mlgate.Hold{}
	for _, r := range all {
		if r.Hold != nil {
			holds = append(holds, *r.Hold)
		} else {
			moves = append(moves, r)
		}
	}
	return document("history", map[string]any{"model": model, "moves": moves, "holds": holds})
}
