package ci

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

type payload struct {
	Name     string
	Examples []json.RawMessage
}

// payloads are GitHub's own examples of what it sends; none where they are not installed.
func payloads() []payload {
	data, err := os.ReadFile("../../.cache/node/node_modules/@octokit/webhooks-examples/api.github.com/index.json")
	var all []payload
	if err != nil || json.Unmarshal(data, &all) != nil {
		return nil
	}
	return all
}

// What GitHub itself gives as examples: each event is what it is, and none surprises.
func TestPayloads(t *testing.T) {
	t.Parallel()
	all := payloads()
	if all == nil && os.Getenv("CI") == "true" {
		t.Fatal("CI has no examples of GitHub's events: run `make node`")
	}
	if all == nil {
		t.Skip("needs GitHub's examples of its events: `make node`")
	}
	known := map[string][]mlgate.Event{
		"pull_request": {mlgate.PullRequest, mlgate.Other}, "push": {mlgate.Push, mlgate.Other}, "merge_group": {mlgate.MergeGroup},
		"workflow_run": {mlgate.HandedOver, mlgate.Other}, "workflow_dispatch": {mlgate.Manual}, "repository_dispatch": nil, "issue_comment": nil,
		"pull_request_review": nil, "deployment": nil,
	}
	seen := map[string]int{}
	for _, p := range all {
		want, wanted := known[p.Name]
		if !wanted {
			continue
		}
		for i, e := range p.Examples {
			c, err := change(t, p.Name, string(e))
			seen[p.Name]++
			if err != nil || want != nil && !slices.Contains(want, c.Event) {
				t.Errorf("%s %d: %q, %v", p.Name, i, c.Event, err)
			}
			if c.Event == mlgate.PullRequest && (c.Number == 0 || len(c.Head) != 40 || c.BaseBranch == "") {
				t.Errorf("%s %d: %+v", p.Name, i, c)
			}
			if c.Event == mlgate.Push && (len(c.Head) != 40 || c.BaseBranch == "") {
				t.Errorf("%s %d: %+v", p.Name, i, c)
			}
		}
	}
	for name := range known {
		if seen[name] == 0 {
			t.Errorf("GitHub has no example of %s any more", name)
		}
	}
}
