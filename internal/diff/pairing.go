package diff

import (
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// pair is one file on both sides; a side that does not have it is nil.
type pair struct {
	discovery.Candidate
	old, now *mlgate.TreeFile
}

// file is the name that people are shown.
func (p pair) file() string {
	if p.now != nil {
		return p.now.Path
	}
	return p.old.Path
}

// pairs puts the candidates of both sides side by side: by path, then by rename. What is a candidate on
// one side is compared on both: a file that is there and no longer named has not lost its numbers.
func (c *comparison) pairs(old, now []discovery.Candidate) []pair {
	var both, gone, come []pair
	for _, k := range discovery.Merge(old, now) {
		p, ok := c.pair(k, old, now)
		switch {
		case !ok:
		case p.old == nil:
			come = append(come, p)
		case p.now == nil:
			gone = append(gone, p)
		default:
			both = append(both, p)
		}
	}
	both = append(both, c.renames(gone, come)...)
	slices.SortStableFunc(both, func(a, b pair) int { return strings.Compare(a.file(), b.file()) })
	return both
}

// pair finds a candidate on both sides; false: it is skipped, and that is said.
func (c *comparison) pair(k discovery.Candidate, old, now []discovery.Candidate) (pair, bool) {
	p, fit := pair{Candidate: k}, true
	for i, s := range []Source{c.ask.Old, c.ask.New} {
		f, there := s.find(k.Path)
		if !there {
			f, there = s.folder(k)
		}
		if k.Series != "" && !named(k.Path, [][]discovery.Candidate{old, now}[i]) {
			there = false // this side has a file of a later run
		}
		if own := [][]discovery.Candidate{old, now}[i]; !there && (s.cached(k.Path, own) || s.dvc.has(k.Path)) {
			at, err := s.dvc.find(k.Path)
			if err != nil || at.Folder() {
				c.skip(k.Path, s.Side.Name, keptWhy(err))
				fit = false
				continue
			}
			f, there = asFile(at), true
		}
		switch {
		case there && !discovery.Regular(f) && f.Mode != folderMode:
			c.skip(k.Path, s.Side.Name, discovery.Unfit(f))
			fit = false
		case there && i == 0:
			p.old = &f
		case there:
			p.now = &f
		}
	}
	if fit && p.old == nil && p.now == nil {
		why := fmt.Sprintf("%s names it, and it is on neither side", k.By)
		if path.Base(k.By) == mlgate.ConfigName {
			why += "; steps may make it, and `mlgate review` runs them"
		}
		c.skip(k.Path, "", why)
		fit = false
	}
	return p, fit
}

// named reports whether a path is among the candidates.
func named(name string, all []discovery.Candidate) bool {
	_, ok := slices.BinarySearchFunc(all, name, func(k discovery.Candidate, n string) int { return strings.Compare(k.Path, n) })
	return ok
}

// keptWhy says why what DVC keeps is not compared.
func keptWhy(err error) string {
	if err != nil {
		return err.Error()
	}
	return "a folder that DVC keeps, and its listing is not on this machine: run `dvc fetch --all-commits`"
}

// cached reports whether DVC, and not git, has a file of this side: its stage says so, or a pointer to
// the file or to a folder around it.
func (s Source) cached(name string, own []discovery.Candidate) bool {
	for at := name; at != "."; at = path.Dir(at) {
		if _, pointer := s.find(at + ".dvc"); pointer {
			return true
		}
	}
	i, ok := slices.BinarySearchFunc(own, name, func(k discovery.Candidate, n string) int { return strings.Compare(k.Path, n) })
	return ok && own[i].Cached
}

// renames finds files that have another name on the new side: those with the same content, where no
// third file has it, then the only one that is gone with the only one that came. The rest is gone or
// new.
func (c *comparison) renames(gone, come []pair) []pair {
	runs, gone, come := c.laterRuns(gone, come)
	oldIDs, newIDs := c.identities(gone), c.identities(come)
	out := runs
	var left, fresh []pair
	twins := map[int]bool{}
	for i, p := range gone {
		j := slices.Index(newIDs, oldIDs[i])
		if oldIDs[i] == "" || j < 0 || count(oldIDs, oldIDs[i]) > 1 || count(newIDs, oldIDs[i]) > 1 {
			left = append(left, p)
			continue
		}
		twins[j] = true
		out = append(out, c.renamed(p, come[j]))
	}
	for j, p := range come {
		if !twins[j] {
			fresh = append(fresh, p)
		}
	}
	if len(left) == 1 && len(fresh) == 1 {
		return append(out, c.renamed(left[0], fresh[0]))
	}
	return slices.Concat(out, left, fresh)
}

// laterRuns pairs what a tool wrote anew: the file of the latest run on either side.
func (c *comparison) laterRuns(gone, come []pair) (runs, left, fresh []pair) {
	for _, p := range gone {
		j := slices.IndexFunc(come, func(q pair) bool { return p.Series != "" && q.Series == p.Series })
		if j < 0 {
			left = append(left, p)
			continue
		}
		runs = append(runs, c.renamed(p, come[j]))
		come = slices.Delete(slices.Clone(come), j, j+1)
	}
	return runs, left, come
}

// identities tell contents apart: by git's ids, or where the work tree has none by their hashes. What
// cannot be read is like nothing else.
func (c *comparison) identities(all []pair) []string {
	ids := make([]string, len(all))
	for i, p := range all {
		src, f := c.ask.Old, p.old
		if f == nil {
			src, f = c.ask.New, p.now
		}
		if c.ask.New.Side.Commit != "" || f.Mode == folderMode {
			ids[i] = f.ID
		} else if data, err := src.content(*f); err == nil {
			ids[i] = fmt.Sprintf("%x", sha256.Sum256(data))
		}
	}
	return ids
}

func count(all []string, one string) int {
	n := 0
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

func (c *comparison) renamed(from, to pair) pair {
	c.out.Renamed = append(c.out.Renamed, mlgate.FileRename{Old: from.old.Path, New: to.now.Path, Runs: to.Series != "" && to.Series == from.Series})
	to.old = from.old
	return to
}
