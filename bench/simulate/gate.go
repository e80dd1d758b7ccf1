package main

import (
	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// The one gate that is simulated: what `accuracy: {max_drop: MARGIN, confidence: 0.95}` means, and the
// same without `confidence`.
const confidence = 0.95

func plain(margin float64) mlgate.GateRule {
	return mlgate.GateRule{Pattern: "accuracy", Better: mlgate.Higher, MaxDrop: &mlgate.Bound{Value: margin}, Severity: mlgate.Fail}
}

func sure(margin float64) mlgate.GateRule {
	r := plain(margin)
	r.Confidence = confidence
	return r
}

// judge asks internal/gate, with evidence of one metric on both sides.
func judge(r mlgate.GateRule, head, base mlgate.Metric) mlgate.Status {
	head.Name, base.Name = r.Pattern, r.Pattern
	return gate.Judge([]mlgate.GateRule{r}, &mlgate.Evidence{Metrics: []mlgate.Metric{head}}, &mlgate.Evidence{Metrics: []mlgate.Metric{base}})[0].Status
}

// counted is a share of n examples.
func counted(hits, n int) mlgate.Metric {
	h := int64(hits)
	return mlgate.Metric{Value: mlgate.Number(float64(hits) / float64(n)), N: int64(n), Hits: &h}
}

// answers are the shares of histories in which a rule fails the change, passes it, and cannot say.
type answers struct{ fails, passes, open float64 }

// right is the share of histories in which the rule says what is true.
func (a answers) right(margin, drop float64) float64 {
	if drop > margin {
		return a.fails
	}
	return a.passes
}
