package flow

import (
	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// places says where the entries of one set of demands stand in the judged commit. Demands are those of
// the base, but people and code scanning look at the change, where a line may have moved.
type places map[mlgate.Pos]mlgate.Pos

// placesOf finds the same gates and policies in the judged commit's own file; an entry that the change
// took out has the file for a place, and no line.
func (h *Hearing) placesOf(d config.Demand) places {
	if !h.judged.present() {
		return nil
	}
	own, all := h.judged.demand, places{}
	for _, g := range d.Gates {
		all[g.Pos] = mlgate.Pos{File: h.judged.file}
		for _, o := range own.Gates {
			if o.Pattern == g.Pattern {
				all[g.Pos] = o.Pos
			}
		}
	}
	for _, p := range d.Policies {
		all[p.Pos] = mlgate.Pos{File: h.judged.file}
		for _, o := range own.Policies {
			if o.Ref == p.Ref {
				all[p.Pos] = o.Pos
			}
		}
	}
	return all
}

// move gives a finding its place in the judged commit.
func (p places) move(f *mlgate.Finding) {
	if to, ok := p[f.Pos]; ok {
		f.Pos = to
	}
}
