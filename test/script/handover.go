package script

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/test/fakegithub"
)

// servers are the GitHubs of scripts, by their work folder.
var servers sync.Map

// handover is the end of a run of another workflow: GitHub knows the run, its pull request and the zip
// of its bundle (none: it left none; a folder: an artifact for each folder in it), and the event says that it ended. A field of GitHub's answers
// changes with PLACE.FIELD=VALUE, where PLACE is run, pull, head, base, artifact or event; later.FIELD
// is the pull request's from the second question on. EVENT.at=TIME is an event of the pull request; other.FIELD
// is one more pull request, like the first, and closed.
//
//	handover NUMBER HEAD-REV BRANCH BASE BUNDLE [OWNER] [PLACE.FIELD=VALUE…]
//	handover push HEAD-REV BRANCH BEFORE-REV BUNDLE [PLACE.FIELD=VALUE…]
func handover(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 5 {
		ts.Fatalf("usage: handover NUMBER|push HEAD-REV BRANCH BASE|BEFORE-REV BUNDLE [OWNER] [PLACE.FIELD=VALUE…]")
	}
	s, ok := servers.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("no GitHub was started")
	}
	head := fakegithub.Head{Commit: revision(ts, args[1]), Branch: args[2], Base: args[3], Author: "ada"}
	if args[0] == "push" {
		head.Base = revision(ts, args[3])
	} else {
		n, err := strconv.Atoi(args[0])
		ts.Check(err)
		head.Number = n
	}
	changes := args[5:]
	if len(changes) > 0 && !strings.Contains(changes[0], "=") {
		head.Owner, head.Author, changes = changes[0], changes[0], changes[1:]
	}
	h := left(ts, head, args[4])
	ended := map[string]any{"id": fakegithub.RunID, "run_attempt": 1}
	for _, c := range changes {
		change(ts, &h, ended, c)
	}
	s.(*fakegithub.Server).HandOver(h)
	event, err := json.Marshal(map[string]any{"action": "completed", "workflow_run": ended, "repository": h.Home})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.Getenv("GITHUB_EVENT_PATH"), event, 0o600))
	ts.Setenv("GITHUB_EVENT_NAME", "workflow_run")
	ts.Setenv("GITHUB_SHA", revision(ts, "main"))
	ts.Setenv("GITHUB_REPOSITORY_ID", strconv.Itoa(fakegithub.HomeID))
}

// left is a run with the artifacts that it left.
func left(ts *testscript.TestScript, head fakegithub.Head, bundle string) fakegithub.Handover {
	info, err := os.Stat(ts.MkAbs(bundle))
	if err == nil && !info.IsDir() {
		return fakegithub.NewHandover(repository, head, zipped(ts, bundle))
	}
	h := fakegithub.NewHandover(repository, head, nil)
	h.Artifacts = nil
	if bundle == "none" {
		return h
	}
	all, err := os.ReadDir(ts.MkAbs(bundle))
	ts.Check(err)
	for _, a := range all {
		h.Leave(a.Name(), zipped(ts, filepath.Join(bundle, a.Name(), "mlgate.bundle")))
	}
	return h
}

// change sets one field.
func change(ts *testscript.TestScript, h *fakegithub.Handover, ended map[string]any, c string) {
	place, text, ok := strings.Cut(c, "=")
	where, field, fits := strings.Cut(place, ".")
	if !ok || !fits {
		ts.Fatalf("%q is no PLACE.FIELD=VALUE", c)
	}
	var v any = text
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		v = text
	}
	var at map[string]any
	if field == "at" {
		h.Events = append(h.Events, fakegithub.Happened(where, text))
		return
	}
	switch where {
	case "run":
		at = h.Run
	case "event":
		at = ended
	case "artifact":
		at = h.Artifacts[0]
	case "pull":
		at = h.Pulls[0]
	case "other":
		at = other(h)
	case "head", "base":
		at = h.Pulls[0][where].(map[string]any)
	case "later":
		later := copied(h.Pulls[0])
		h.Later, at = []map[string]any{later}, later
		if side, name, ok := strings.Cut(field, "."); ok {
			at, field = copied(later[side].(map[string]any)), name
			later[side] = at
		}
	default:
		ts.Fatalf("no such place: %s", where)
	}
	at[field] = v
}

// other is a second pull request, closed when the run was started.
func other(h *fakegithub.Handover) map[string]any {
	if len(h.Pulls) == 1 {
		p := copied(h.Pulls[0])
		p["number"], p["state"], p["closed_at"], p["updated_at"] = 70, "closed", h.Run["created_at"], h.Run["created_at"]
		h.Pulls = append(h.Pulls, p)
	}
	return h.Pulls[1]
}

func copied(m map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// zipped is the archive that the upload of one file leaves.
func zipped(ts *testscript.TestScript, name string) []byte {
	data, err := os.ReadFile(ts.MkAbs(name))
	ts.Check(err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("mlgate.bundle")
	ts.Check(err)
	_, err = f.Write(data)
	ts.Check(err)
	ts.Check(w.Close())
	return b.Bytes()
}
