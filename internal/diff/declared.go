package diff

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
	"github.com/mlgate/mlgate/internal/stamp"
)

// candidates are what either side's mlops.yaml names; where none names a file, what is found.
func (c *comparison) candidates() (old, now discovery.Found, err error) {
	if now, err = c.declared(c.ask.New); err != nil {
		return old, now, err
	}
	if old, err = c.declared(c.ask.Old); err != nil {
		if len(now.Metrics) == 0 {
			return old, now, err
		}
		why, _, _ := strings.Cut(err.Error(), "\n")
		c.skip(mlgate.ConfigName, c.ask.Old.Side.Name, why) // of the past: it cannot be mended
	}
	if len(old.Metrics)+len(now.Metrics) > 0 {
		for _, p := range old.Params { // a key that either side names is compared
			now.Params = addParams(now.Params, p)
		}
		old.Params, now.Params = nil, discovery.Merge(now.Params, nil)
		old.Metrics, now.Metrics = c.latest(old.Metrics, now.Metrics)
		return old, now, nil
	}
	for i, s := range []Source{c.ask.Old, c.ask.New} {
		found := discovery.Find(discovery.Side{Files: s.Files, Read: s.Read})
		for _, k := range found.Skipped {
			c.skip(k.File, s.Side.Name, k.Why)
		}
		found.Metrics = s.unfolded(found.Metrics)
		if i == 0 {
			old = found
		} else {
			now = found
		}
	}
	return old, now, c.unnamed(&old, &now)
}

// declared is what the mlops.yaml files of a side name.
func (c *comparison) declared(s Source) (discovery.Found, error) {
	var found discovery.Found
	for _, name := range c.configs(s) {
		src, err := s.Read(name)
		if err != nil {
			return found, fmt.Errorf("reading %q of %s: %w", name, s.Side.Name, err)
		}
		run, err := config.ParseRun(name, src)
		var demand config.Demand
		if err == nil {
			demand, err = config.ParseDemand(name, src, c.ask.Version)
		}
		if err != nil {
			return found, fmt.Errorf("reading the %s of %s: %w", mlgate.ConfigName, s.Side.Name, err)
		}
		c.out.Config = append(c.out.Config, name)
		c.gates = append(c.gates, demand.Gates...)
		for _, e := range run.Evidence {
			found.Metrics = append(found.Metrics, c.named(run, e)...)
		}
		for _, st := range run.Steps {
			for _, p := range st.Params {
				found.Params = addParams(found.Params, discovery.Candidate{Path: path.Join(run.Dir, p.Path), Keys: p.Keys, By: name})
			}
		}
	}
	found.Metrics, found.Params = discovery.Merge(found.Metrics, nil), discovery.Merge(found.Params, nil)
	return found, nil
}

// named are the files that one entry of evidence stands for, on either side: what is a candidate on one is
// compared on both. A pattern that matches nothing stands for itself, and is told to be nowhere.
func (c *comparison) named(run config.Run, e mlgate.Source) []discovery.Candidate {
	sources := []mlgate.Source{e}
	if e.IsPattern() {
		m, dir := pipeline.Matching(e, run.Evidence), ""
		if run.Dir != "." {
			dir = run.Dir + "/"
		}
		var found []mlgate.Source
		for _, f := range slices.Concat(c.ask.Old.Files, c.ask.New.Files) {
			if file, below := strings.CutPrefix(f.Path, dir); below && m.Takes(file) {
				found = append(found, m.Source(file))
			}
		}
		if len(found) > 0 {
			sources = found
		}
	}
	var out []discovery.Candidate
	for _, src := range sources {
		k := discovery.Candidate{Path: path.Join(run.Dir, src.Path), Kind: src.Kind, Look: src.Look, Prefix: src.Prefix, Run: src.Run, Table: src.Table, By: run.Path}
		if e.Latest {
			k.Series, _ = stamp.Series(k.Path)
		}
		out = append(out, k)
	}
	return out
}

// latest leaves to either side, of what `latest` asks for, the file of its own latest run.
func (c *comparison) latest(old, now []discovery.Candidate) (_, _ []discovery.Candidate) {
	all := discovery.Merge(old, now)
	if !slices.ContainsFunc(all, func(k discovery.Candidate) bool { return k.Series != "" }) {
		return old, now
	}
	var out [2][]discovery.Candidate
	for i, s := range []Source{c.ask.Old, c.ask.New} {
		var names []string
		for _, k := range all {
			if _, there := s.find(k.Path); there && k.Series != "" {
				names = append(names, k.Path)
			}
		}
		names = stamp.Latest(names)
		for _, k := range [][]discovery.Candidate{old, now}[i] {
			if k.Series == "" {
				out[i] = append(out[i], k)
			}
		}
		for _, k := range all {
			if k.Series != "" && slices.Contains(names, k.Path) {
				out[i] = append(out[i], k)
			}
		}
		out[i] = discovery.Merge(out[i], nil)
	}
	return out[0], out[1]
}

// addParams adds keys to those that another step names of the same file.
func addParams(have []discovery.Candidate, p discovery.Candidate) []discovery.Candidate {
	i := slices.IndexFunc(have, func(h discovery.Candidate) bool { return h.Path == p.Path })
	switch {
	case i < 0:
		return append(have, p)
	case have[i].Keys == nil || p.Keys == nil:
		have[i].Keys = nil
	default:
		have[i].Keys = append(have[i].Keys, p.Keys...)
	}
	return have
}

// configs lists the mlops.yaml files of a side, or the one that was asked for where it is there.
func (c *comparison) configs(s Source) []string {
	var names []string
	for _, f := range s.Files {
		wanted := path.Base(f.Path) == mlgate.ConfigName && !discovery.Hidden(f.Path)
		if c.ask.Config != "" {
			wanted = f.Path == path.Clean(c.ask.Config)
		}
		if wanted && discovery.Regular(f) {
			names = append(names, f.Path)
		}
	}
	return names
}
