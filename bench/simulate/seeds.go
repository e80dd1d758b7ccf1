package main

import (
	"math/rand/v2"

	"github.com/mlgate/mlgate/internal/mlgate"
)

const (
	runsBefore = 20    // how long a history the rules of other tools have
	deviation  = 0.005 // of the true accuracy over seeds
)

// place is where histories are drawn: so many examples, and models of so many seeds in each run.
type place struct{ n, seeds int }

// said is what every rule says of the histories of a place and a drop.
type said struct {
	plain, sure       answers // the gate, without and with confidence
	ratio, z, t, iqrs float64 // shares of alarms
}

// simulate draws histories, each with a change for every drop, and asks every rule. The same seed gives the
// same, whatever else is simulated.
func (p place) simulate(histories int, seed uint64) []said {
	src := rand.New(rand.NewPCG(seed, uint64(p.n)<<8|uint64(p.seeds)))
	out := make([]said, len(drops))
	before := training{accuracy, deviation, p.n}
	confident := p.confident()
	tLimit := tOf(runsBefore)
	share := 1 / float64(histories)
	for range histories {
		history := make([]float64, runsBefore)
		var base []float64
		for i := range history {
			base = before.run(src, p.seeds)
			history[i] = mean(base)
		}
		for i, d := range drops {
			head := training{accuracy - d, deviation, p.n}.run(src, p.seeds)
			out[i].ask(head, base, history, p.n, confident, tLimit, share)
		}
	}
	return out
}

// confident asks the gate with confidence; of counted hits by the p-values that it takes, once for each pair of counts.
func (p place) confident() func(head, base mlgate.Metric) mlgate.Status {
	says, known := surely(p.n, p.n, allowed), map[[2]int64]mlgate.Status{}
	return func(head, base mlgate.Metric) mlgate.Status {
		if head.Hits == nil {
			return judge(sure(allowed), head, base)
		}
		at := [2]int64{*head.Hits, *base.Hits}
		if _, is := known[at]; !is {
			known[at] = says(int(at[0]), int(at[1]))
		}
		return known[at]
	}
}

func (s *said) ask(head, base, history []float64, n int, confident func(head, base mlgate.Metric) mlgate.Status, tLimit, share float64) {
	h, b := measured(head, n), measured(base, n)
	s.plain.count(judge(plain(allowed), h, b), share)
	s.sure.count(confident(h, b), share)
	now := mean(head)
	alarm(&s.ratio, ratioRule(history, now), share)
	alarm(&s.z, below(history, now, zOf), share)
	alarm(&s.t, below(history, now, tLimit), share)
	alarm(&s.iqrs, iqrRule(history, now), share)
}

func alarm(to *float64, is bool, share float64) {
	if is {
		*to += share
	}
}

// measured is the metric of a job: counted hits of one model, or the repeats of several.
func measured(run []float64, n int) mlgate.Metric {
	if len(run) == 1 {
		return counted(int(run[0]*float64(n)+0.5), n)
	}
	m := mlgate.Metric{Value: mlgate.Number(mean(run)), N: int64(n)}
	for _, x := range run {
		m.Repeats = append(m.Repeats, mlgate.Number(x))
	}
	return m
}

func (a *answers) count(s mlgate.Status, share float64) {
	switch s {
	case mlgate.Fail:
		a.fails += share
	case mlgate.Pass:
		a.passes += share
	default:
		a.open += share
	}
}
