package promotion

import (
	"regexp"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// BroughtBy picks the pull request that brought a commit to a branch: one that was merged there and left
// this very commit as the newest, or, where it was rebased and has several, one of those that came
// after it in the same push.
func BroughtBy(commit, branch string, later []string, known []mlgate.Merged) (mlgate.Merged, bool) {
	for _, m := range known {
		if m.Branch == branch && m.Number > 0 && (m.Commit == commit || slices.Contains(later, m.Commit)) {
			return m, true
		}
	}
	return mlgate.Merged{}, false
}

// ByLabels as a stage's bump: labels of the pull request decide.
const ByLabels = "labels"

// BumpOf reads the labels bump:major, bump:minor and bump:patch; the largest counts. Without any of
// them it is minor.
func BumpOf(labels []string) string {
	for _, bump := range []string{"major", "minor", "patch"} {
		if slices.Contains(labels, "bump:"+bump) {
			return bump
		}
	}
	return "minor"
}

var (
	picked  = regexp.MustCompile(`(?m)^\(cherry picked from commit ([0-9a-f]{40}|[0-9a-f]{64})\)\r?$`)
	reverts = regexp.MustCompile(`(?m)^This reverts commit ([0-9a-f]{40}|[0-9a-f]{64})[., ]`)
)

// Said is what a commit's message, as git writes it, says of where it comes from. Anybody can write
// anything there: it is told, and nothing rests on it.
func Said(message string) (from, back string) {
	message += "\n"
	if m := picked.FindStringSubmatch(message); m != nil {
		from = m[1]
	}
	if m := reverts.FindStringSubmatch(message); m != nil {
		back = m[1]
	}
	return from, back
}
