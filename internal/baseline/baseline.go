// Package baseline chooses what to compare with, and says why. It is pure: whoever calls it has
// looked everything up.
package baseline

import (
	"fmt"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Place is one place where a baseline may be, with what was found there.
type Place struct {
	Rule     mlgate.BaselineRule
	Label    string        // for people: "main", "production v1.3.0"
	Commit   string        // that the place stands for
	Recipe   mlgate.Digest // of that commit
	Missing  string        // why the place itself is not there
	Attempts []mlgate.Sealed
	Version  mlgate.Digest // of a stage: the very evidence its version was promoted with; empty: any
	// Judged is the judged side's evidence, and Digest its record's: often the same, and decoding one can
	// take longer than all else.
	Judged *mlgate.Evidence
	Digest mlgate.Digest
}

// Pick takes the first place that has evidence, and of its evidence the first complete attempt, made
// on the branch before reusable one of a change, with what extends it. Evidence of the recipe never is passed over: nothing
// is its own baseline. An undecodable record is an error: the ledger is unreadable.
func Pick(places []Place, never mlgate.Digest, now time.Time) (mlgate.Baseline, error) {
	var b mlgate.Baseline
	for _, p := range places {
		why, err := try(&b, p, never, now)
		if err != nil {
			return mlgate.Baseline{}, err
		}
		if why == "" {
			return b, nil
		}
		label := p.Label
		if label == "" {
			label = p.Rule.String()
		}
		b.Skipped = append(b.Skipped, mlgate.Skip{Source: label, Why: why})
	}
	return b, nil
}

func try(b *mlgate.Baseline, p Place, never mlgate.Digest, now time.Time) (why string, err error) {
	switch {
	case p.Missing != "":
		return p.Missing, nil
	case never != "" && p.Recipe == never:
		return "it is the same recipe as what is judged", nil
	case len(p.Attempts) == 0:
		return fmt.Sprintf("no evidence in the ledger for %.7s (recipe %s)", p.Commit, p.Recipe.Short()), nil
	}
	chosen, count, err := choose(p)
	if err != nil {
		return "", fmt.Errorf("reading the baseline: %w", err)
	}
	if chosen == nil {
		return "its evidence was made by changes that also touched what judges, or is not the one it was promoted with", nil
	}
	e := new(mlgate.Evidence)
	if p.Judged != nil && p.Digest == chosen.Digest {
		*e = *p.Judged
	} else if err := chosen.Decode(e); err != nil {
		return "", fmt.Errorf("reading the baseline: %w", err)
	}
	if !e.Complete() {
		return "its evidence is not complete", nil
	}
	b.Evidence, b.Digest, b.Source, b.Label, b.Commit = e, chosen.Digest, p.Rule.String(), p.Label, p.Commit
	b.Attempts = count
	b.Age = max(0, now.Sub(e.Started))
	return "", nil
}

// choose takes the first attempt that may be used, and its newest extension; count is how many attempts may be. The
// very evidence of a version is taken as it is.
func choose(p Place) (chosen *mlgate.Sealed, count int, err error) {
	var usable []*mlgate.Sealed
	for _, scope := range []string{mlgate.ScopeBranch, mlgate.ScopeChange} {
		for i, s := range p.Attempts {
			if s.Envelope.Scope == scope && (scope == mlgate.ScopeBranch || s.Envelope.Reusable) && (p.Version == "" || p.Version == s.Digest) {
				usable = append(usable, &p.Attempts[i])
			}
		}
	}
	if p.Version != "" && len(usable) > 0 {
		return usable[0], len(usable), nil
	}
	return First(usable)
}
