package promotion

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// NextVersion is v0.1.0, or the highest ever registered with one of its numbers bumped: major, patch,
// or else minor. One that was taken back is not given again, and neither is one of those given before
// whose tag is gone.
func NextVersion(entries []mlgate.Entry, bump string, given ...string) string {
	for _, e := range entries {
		if e.Stage == "" {
			given = append(given, e.Version)
		}
	}
	best, any := [3]int{}, false
	for _, v := range given {
		if n, _, ok := parts(v); ok && slices.Compare(n[:], best[:]) > 0 {
			best, any = n, true
		}
	}
	switch {
	case any && bump == "major":
		return fmt.Sprintf("v%d.0.0", best[0]+1)
	case any && bump == "patch":
		return fmt.Sprintf("v%d.%d.%d", best[0], best[1], best[2]+1)
	}
	return fmt.Sprintf("v%d.%d.0", best[0], best[1]+1)
}

// maxNumber is the highest part of a version that is counted on from: larger ones are no versions.
const maxNumber = 999_999

// parts reads vX.Y.Z with an optional pre-release.
func parts(v string) (n [3]int, pre string, ok bool) {
	v, ok = strings.CutPrefix(v, "v")
	v, _, _ = strings.Cut(v, "+")
	v, pre, _ = strings.Cut(v, "-")
	fields := strings.Split(v, ".")
	if !ok || len(fields) != 3 {
		return n, pre, false
	}
	for i, f := range fields {
		var err error
		if n[i], err = strconv.Atoi(f); err != nil || n[i] < 0 || n[i] > maxNumber {
			return n, pre, false
		}
	}
	return n, pre, true
}

// compareVersions orders as semver does, pre-releases before their release and then as text.
func compareVersions(a, b string) int {
	na, pa, _ := parts(a)
	nb, pb, _ := parts(b)
	if c := slices.Compare(na[:], nb[:]); c != 0 {
		return c
	}
	switch {
	case pa == pb:
		return 0
	case pa == "":
		return 1
	case pb == "":
		return -1
	}
	return strings.Compare(pa, pb)
}
