package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// mostNamed is how many tags of other tools a text names.
const mostNamed = 20

// VerifiedText writes for a terminal what became of looking through one model's ledger.
func VerifiedText(v mlgate.Verified) string {
	var b strings.Builder
	line := func(label, format string, args ...any) {
		fmt.Fprintf(&b, "  %-7s %s\n", label, inert.Line(fmt.Sprintf(format, args...)))
	}
	switch n := len(v.Broken); n {
	case 0:
		fmt.Fprintf(&b, "%s: whole\n", inert.Line(v.Model))
	case 1:
		fmt.Fprintf(&b, "%s: 1 thing is broken\n", inert.Line(v.Model))
	default:
		fmt.Fprintf(&b, "%s: %d things are broken\n", inert.Line(v.Model), n)
	}
	if v.Head == "" {
		line("ledger", "none")
	} else {
		var kinds []string
		for _, k := range v.Records {
			kinds = append(kinds, fmt.Sprintf("%s %d", k.What, k.N))
		}
		line("ledger", "%s, %s; records: %s", clip(v.Head), counted(v.Commits, "commit"), strings.Join(kinds, ", "))
	}
	tags := counted(v.Tags, "tag") + " of moves"
	if v.Foreign > 0 {
		tags += fmt.Sprintf(", and %d of other tools, of which the ledger knows nothing", v.Foreign)
	}
	line("tags", "%s", tags)
	if n := len(v.OnStages); n > 0 {
		newest := slices.Clone(v.OnStages[max(0, n-mostNamed):])
		slices.Reverse(newest)
		more := ""
		if n > mostNamed {
			more = fmt.Sprintf(", and %d before", n-mostNamed)
		}
		line("others", "on stages: %s%s", strings.Join(newest, ", "), more)
	}
	for _, m := range v.Open {
		line("open", "%s: neither done nor lost; the next promotion closes it", m)
	}
	var fixes []string
	for _, x := range v.Broken {
		line("BROKEN", "%s: %s", x.At, x.Why)
		if !slices.Contains(fixes, x.Fix) {
			fixes = append(fixes, x.Fix)
		}
	}
	for _, fix := range fixes {
		line("fix", "%s", fix)
	}
	return b.String()
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// VerifiedJSON is {"format":1,"verified":[…]}.
func VerifiedJSON(all []mlgate.Verified) ([]byte, error) { return document("verified", all) }
