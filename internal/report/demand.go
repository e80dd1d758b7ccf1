package report

import (
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// computed says how a gate computes its metric; nothing where it does not.
func computed(d *mlgate.Derived) []string {
	switch {
	case d == nil:
		return nil
	case d.Over != "":
		return []string{string(d.Kind) + " " + d.Over}
	}
	return []string{string(d.Kind) + " of " + strings.Join(d.Of, " and ")}
}

// maxSaid results of one gate are told in a line, the worst first.
const maxSaid = 3

// few is what the first results say, and how many there are.
func few(gates []mlgate.GateResult) []string {
	var said []string
	if len(gates) > maxSaid {
		said = append(said, fmt.Sprintf("%d metrics, the worst first", len(gates)))
	}
	for _, g := range gates[:min(len(gates), maxSaid)] {
		said = append(said, g.Message)
	}
	return said
}
