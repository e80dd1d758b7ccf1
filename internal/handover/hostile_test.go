package handover_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// hostile is one thing that is not as it should be, and the word that is said of it. Waiting: the run
// is no mistake, only too early, too late, or without numbers.
type hostile struct {
	name    string
	do      func(*hub)
	waiting bool
	says    string
}

var hostiles = []hostile{
	{"other run answered", func(h *hub) { h.run.ID = 501 }, false, "told of the run 501"},
	{"run of another repository", func(h *hub) { h.run.Repo.ID = 3 }, false, "of the repository with the id 3"},
	{"run of the fork itself", func(h *hub) { h.run.Repo = h.run.HeadRepo }, false, "of the repository with the id 2"},
	{"home without id", func(h *hub) { h.home.ID, h.run.Repo.ID = 0, 0 }, false, "id 0"},
	{"a repository that took over the name", func(h *hub) { h.home.ID, h.run.Repo.ID = 5, 5 }, false, "the runner says 1"},
	{"other workflow", func(h *hub) { h.run.Workflow = ".github/workflows/evil.yml" }, false, "alone"},
	{"workflow of the same file name elsewhere", func(h *hub) { h.run.Workflow = "x/mlgate-run.yml" }, false, "alone"},
	{"workflow by a path that leads there", func(h *hub) { h.run.Workflow = ".github/workflows/../workflows/mlgate-run.yml" }, false, "alone"},
	{"workflow in other letters", func(h *hub) { h.run.Workflow = ".github/workflows/MLgate-run.yml" }, false, "alone"},
	{"no workflow", func(h *hub) { h.run.Workflow = "" }, false, "alone"},
	{"pull_request_target", func(h *hub) { h.run.Event = "pull_request_target" }, false, "started by"},
	{"workflow_dispatch", func(h *hub) { h.run.Event = "workflow_dispatch" }, false, "started by"},
	{"workflow_run", func(h *hub) { h.run.Event = "workflow_run" }, false, "started by"},
	{"no event", func(h *hub) { h.run.Event = "" }, false, "started by"},
	{"an option as commit", func(h *hub) { h.run.Head = "--upload-pack=touch /tmp/pwned" }, false, "no commit id"},
	{"short commit", func(h *hub) { h.run.Head = head[:12] }, false, "no commit id"},
	{"commit in capitals", func(h *hub) { h.run.Head = strings.ToUpper(head) }, false, "no commit id"},
	{"no branch", func(h *hub) { h.run.HeadBranch = "" }, false, "which branch"},
	{"a newer attempt", func(h *hub) { h.run.Attempt = 2 }, true, "attempt 2 is completed"},
	{"an attempt that is not there yet", func(h *hub) { h.o.Attempt = 3 }, true, "attempt 3 of it"},
	{"still running", func(h *hub) { h.run.Status = "in_progress" }, true, "in progress"},
	{"a status to read aloud", func(h *hub) { h.run.Status = "\x1b[31m::error::" }, true, "does not know"},
	{"cancelled", func(h *hub) { h.run.Conclusion = "cancelled" }, true, "cancelled"},
	{"to be approved first", func(h *hub) { h.run.Conclusion = "action_required" }, true, "approve"},
	{"no conclusion", func(h *hub) { h.run.Conclusion = "" }, false, "does not know"},
	{"fork deleted", func(h *hub) { h.run.HeadRepo = mlgate.HandedRepo{} }, true, "gone"},
	{"fork without owner", func(h *hub) { h.run.HeadRepo.Owner = "" }, true, "gone"},
	{"no pull request", func(h *hub) { h.pulls = nil }, true, "no open pull request"},
	{"closed", func(h *hub) { h.pulls[0].Open = false }, true, "no open pull request"},
	{"closed, and the commit tells", func(h *hub) {
		h.with = []mlgate.HandedPull{{Number: 7, Head: head, BaseRepo: homeID}}
		h.pulls = nil
	}, true, "#7 is closed"},
	{"the commit names an open one of another branch", func(h *hub) {
		h.with = []mlgate.HandedPull{{Number: 8, Open: true, Head: head, HeadRepo: forkID, HeadBranch: "x", BaseRepo: homeID, BaseBranch: "main"}}
		h.pulls = nil
	}, true, "no open pull request"},
	{"two pull requests", func(h *hub) {
		h.pulls = append(h.pulls, h.pulls[0])
		h.pulls[1].Number, h.pulls[1].BaseBranch = 8, "release"
	}, true, "(#7, #8)"},
	{"pushed to again", func(h *hub) { h.pulls[0].Head = other }, true, "#7 was pushed to"},
	{"pushed to, and the new head is none", func(h *hub) { h.pulls[0].Head = "::error::x" }, true, "its head is another"},
	{"another fork of the same owner", func(h *hub) { h.pulls[0].HeadRepo = 4 }, true, "no open pull request"},
	{"head repository unknown", func(h *hub) { h.pulls[0].HeadRepo = 0 }, true, "no open pull request"},
	{"into another repository", func(h *hub) { h.pulls[0].BaseRepo = 3 }, true, "no open pull request"},
	{"from another branch", func(h *hub) { h.pulls[0].HeadBranch = "worse" }, true, "no open pull request"},
	{"no base", func(h *hub) { h.pulls[0].BaseBranch = "" }, true, "no open pull request"},
	{"number 0", func(h *hub) { h.pulls[0].Number = 0 }, true, "no open pull request"},
	{"negative number", func(h *hub) { h.pulls[0].Number = -7 }, true, "no open pull request"},
	{"retargeted while it ran", func(h *hub) { h.retargeted = h.run.Created.Add(time.Hour) }, true, "was given another base after this run"},
	{"retargeted while it ran, and started again", func(h *hub) {
		h.retargeted, h.run.Started = h.run.Created.Add(time.Hour), h.run.Created.Add(2*time.Hour)
		h.artifacts[0].Created = h.run.Started
	}, true, "was given another base after this run"},
	{"opened after the run", func(h *hub) { h.pulls[0].Created = h.run.Created.Add(time.Second) }, true, "#7 was opened after this run"},
	{"another one of this head was closed meanwhile", func(h *hub) {
		h.pulls = append(h.pulls, h.pulls[0])
		h.pulls[1].Number, h.pulls[1].BaseBranch, h.pulls[1].Open, h.pulls[1].Closed = 8, "evil", false, h.run.Created.Add(time.Second)
	}, true, "#8 had this commit as its head too"},
	{"another one of this base and head was closed meanwhile", func(h *hub) {
		h.pulls = append(h.pulls, h.pulls[0])
		h.pulls[1].Number, h.pulls[1].Open, h.pulls[1].Closed = 8, false, h.run.Created.Add(time.Second)
	}, true, "#8 had this commit as its head too"},
	{"closed while it was judged", func(h *hub) { h.later = []mlgate.HandedPull{} }, true, "closed while"},
	{"retargeted while it was judged", func(h *hub) { p := h.pulls[0]; p.BaseBranch = "release"; h.later = []mlgate.HandedPull{p} }, true, "another base"},
	{"pushed to while it was judged", func(h *hub) { p := h.pulls[0]; p.Head = other; h.later = []mlgate.HandedPull{p} }, true, "pushed to while"},
	{"no artifact", func(h *hub) { h.artifacts = nil }, true, "there is none"},
	{"artifact of another name", func(h *hub) { h.artifacts[0].Name = "mlgate-evil" }, true, "there is none"},
	{"two artifacts", func(h *hub) { h.artifacts = append(h.artifacts, h.artifacts[0]) }, false, `more than one has the name "mlgate"`},
	{"artifact of the attempt before", func(h *hub) { h.artifacts[0].Created = h.run.Started.Add(-time.Hour) }, true, "earlier attempt"},
	{"artifact expired", func(h *hub) { h.artifacts[0].Expired = true }, true, "expired"},
	{"artifact of another run", func(h *hub) { h.artifacts[0].Run = 501 }, false, "another run"},
	{"artifact of another repository", func(h *hub) { h.artifacts[0].Repo = 3 }, false, "another run"},
	{"artifact of another head repository", func(h *hub) { h.artifacts[0].HeadRepo = homeID }, false, "another run"},
	{"artifact of another commit", func(h *hub) { h.artifacts[0].Head = other }, false, "another run"},
	{"artifact of 1 GB", func(h *hub) { h.artifacts[0].Size = 1 << 30 }, false, "at most"},
	{"artifact of less than nothing", func(h *hub) { h.artifacts[0].Size = -1 }, false, "at most"},
	{"artifact larger than it says", func(h *hub) { h.archive = make([]byte, 2<<20) }, false, "does not answer"},
	{"artifact of another digest", func(h *hub) { h.artifacts[0].SHA256 = mlgate.DigestOf([]byte("x")) }, false, "its digest is"},
	{"push from a fork", func(h *hub) { h.run.Event, h.run.HeadBranch = "push", "main" }, false, "a push in the repository with the id 2"},
	{"push to another branch", func(h *hub) { h.run.Event, h.run.HeadRepo, h.run.HeadBranch = "push", h.home, "better" }, false, "a push to"},
	{"push from an option", func(h *hub) {
		h.run.Event, h.run.HeadRepo, h.run.HeadBranch, h.before = "push", h.home, "main", "--output=/tmp/x"
	}, false, "no commit id"},
}

// Whatever the forge answers that does not fit, there is no bundle and no verdict.
func TestHostile(t *testing.T) {
	t.Parallel()
	for _, c := range hostiles {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := fork(t)
			c.do(h)
			_, _, err := h.take(context.Background())
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			var waiting *mlgate.Waiting
			if errors.As(err, &waiting) != c.waiting {
				t.Errorf("waiting is %v: %v", !c.waiting, err)
			}
		})
	}
}
