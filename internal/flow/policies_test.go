package flow

import (
	"context"
	"errors"
	"testing"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
)

// shelf is a place that policies come from, with one file or an error.
type shelf struct {
	file  string
	err   error
	asked int
}

func (s *shelf) Load(context.Context, mlgate.RemotePolicy) ([]mlgate.PolicyFile, error) {
	s.asked++
	return []mlgate.PolicyFile{{Path: s.file}}, s.err
}

// What a fork names is not asked for; what cannot be fetched is never taken for the user's mistake, and
// never for "fails"; what is fetched and wrong is both.
func TestRemoteSets(t *testing.T) {
	t.Parallel()
	remote := mlgate.RemotePolicy{Git: true, Address: "https://h/p.git", Sub: "rego", Pin: "4"}
	named := side{
		demand: config.Demand{Policies: []config.Policy{{Ref: "mlgate/metric-removed"}, {Ref: remote.String(), Remote: &remote}}},
		sets:   []policy.Set{{Ref: "mlgate/metric-removed"}, {Ref: remote.String()}},
	}
	for _, k := range []struct {
		name    string
		shelf   shelf
		fork    bool
		commit  string
		asked   int
		mistake bool
		own     mlgate.Status // of the finding when these are the change's own rules; Pass: none
	}{
		{name: "fetched", shelf: shelf{file: "a/x.rego"}, commit: "head", asked: 1, own: mlgate.Pass},
		{name: "the base's, for a fork", shelf: shelf{file: "a/x.rego"}, fork: true, commit: "base", asked: 1, own: mlgate.Pass},
		{name: "a fork's own", shelf: shelf{file: "a/x.rego"}, fork: true, commit: "head", own: mlgate.Warn},
		{name: "server down", shelf: shelf{err: mlgate.ErrNotFound}, commit: "head", asked: 1, own: mlgate.Unknown},
		{name: "only data", shelf: shelf{file: "x.json"}, commit: "head", asked: 1, mistake: true, own: mlgate.Fail},
	} {
		h := &Hearing{desk: Desk{Policies: &k.shelf}, judged: side{commit: "head"}}
		h.ask.Change.Fork = k.fork
		s := named
		s.commit = k.commit
		sets, err := h.remoteSets(context.Background(), s)
		var mistake *mlgate.Mistake
		if (err == nil) != (k.own == mlgate.Pass) || errors.As(err, &mistake) != k.mistake || k.shelf.asked != k.asked {
			t.Errorf("%s: %v after %d questions", k.name, err, k.shelf.asked)
		}
		if err == nil {
			if m := sets[1].Modules; len(m) != 1 || m[0].Path != "h/p.git//rego/a/x.rego" || sets[1].Root != "h/p.git//rego" || len(named.sets[1].Modules) > 0 {
				t.Errorf("%s: got %+v, and the side has %+v", k.name, sets, named.sets)
			}
			continue
		}
		h.ownBroken = err
		if f, broken := h.broken(); !broken || f.Status != k.own {
			t.Errorf("%s: the change's own rules: %+v", k.name, f)
		}
	}
}
