package mlgate

import (
	"cmp"
	"slices"
	"strings"
)

// CheckStatus says how a check ended. The words stand in evidence.
type CheckStatus string

// How a check ended. Only CheckPassed is a yes.
const (
	CheckPassed  CheckStatus = "pass"
	CheckFailed  CheckStatus = "fail"
	CheckWarned  CheckStatus = "warn"    // it failed, and its author wrote that this is no more than a warning
	CheckError   CheckStatus = "error"   // it could not be made
	CheckSkipped CheckStatus = "skipped" // it was not made
)

// CheckStatuses lists the words, worst first.
var CheckStatuses = []CheckStatus{CheckError, CheckFailed, CheckWarned, CheckSkipped, CheckPassed}

// MaxChecks is how many checks evidence holds by name. MaxCheckText is how long the name of one, and its
// message, may be, in bytes: a name fits into a waiver.
const (
	MaxChecks    = 10_000
	MaxCheckText = 280
)

// Check is one thing that a tool tested: a test case, an expectation, a rule.
type Check struct {
	Name    string      `json:"name"`               // unique; begins with the prefix of its file, or the tool, and a slash
	Status  CheckStatus `json:"status"`             // "pass", "fail", "warn", "error" or "skipped"
	Message string      `json:"message,omitempty"`  // what the tool said, cut
	File    string      `json:"file,omitempty"`     // it was read from
	Bad     bool        `json:"bad_only,omitempty"` // the tool names it only when something is wrong: its absence is no loss
}

// KeepChecks sorts checks by name and keeps MaxChecks of them: first those that did not pass. More is how
// many were left out.
func KeepChecks(all []Check) (kept []Check, more int) {
	byName := func(a, b Check) int { return strings.Compare(a.Name, b.Name) }
	if more = max(0, len(all)-MaxChecks); more > 0 {
		slices.SortFunc(all, func(a, b Check) int {
			return cmp.Or(cmp.Compare(slices.Index(CheckStatuses, a.Status), slices.Index(CheckStatuses, b.Status)), byName(a, b))
		})
		all = all[:MaxChecks]
	}
	slices.SortFunc(all, byName)
	return all, more
}

// Check finds a check by name; they are sorted by it.
func (e *Evidence) Check(name string) (Check, bool) {
	i, ok := slices.BinarySearchFunc(e.Checks, name, func(c Check, name string) int { return strings.Compare(c.Name, name) })
	if !ok {
		return Check{}, false
	}
	return e.Checks[i], true
}
