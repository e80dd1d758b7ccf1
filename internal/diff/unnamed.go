package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Limits of what is looked into without a name that says so.
const (
	maxUnnamed     = 2000      // files of one side
	maxUnnamedRead = 128 << 20 // bytes, of both sides
)

// unnamed adds the files whose content says what no name does: that a tool wrote them. Of those that are the
// same on both sides nothing is known, and nothing needs to be.
func (c *comparison) unnamed(old, now *discovery.Found) error {
	olds := old.Unnamed(discovery.Side{Files: c.ask.Old.Files})
	news := now.Unnamed(discovery.Side{Files: c.ask.New.Files})
	keys, err := c.differing(olds, news)
	if err != nil {
		return err
	}
	budget := maxUnnamedRead
	for _, key := range keys {
		a, b := c.recognise(c.ask.Old, olds, key, &budget), c.recognise(c.ask.New, news, key, &budget)
		kind := cmp.Or(a.Kind, b.Kind)
		if kind == "" || !c.fits(c.ask.Old, a, kind) || !c.fits(c.ask.New, b, kind) {
			continue // nothing to read, or two things of one name
		}
		a.Kind, b.Kind = kind, kind
		if a.Path != "" {
			old.Metrics = append(old.Metrics, a)
		}
		if b.Path != "" {
			now.Metrics = append(now.Metrics, b)
		}
	}
	old.Metrics, now.Metrics = discovery.Merge(old.Metrics, nil), discovery.Merge(now.Metrics, nil)
	if budget < 0 {
		c.skip(".", "", fmt.Sprintf("of files that nobody names, %d MiB are looked into: name yours under `evidence` in mlops.yaml", maxUnnamedRead>>20))
	}
	return nil
}

// differing are the keys of files that are not the same on both sides, read ahead.
func (c *comparison) differing(olds, news map[string]mlgate.TreeFile) (keys []string, err error) {
	all := maps.Clone(olds)
	maps.Copy(all, news)
	var ids []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		a, b := olds[key], news[key]
		if a.ID != "" && a.ID == b.ID && !c.ask.All {
			continue
		}
		if len(keys) == maxUnnamed {
			c.skip(key, "", fmt.Sprintf("this and what comes after it: of files that nobody names, %d are looked into", maxUnnamed))
			break
		}
		keys = append(keys, key)
		for _, f := range []mlgate.TreeFile{a, b} {
			if f.ID != "" && len(ids) < atOnce {
				ids = append(ids, f.ID)
			}
		}
	}
	if c.ask.Old.ahead != nil && len(ids) > 1 {
		err = c.ask.Old.ahead(ids)
	}
	return keys, err
}

// fits reports whether a side can be read as the kind that the other one is: what says that all is well may be
// nearly empty, and not to be recognised alone.
func (c *comparison) fits(s Source, k discovery.Candidate, kind string) bool {
	if k.Path == "" || k.Kind == kind {
		return true
	}
	data, err := s.Read(k.Path)
	if err == nil && k.Kind == "" {
		_, err = c.reader.Metrics(mlgate.Source{Kind: kind, Path: k.Path}, data)
	}
	return err == nil && k.Kind == ""
}

// recognise looks into a file that nobody named; without a path there is none, without a kind it is nothing.
func (c *comparison) recognise(s Source, files map[string]mlgate.TreeFile, key string, budget *int) discovery.Candidate {
	f, there := files[key]
	if !there || *budget < 0 {
		return discovery.Candidate{}
	}
	k := discovery.Candidate{Path: f.Path}
	if key != f.Path {
		k.Series = key
	}
	if data, err := s.Read(f.Path); err == nil {
		*budget -= len(data)
		k.Kind = c.reader.Recognise(f.Path, data)
	}
	if dir := discovery.Around(k.Kind, f.Path); dir != "" {
		k.Path, k.Series = dir, ""
	}
	return k
}
