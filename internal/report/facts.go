package report

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// facts are the labelled lines below the table, the same for Markdown and terminal.
func facts(o mlgate.Outcome) [][2]string {
	var out [][2]string
	add := func(label, text string) {
		if text != "" {
			out = append(out, [2]string{label, text})
		}
	}
	if o.Evidence != nil {
		add("Compared with", compared(o))
		add("Evidence", evidence(o))
		add("Correction", correction(o))
		add("Left out", strings.Join(o.Evidence.Dropped, "; "))
		if n := o.Evidence.ChecksMore; n > 0 {
			add("Checks", fmt.Sprintf("%d more than the %d that are kept by name", n, len(o.Evidence.Checks)))
		}
	}
	add("Files", files(o))
	add("Reference", reference(o.Reference))
	add("Came with", origin(o.Origin))
	add("Advice", strings.Join(o.Advice, "; "))
	if len(o.Moved) > 0 {
		add("Promotion", moves(o.Moved, true))
	} else {
		label := "On merge"
		if o.Change.Event == mlgate.Push {
			label = "Promotion"
		}
		add(label, moves(o.Plan, false))
	}
	return out
}

// correction says that what is broken was told from chance with all tests in view.
func correction(o mlgate.Outcome) string {
	for _, g := range o.Gates {
		if t := g.Test; t != nil && t.Correction != "" {
			return fmt.Sprintf("%s over %s: what counts as broken is so after it", t.Correction, mlgate.Counted(t.Tests, "test"))
		}
	}
	return ""
}

// maxFiles is how many touched files are named.
const maxFiles = 12

