package report

import (
	"math"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// picture is one gated metric of both sides as far as each is known, beside what is allowed. It holds
// numbers alone: nothing foreign can be in what is drawn of it.
type picture struct {
	metric     string // foreign, for a heading outside of the drawing
	base, head known
	change     *mlgate.Test
	from, to   float64 // what is allowed; infinite where there is no limit
	low, high  float64 // of the axis
}

// known is a number with how well it is known: by repeats, or else by a standard error; 0: as it is.
type known struct {
	value   float64
	stderr  float64
	repeats []float64
	beside  string // what the metric says of it, as in the table
}

// pictureOf puts a gate's numbers side by side; false: there is nothing to be seen that the numbers do not
// say, as where one side is missing or neither knows of chance.
func pictureOf(g mlgate.GateResult, head, base *mlgate.Evidence) (picture, bool) {
	if g.Head == nil || g.Base == nil || head == nil || base == nil || !g.Head.Finite() || !g.Base.Finite() {
		return picture{}, false
	}
	h, _ := head.Metric(g.Metric)
	b, _ := base.Metric(g.Metric)
	h.Value, b.Value = *g.Head, *g.Base
	p := picture{metric: g.Metric, head: knownOf(h), base: knownOf(b), from: math.Inf(-1), to: math.Inf(1)}
	if g.Test != nil && !g.Test.Number {
		p.change = g.Test
	}
	for _, l := range g.Limits {
		if v := float64(l.Value); l.Op == ">=" {
			p.from = math.Max(p.from, v)
		} else {
			p.to = math.Min(p.to, v)
		}
	}
	if p.change == nil && (!p.head.spread() || !p.base.spread()) {
		return picture{}, false
	}
	return p, p.scale()
}

func knownOf(m mlgate.Metric) known {
	k := known{value: float64(m.Value), beside: certainty(m)}
	for _, r := range m.Repeats {
		k.repeats = append(k.repeats, float64(r))
	}
	finite := !slices.ContainsFunc(m.Repeats, func(r mlgate.Number) bool { return !r.Finite() })
	switch {
	case len(k.repeats) > 1 && finite:
		return k
	case m.Counted(): // one more hit and one more miss: all of ten right is no certainty
		share := float64(*m.Hits+1) / float64(m.N+2)
		k.stderr = math.Sqrt(share * (1 - share) / float64(m.N))
	case m.Stderr != nil && m.Stderr.Finite() && *m.Stderr > 0:
		k.stderr = float64(*m.Stderr)
	}
	k.repeats = nil
	return k
}

func (k known) spread() bool { return k.stderr > 0 || len(k.repeats) > 0 }

// widths is how many standard errors of a number are drawn on either side.
const widths = 2.5

func (k known) ends() []float64 {
	return append([]float64{k.value - widths*k.stderr, k.value + widths*k.stderr}, k.repeats...)
}

// scale lays the axis around the data, and around a limit that is not far away; false: it has no length
// that can be drawn.
func (p *picture) scale() bool {
	ends := append(p.base.ends(), p.head.ends()...)
	if t := p.change; t != nil && t.Low.Finite() && t.High.Finite() {
		ends = append(ends, p.base.value+float64(t.Low), p.base.value+float64(t.High))
	}
	p.low, p.high = slices.Min(ends), slices.Max(ends)
	for _, l := range []float64{p.from, p.to} {
		if near := 1.5 * (p.high - p.low); math.Abs(l-p.low) <= near || math.Abs(l-p.high) <= near {
			p.low, p.high = math.Min(p.low, l), math.Max(p.high, l)
		}
	}
	length := p.high - p.low
	return length > 1e-9*math.Max(math.Abs(p.low), math.Abs(p.high)) && !math.IsInf(length, 0)
}

// digits is how many decimals tell two columns of the axis apart.
func (p picture) digits() int { return decimals((p.high-p.low)/columns, 1) }

func (p picture) show(f float64) string {
	n := mlgate.Number(f)
	return value(&n, p.digits())
}

// allowed says the limits in words.
func (p picture) allowed() string {
	var said []string
	for _, l := range []struct {
		op string
		at float64
	}{{"≥ ", p.from}, {"≤ ", p.to}} {
		if !math.IsInf(l.at, 0) {
			said = append(said, l.op+p.show(l.at))
		}
	}
	return strings.Join(said, ", ")
}

// pictures are those of the gates that people must look at, the worst first, and at most so many.
func pictures(o mlgate.Outcome, most int) []picture {
	var out []picture
	for _, status := range []mlgate.Status{mlgate.Fail, mlgate.Inconclusive, mlgate.Warn} {
		for _, g := range o.Gates {
			if len(out) == most {
				return out
			}
			if g.Status != status || g.Waived != nil {
				continue
			}
			if p, ok := pictureOf(g, o.Evidence, o.BaseEvidence); ok {
				out = append(out, p)
			}
		}
	}
	return out
}

// pictures show how far the noise of the worst gates reaches, folded away.
func (p page) pictures() {
	if p.level < pictured || len(p.rows.pictures) == 0 {
		return
	}
	p.line("\n<details><summary>How sure the numbers are</summary>")
	for _, x := range p.rows.pictures {
		p.line("\n**%s**\n\n```text\n%s\n```", inert.Markdown(inert.Clip(x.metric, 120)), strings.Join(x.lines(), "\n"))
		if chart, legend := x.mermaid(); chart != "" {
			p.line("\n```mermaid\n%s```\n\n%s", chart, legend)
		}
	}
	p.line("\n</details>")
}
