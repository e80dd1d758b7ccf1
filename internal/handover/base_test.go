package handover_test

import (
	"context"
	"strings"
	"testing"
	"time"
)

// A change of the base starts a run where the workflow asks for `edited`, a moment later; a run that was on
// its way then is created a moment later too. They cannot be told apart: such a run is judged, and what it
// measured is kept nowhere, as a fork's.
func TestUnsure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do     func(*hub)
		unsure string
	}{
		"long before":           {func(h *hub) { h.retargeted = h.run.Created.Add(-2 * time.Minute) }, ""},
		"half a minute before":  {func(h *hub) { h.retargeted = h.run.Created.Add(-30 * time.Second) }, "another base"},
		"in the same second":    {func(h *hub) { h.retargeted = h.run.Created }, "another base"},
		"another one closed":    {func(h *hub) { h.another(h.run.Created.Add(-time.Second)) }, "#8, with the same head"},
		"… in the same second":  {func(h *hub) { h.another(h.run.Created) }, "#8, with the same head"},
		"… of an earlier head":  {func(h *hub) { h.another(h.run.Created); h.pulls[1].Head = other }, ""},
		"… of another fork":     {func(h *hub) { h.another(h.run.Created); h.pulls[1].HeadRepo = 9 }, ""},
		"nothing of that sort":  {func(*hub) {}, ""},
		"opened as it was run":  {func(h *hub) { h.pulls[0].Created = h.run.Created }, ""},
		"opened long before it": {func(h *hub) { h.pulls[0].Created = h.run.Created.Add(-time.Hour) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := fork(t)
			h.run.HeadRepo, h.pulls[0].HeadRepo, h.artifacts[0].HeadRepo = h.home, homeID, homeID
			c.do(h)
			got, _, err := h.take(context.Background())
			if err != nil || !strings.Contains(got.Unsure, c.unsure) || (got.Unsure != "") != (c.unsure != "") || got.Change.Fork != (c.unsure != "") {
				t.Errorf("%q, fork %v, %v", got.Unsure, got.Change.Fork, err)
			}
		})
	}
}

// another pull request of the same head was closed.
func (h *hub) another(at time.Time) {
	h.pulls = append(h.pulls, h.pulls[0])
	h.pulls[1].Number, h.pulls[1].Open, h.pulls[1].Closed, h.pulls[1].BaseBranch = 8, false, at, "evil"
}