// files are the touched ones that the line of changes does not show with their content.
func files(o mlgate.Outcome) string {
	shown := map[string]bool{}
	for _, c := range changes(o) {
		name, _, _ := strings.Cut(c, "\x00")
		shown[path.Join(path.Dir(o.Path), name)] = true
	}
	var names []string
	for _, f := range o.Files {
		if !shown[f] {
			names = append(names, f)
		}
	}
	if n := len(names) - maxFiles; n > 0 {
		names = append(names[:maxFiles], fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}

func compared(o mlgate.Outcome) string {
	b := o.Baseline
	var s string
	switch {
	case b.Evidence == nil:
		s = "nothing: there is no evidence to compare with yet; limits judge, relative gates cannot" + firstBaseline(o)
	case b.Unrecorded:
		s = fmt.Sprintf("the numbers from the files of %s: no judge saw them and nothing is promoted on them; the first push to %s that CI judges makes a baseline", ofCommit(b), cmp.Or(o.Change.Default, "the default branch"))
	default:
		s = fmt.Sprintf("%s@%.7s (%s), %s", b.Label, b.Commit, source(o), age(b.Age))
		if strings.Contains(b.Label, " ") {
			s = fmt.Sprintf("%s at %.7s, %s", b.Label, b.Commit, age(b.Age))
		}
		if o.Evidence.Machine != "" && o.Evidence.Machine != b.Evidence.Machine {
			s += ", on another machine (" + b.Evidence.Machine + ")"
		}
		if b.Attempts > 1 {
			s += fmt.Sprintf("; the first of %d attempts", b.Attempts)
		}
	}
	return s + skips(b.Skipped)
}

// ofCommit names the commit of a baseline once, also where its label is its id.
func ofCommit(b mlgate.Baseline) string {
	if b.Label != "" && strings.HasPrefix(b.Commit, b.Label) {
		return fmt.Sprintf("%.7s", b.Commit)
	}
	return fmt.Sprintf("%s@%.7s", b.Label, b.Commit)
}

// firstBaseline says on a laptop where evidence to compare with comes from: a review records none.
func firstBaseline(o mlgate.Outcome) string {
	if o.Change.Event != mlgate.Local {
		return ""
	}
	branch := cmp.Or(o.Change.Default, "the default branch")
	return fmt.Sprintf(". The first push to %s that CI judges, such as a merge, makes it; `mlgate review --base REV` compares with a commit that CI has judged, or with the numbers that a commit holds where no step makes them", branch)
}

// source is where the baseline was found; on a push "merge-base" is the last accepted push.
func source(o mlgate.Outcome) string {
	switch {
	case o.Baseline.Source != "merge-base":
		return o.Baseline.Source
	case o.Change.Proposed() || o.Change.Event == mlgate.Local || o.Change.Event == "":
		return "merge base"
	}
	return "last accepted push"
}

func skips(all []mlgate.Skip) string {
	var s strings.Builder
	for _, k := range all {
		fmt.Fprintf(&s, ". %s skipped: %s", k.Source, k.Why)
	}
	return s.String()
}

func evidence(o mlgate.Outcome) string {
	e := o.Evidence
	s := e.Origin
	if e.Run.ID != "" {
		s += " by run " + e.Run.ID
	}
	if e.Repeats != nil {
		s += fmt.Sprintf(", %s", mlgate.Counted(len(e.Repeats.Seconds), "seed"))
		if e.Repeats.Runs == mlgate.RunsConclusive {
			s += " (" + e.Repeats.Ended + ")"
		}
		if x := e.Repeats.Extends; x != nil {
			s += fmt.Sprintf(", the first %d of them recorded before", x.Runs)
		}
	}
	s += fmt.Sprintf(", %s, recipe %s", seconds(e.Seconds), e.Recipe.Short())
	if e.Artifact != nil {
		s += fmt.Sprintf(", artifact %s (%s, %s…)", e.Artifact.Path, size(e.Artifact.Size), e.Artifact.SHA256.Short())
	} else {
		s += ", source-only"
	}
	return s + with("; ", e.Strange()) + with("; ", o.Unused)
}

func reference(r mlgate.Reference) string {
	if r.Why == "" {
		return ""
	}
	s := r.Why
	if r.Commit != "" {
		s = fmt.Sprintf("%.7s, %s", r.Commit, r.Why)
	}
	return s + skips(r.Skipped)
}

// origin tells how a push came to the branch.
func origin(o mlgate.Origin) string {
	s := ""
	switch {
	case o.Pull > 0:
		s = fmt.Sprintf("pull request #%d by %s: %s", o.Pull, o.Author, o.Title)
	case len(o.Direct) > 0:
		s = "a push without a pull request"
	case o.Unasked != "" && o.Picked == "":
		return ""
	}
	if o.Picked != "" {
		if s != "" {
			s += ", "
		}
		s += fmt.Sprintf("picked from %.7s, as its message says", o.Picked)
	}
	return s
}

// moves tells each stage: where it points, where it will, and why not.
func moves(plan []mlgate.Planned, done bool) string {
	var parts []string
	for _, m := range plan {
		part := move(m, done)
		if m.Note != "" {
			part += " (" + m.Note + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

func move(m mlgate.Planned, done bool) string {
	now := "now empty"
	if m.From != "" {
		now = "now " + m.From
	}
	switch {
	case m.Action == "move" && done:
		return fmt.Sprintf("%s is in %s (was %s)", m.Version, m.Stage, orNothing(m.From)) + with("; ", m.Why)
	case m.Action == "move":
		return fmt.Sprintf("%s → %s (%s)", m.Version, m.Stage, now) + with("; ", m.Why)
	case m.Action == "blocked" && m.Why == "":
		return fmt.Sprintf("%s stays as it is (%s); once green: %s", m.Stage, now, m.Version)
	}
	why := m.Why
	switch {
	case m.Action == "blocked" && why != "":
		why = "stays as it is: " + why
	case m.Action == "none" && m.From != "" && m.Version == m.From:
		return fmt.Sprintf("%s stays at %s: nothing to do", m.Stage, m.From)
	case why == "":
		why = m.Action
	}
	return fmt.Sprintf("%s: %s (%s)", m.Stage, why, now)
}

func orNothing(s string) string {
	if s == "" {
		return "empty"
	}
	return s
}
