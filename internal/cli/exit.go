package cli

import (
	"errors"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Exit codes are API: pipelines branch on them.
const (
	exitOK        = 0 // passed, passed with warnings, not affected, not judged, superseded
	exitBlocked   = 1 // the answer is no, or a step failed
	exitUsage     = 2 // the configuration or the command is wrong: no verdict
	exitUndecided = 3 // could not find out: network, crash, cancelled, ledger unreadable
	exitWaiting   = 4 // not yet: bundle absent or of another recipe, merge conflict, held
)

// exitOf decides the exit code of a judgment. `enforce: warn` blocks nothing.
func exitOf(v mlgate.Verdict, warnOnly bool) int {
	switch v.Word {
	case mlgate.Passed, mlgate.PassedWarnings, mlgate.TooNoisy, mlgate.NotJudged, mlgate.NotAffected, mlgate.Superseded:
		return exitOK
	case mlgate.Blocked:
		if warnOnly {
			return exitOK
		}
		return exitBlocked
	case mlgate.WaitingFor:
		return exitWaiting
	case mlgate.Misconfigured:
		return exitUsage
	}
	return exitUndecided
}

// exitOfError decides the exit code of a command that ended without a verdict. What the user can
// mend is usage; everything else is "could not find out".
func exitOfError(err error) int {
	var (
		mistake *mlgate.Mistake
		waiting *mlgate.Waiting
		code    exitError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &waiting):
		return exitWaiting
	case errors.As(err, &mistake):
		return exitUsage
	}
	return exitUndecided
}

// exitError ends a command with a code when everything was already told.
type exitError int

func (e exitError) Error() string { return "" }
