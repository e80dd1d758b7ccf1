package report

import (
	"cmp"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// sheet is one outcome as the page shows it. Its texts are foreign: the page neutralises each.
type sheet struct {
	Model, Tone, Word, Cause, Counts string
	Lead, ToDo                       string
	DemandsFrom, Preview             string
	Rules, Changes                   []mlgate.ValueChange
	Open, Folded                     []sheetRow
	Why                              string // they are folded
	Drawn                            []drawn
	Baseline                         string
	Findings                         []mlgate.Finding
	Facts                            [][2]string
	Commit                           string
	Demands                          []string
	Footer, Link                     string
}

// drawn is the drawing of one metric.
type drawn struct {
	Metric string
	Lines  []string
}

type sheetRow struct {
	Chip, Tone, Metric, Base, Head, Change, Allowed, Trend string // an empty Chip: no gate
}

// HTML is the report as one page that needs nothing else: no script, no font, no image, no server. It
// tells the same facts as Markdown, and leaves nothing out.
func HTML(outs []mlgate.Outcome) ([]byte, error) {
	var titles []string
	var sheets []sheet
	for _, o := range outs {
		titles = append(titles, heading(o))
		sheets = append(sheets, sheetOf(o))
	}
	var p webpage
	p.write(inert.Clip(strings.Join(titles, "; "), 200), sheets)
	return unmarked([]byte(p.String()), xmlHash), nil
}

// tone is how bad a finding looks.
func tone(f mlgate.Finding) string {
	switch {
	case f.Waived != nil || f.Status == mlgate.Inconclusive:
		return "calm"
	case f.Status == mlgate.Pass:
		return "good"
	case f.Status == mlgate.Warn:
		return "mind"
	}
	return "bad"
}

// chip is a finding's word.
func chip(f mlgate.Finding) string {
	if f.Waived != nil {
		return "waived"
	}
	return f.Status.String()
}

var verdictTones = map[mlgate.Word]string{
	mlgate.Passed: "good", mlgate.PassedWarnings: "mind", mlgate.TooNoisy: "mind", mlgate.Blocked: "bad", mlgate.CouldNotDecide: "bad", mlgate.Misconfigured: "bad",
}

func sheetOf(o mlgate.Outcome) sheet {
	s := sheet{
		Model: cmp.Or(o.Model, "mlgate"), Word: string(o.Verdict.Word), Tone: cmp.Or(verdictTones[o.Verdict.Word], "calm"),
		Counts: strings.TrimPrefix(counts(o), " · "), DemandsFrom: cmp.Or(o.DemandsFrom, "none: no verdict was reached"), Preview: o.Preview,
		Baseline: inert.Clip(cmp.Or(o.Baseline.Label, "baseline"), 40), Findings: o.Findings, Facts: facts(o), Commit: cmp.Or(o.Commit, o.Change.Head),
		Footer: "mlgate " + o.Version + " · " + o.Judged.UTC().Format("2006-01-02 15:04 UTC"),
	}
	if u := o.Change.Run.URL; strings.HasPrefix(u, "https://") {
		s.Link = u
	}
	s.Cause = strings.TrimPrefix(heading(o), inert.Line(s.Model+": "+s.Word))
	if all := worst(o); len(all) > 0 {
		s.Lead, s.ToDo = all[0].Message, all[0].Fix
	} else if n := len(o.Findings); n > 0 && o.Verdict.Word == mlgate.WaitingFor {
		s.Lead, s.Findings = o.Findings[n-1].Message, o.Findings[:n-1]
	}
	for _, c := range o.DemandChanges {
		s.Rules = append(s.Rules, mlgate.ValueChange{Name: c.Name, Old: cmp.Or(c.Old, "none"), New: cmp.Or(c.New, "removed")})
	}
	for _, c := range changes(o) {
		f := strings.Split(c, "\x00")
		s.Changes = append(s.Changes, mlgate.ValueChange{Name: f[0], Old: cmp.Or(f[1], "(none)"), New: cmp.Or(f[2], "(none)")})
	}
	for _, d := range o.DemandsDigest {
		s.Demands = append(s.Demands, d.Short())
	}
	open, folded := fold(rows(o))
	s.Open, s.Folded, s.Why = sheetRows(open), sheetRows(folded), folds(folded)
	for _, p := range pictures(o, maxParts) {
		s.Drawn = append(s.Drawn, drawn{p.metric, p.lines()})
	}
	return s
}

func sheetRows(all []row) []sheetRow {
	var out []sheetRow
	for _, r := range all {
		x := sheetRow{Metric: r.metric, Base: r.base, Head: r.head, Change: r.change, Allowed: r.allowed, Trend: strings.TrimSpace(trendWord(r.trend))}
		if r.gated {
			x.Chip, x.Tone = chip(r.said), tone(r.said)
		}
		out = append(out, x)
	}
	return out
}
