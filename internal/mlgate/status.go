package mlgate

import "fmt"

// Status is what a finding says. The zero value is the worst, so that a forgotten one blocks.
type Status int

// Worst first: the smallest status of all findings makes the verdict.
const (
	Unknown      Status = iota // could not be decided: network, crash, time
	Fail                       // says no
	Inconclusive               // too little data to say
	Warn                       // says yes, with a remark
	Pass                       // says yes
)

var statusNames = [...]string{"unknown", "fail", "inconclusive", "warn", "pass"}

func (s Status) String() string {
	if s < Unknown || s > Pass {
		return fmt.Sprintf("status(%d)", int(s))
	}
	return statusNames[s]
}

// MarshalText writes the status by name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name written by MarshalText; any other text is an error.
func (s *Status) UnmarshalText(b []byte) error {
	for i, n := range statusNames {
		if n == string(b) {
			*s = Status(i)
			return nil
		}
	}
	return fmt.Errorf("reading status %q: want unknown, fail, inconclusive, warn or pass", b)
}

// Word is a verdict in words, as people read it and as the ledger keeps it.
type Word string

// The verdicts. Their exit codes are decided in internal/cli/exit.go.
const (
	CouldNotDecide Word = "could not decide"
	Blocked        Word = "blocked"
	TooNoisy       Word = "too noisy to call"
	PassedWarnings Word = "passed with warnings"
	Passed         Word = "passed"
	NotJudged      Word = "not judged"
	NotAffected    Word = "not affected"
	WaitingFor     Word = "waiting"
	Superseded     Word = "superseded"
	Misconfigured  Word = "wrong configuration"
)

// Lets reports whether a push with this verdict may move a stage and may be the reference that
// later pushes are compared with.
func (w Word) Lets() bool {
	return w == Passed || w == PassedWarnings || w == TooNoisy || w == NotAffected
}
