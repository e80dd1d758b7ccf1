package reader

import (
	"cmp"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/stamp"
)

// sitting is one run of a training program, of which TensorBoard may have several: Keras writes
// TIME/train and TIME/validation. at is the folder with a time or number in its name; a folder that has none
// around it is of no sitting.
type sitting struct {
	at      string
	started uint64 // seconds, as the names of its event files say
}

// seat splits the folder of a run at the sitting that it is of.
func seat(dir string) (root, at, rest string) {
	parts := strings.Split(dir, "/")
	for i, part := range parts {
		if stamp.Is(part) {
			return strings.Join(parts[:i], "/"), strings.Join(parts[:i+1], "/"), strings.Join(parts[i+1:], "/")
		}
	}
	return dir, "", ""
}

// sittings are by their root the latest of it, or the one that is named.
func (s *sheet) sittings(files []string) (map[string]sitting, error) {
	starts := map[string]uint64{}
	for _, file := range files {
		dir, base := path.Split(file)
		_, after, is := strings.Cut(base, "tfevents.")
		if _, at, _ := seat(path.Clean(dir)); is && at != "" {
			digits, _, _ := strings.Cut(after, ".")
			seconds, _ := strconv.ParseUint(digits, 10, 64)
			starts[at] = max(starts[at], seconds)
		}
	}
	latest := map[string]sitting{}
	var others int
	for _, at := range sortedKeys(starts) {
		root, _, _ := seat(at)
		one := sitting{at: at, started: starts[at]}
		best, there := latest[root]
		switch order := one.against(best); {
		case !there || order > 0:
			latest[root] = one
		case order == 0 && s.src.Run == "":
			return nil, fmt.Errorf("two runs could be meant, %q and %q: name one with `run`", best.at, at)
		}
		if there {
			others++
		}
	}
	if others > 0 && s.src.Run == "" {
		s.dropped = append(s.dropped, fmt.Sprintf("%s: %d earlier runs, by the times or numbers in the names of their folders", s.src.Path, others))
	}
	return latest, nil
}

// against tells which of two is the later: by the start of the program, then by the name where it says so.
func (a sitting) against(b sitting) int {
	_, one := stamp.Series(a.at)
	_, other := stamp.Series(b.at)
	return cmp.Or(cmp.Compare(a.started, b.started), strings.Compare(one, other))
}

// runOf is the name under which the event files of a folder are read; false: they are of another run than is
// asked for.
func (s *sheet) runOf(dir string, latest map[string]sitting) (name string, wanted bool) {
	root, at, rest := seat(dir)
	switch want := s.src.Run; {
	case want != "" && want == dir:
		return dir, true
	case want != "" && want == at:
		return rest, true
	case want != "" || at == "":
		return dir, want == ""
	}
	return path.Join(root, rest), latest[root].at == at
}
