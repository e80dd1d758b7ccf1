package governance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// consent is what the owners say of a change, as the status of every finding that is theirs to lift.
type consent struct {
	status    mlgate.Status
	said, fix string
}

// consent asks the owners. An approval counts when an owner gave it, on exactly this head and base
// branch, and had no hand in making the change.
func (f Facts) consent() consent {
	switch {
	case len(f.Owners) == 0:
		return consent{status: mlgate.Warn}
	case f.Asked == Nobody:
		return consent{mlgate.Warn, "on a pull request an owner must approve it (" + f.ownerNames() + ")", ""}
	case f.Asked == Silent:
		return consent{mlgate.Fail, "the forge could not be asked who approved it", "give the judging job a token with `pull-requests: read`; owners are " + f.ownerNames()}
	case f.alone():
		return consent{mlgate.Warn, "the only owner made this change, so nobody else can approve it", ""}
	}
	var void []string
	for _, a := range f.People.Approvals {
		why := f.void(a)
		if why == "" {
			return consent{status: mlgate.Pass, said: "approved by @" + a.By}
		}
		void = append(void, why)
	}
	c := consent{status: mlgate.Fail, said: "an owner must approve it", fix: "ask " + f.ownerNames() + " to approve this commit"}
	if len(void) > 0 {
		c.said += " (" + strings.Join(void[:min(3, len(void))], "; ") + ")"
	}
	return c
}

func (f Facts) ownerNames() string { return strings.Join(f.Owners, ", ") }

// alone reports whether every owner is a person who made this change: a team of one is not locked
// out. A team has members that are not listed here.
func (f Facts) alone() bool {
	for _, o := range f.Owners {
		if strings.Contains(o, "/") || !f.made(strings.TrimPrefix(o, "@")) {
			return false
		}
	}
	return len(f.People.Unknown) == 0
}

func (f Facts) made(login string) bool {
	return slices.ContainsFunc(f.People.Makers, func(m string) bool { return strings.EqualFold(m, login) })
}

// void says why an approval does not count; empty: it does.
func (f Facts) void(a mlgate.Approval) string {
	owner := slices.ContainsFunc(a.As, func(as string) bool {
		return slices.ContainsFunc(f.Owners, func(o string) bool { return strings.EqualFold(o, as) })
	})
	switch {
	case !owner:
		return "@" + a.By + " is no owner"
	case f.made(a.By):
		return "@" + a.By + " had a hand in it"
	case len(f.People.Makers) == 0 || len(f.People.Unknown) > 0:
		return "it is not known who made it" + unknown(f.People.Unknown) + ", so the yes of @" + a.By + " does not count"
	case a.Commit != f.Head:
		return fmt.Sprintf("@%s approved %.7s, which is not the head", a.By, a.Commit)
	case a.Base != "" && a.Base != f.Base:
		return fmt.Sprintf("@%s approved it for another branch", a.By)
	}
	return ""
}

func unknown(who []string) string {
	if len(who) == 0 {
		return ""
	}
	return " (" + few(who) + " has no login)"
}
