package governance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// consent is what the owners say of a change, as the status of a finding that is theirs to lift.
type consent struct {
	status    mlgate.Status
	said, fix string
}

// group are files whose owners are the same people.
type group struct {
	files  []string
	owners []string
}

// responsible are those who must agree to a change of these files: all owners alike, or with CODEOWNERS
// those of each file.
func (f Facts) responsible(files []string) []group {
	if f.Code == nil {
		return []group{{files, f.Owners}}
	}
	var all []group
	for _, file := range files {
		owners, _ := f.Code.Of(file)
		i := slices.IndexFunc(all, func(g group) bool { return slices.Equal(g.owners, owners) })
		if i < 0 {
			i, all = len(all), append(all, group{owners: owners})
		}
		all[i].files = append(all[i].files, file)
	}
	return all
}

// consent asks the owners of these files. The worst answer counts.
func (f Facts) consent(files []string) consent {
	all := f.responsible(files)
	worst := f.ask(all[0])
	for _, g := range all[1:] {
		c := f.ask(g)
		switch {
		case c.status < worst.status:
			worst = c
		case c.status == worst.status && c.said != worst.said && c.said != "":
			worst.said += "; " + c.said
		}
	}
	return worst
}

// ask asks the owners of one group. An approval counts when one of them gave it, on exactly this head
// and base branch, and had no hand in making the change.
func (f Facts) ask(g group) consent {
	switch {
	case f.Code != nil && f.Code.Broken != "":
		return consent{mlgate.Fail, f.Code.File + " cannot be used: " + f.Code.Broken, "an administrator must merge one that can be used"}
	case len(g.owners) == 0 && f.Code != nil:
		return consent{mlgate.Warn, f.unowned(g), "name them in CODEOWNERS"}
	case len(g.owners) == 0:
		return consent{status: mlgate.Warn}
	case f.Asked == Nobody:
		return consent{mlgate.Warn, "on a pull request an owner must approve it (" + list(g.owners) + ")", ""}
	case f.Crowd != "":
		return consent{mlgate.Fail, f.Crowd, "when those ahead of it are merged, put it into the queue again; or limit the queue's groups to one pull request"}
	case f.Asked == Silent && f.Refusal != "":
		return consent{mlgate.Unknown, "the forge was asked who approved it, and did not say: " + f.Refusal, "run again; the judging job's token needs `pull-requests: read` and `contents: read`"}
	case f.Asked == Silent:
		return consent{mlgate.Fail, "the forge could not be asked who approved it", "give the judging job a token with `pull-requests: read`; owners are " + list(g.owners)}
	case f.alone(g):
		return consent{mlgate.Warn, "the only owner made this change, so nobody else can approve it", ""}
	}
	return f.count(g)
}

func (f Facts) unowned(g group) string {
	if f.Code.File == "" {
		return "there is no CODEOWNERS that could name its owners"
	}
	return f.Code.File + " names no owner of " + few(g.files)
}

// count compares the approvals there are with those that it takes.
func (f Facts) count(g group) consent {
	var yes, void []string
	for _, a := range f.People.Approvals {
		if why := f.void(a, g); why != "" {
			void = append(void, why)
		} else if !slices.ContainsFunc(yes, func(y string) bool { return strings.EqualFold(y, "@"+a.By) }) {
			yes = append(yes, "@"+a.By)
		}
	}
	need := f.need(g)
	if len(yes) >= need {
		return consent{status: mlgate.Pass, said: "approved by " + list(yes)}
	}
	for _, u := range f.People.Unread {
		if slices.Contains(g.owners, u.Owner) {
			return consent{mlgate.Unknown, "whether an owner approved it cannot be told: " + u.Why, "the token must be one that may read the team (an App with the organisation's permission `Members: read`), or name people: owners: [\"@login\"]"}
		}
	}
	c := consent{status: mlgate.Fail, said: "an owner must approve it", fix: "ask " + list(g.owners) + " to approve this commit"}
	if need > 1 {
		c.said = fmt.Sprintf("%d owners must approve it, and %d did", need, len(yes))
		if len(yes) > 0 {
			c.said += ": " + list(yes)
		}
	}
	if f.Code != nil {
		c.said += ": " + few(g.files) + " is " + list(g.owners) + "'s"
	}
	if len(void) > 0 {
		c.said += " (" + strings.Join(void[:min(3, len(void))], "; ") + ")"
	}
	return c
}

// list is for people: not each of a hundred names.
func list(names []string) string {
	const most = 8
	if n := len(names) - most; n > 0 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(names, ", ")
}

// alone reports whether the owners made this change, all of them, and nobody else did: a team of one
// is not locked out. A team has members that are not listed here; and only those count whom the forge
// itself saw, since anybody can write any author into a commit.
func (f Facts) alone(g group) bool {
	if len(f.People.Unknown) > 0 || !f.theirs(g) {
		return false
	}
	return !slices.ContainsFunc(g.owners, func(o string) bool { return !f.proven(o) })
}

// theirs reports whether only people named as owners opened and pushed this change.
func (f Facts) theirs(g group) bool {
	for _, p := range f.People.Proven {
		if !slices.ContainsFunc(g.owners, func(o string) bool { return strings.EqualFold(o, "@"+p) }) {
			return false
		}
	}
	return len(f.People.Proven) > 0
}

func (f Facts) proven(owner string) bool {
	return slices.ContainsFunc(f.People.Proven, func(p string) bool { return strings.EqualFold("@"+p, owner) })
}

// need is how many must say yes: no more than there are left when owners made the change themselves.
func (f Facts) need(g group) int {
	need := max(1, f.Need)
	if slices.ContainsFunc(g.owners, func(o string) bool { return strings.Contains(o, "/") }) || !f.theirs(g) {
		return need
	}
	left := 0
	for _, o := range g.owners {
		if !f.proven(o) {
			left++
		}
	}
	return max(1, min(need, left))
}

func (f Facts) made(login string) bool {
	same := func(m string) bool { return strings.EqualFold(m, login) }
	return slices.ContainsFunc(f.People.Makers, same) || slices.ContainsFunc(f.People.Proven, same)
}

// void says why an approval does not count; empty: it does.
func (f Facts) void(a mlgate.Approval, g group) string {
	owner := slices.ContainsFunc(a.As, func(as string) bool {
		return slices.ContainsFunc(g.owners, func(o string) bool { return strings.EqualFold(o, as) })
	})
	switch {
	case a.Void != "":
		return "the yes of @" + a.By + " " + a.Void
	case a.Commit != f.Head:
		return fmt.Sprintf("@%s approved %.7s, which is not the head", a.By, a.Commit)
	case f.People.Head != "" && f.People.Head != f.Head:
		return fmt.Sprintf("the head is %.7s by now", f.People.Head)
	case !owner:
		return "@" + a.By + " is no owner"
	case f.made(a.By):
		return "@" + a.By + " had a hand in it"
	case len(f.People.Makers) == 0 || len(f.People.Unknown) > 0:
		return "it is not known who made it" + unknown(f.People.Unknown) + ", so the yes of @" + a.By + " does not count"
	case a.Base != "" && a.Base != f.Base:
		return fmt.Sprintf("@%s approved it for another branch", a.By)
	}
	return ""
}

func unknown(who []string) string {
	if len(who) == 0 {
		return ""
	}
	return " (" + few(who) + ")"
}

// Whom are all those whose yes a change needs; empty: nobody's, and no forge need be asked.
func Whom(f Facts) []string {
	c := chair{facts: f, asking: true}
	c.judge()
	return c.asked
}
