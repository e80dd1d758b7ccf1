package fakegithub

import (
	"encoding/json"
	"strconv"
)

type object = map[string]any

func repository(repo string) object {
	return object{"full_name": repo, "default_branch": "main"}
}

func encode(v object) []byte {
	data, err := json.Marshal(v)
	if err != nil { // maps of text and numbers
		return nil
	}
	return data
}

// PullRequestEvent is the payload of an opened pull request from a branch of the same repository.
func PullRequestEvent(repo, number, head, base string) []byte {
	n, _ := strconv.Atoi(number)
	side := func(ref, sha string) object { return object{"ref": ref, "sha": sha, "repo": repository(repo)} }
	return encode(object{
		"action": "opened", "number": n, "repository": repository(repo), "sender": object{"login": "ada"},
		"pull_request": object{"number": n, "title": "Change the model", "head": side("change", head), "base": side(base, head)},
	})
}

// PushEvent is the payload of a push to a branch.
func PushEvent(repo, branch, after, before string) []byte {
	return encode(object{"ref": "refs/heads/" + branch, "before": before, "after": after, "repository": repository(repo), "pusher": object{"name": "ada"}})
}

// OtherEvent is the payload of an event that carries nothing but the repository.
func OtherEvent(repo string) []byte { return encode(object{"repository": repository(repo)}) }

// MergeGroupEvent is the payload of a merge queue that asks for checks of a pull request.
func MergeGroupEvent(repo, number, head, base string) []byte {
	return encode(object{"action": "checks_requested", "repository": repository(repo), "merge_group": object{
		"head_sha": head, "head_ref": "refs/heads/gh-readonly-queue/" + base + "/pr-" + number + "-" + head, "base_ref": "refs/heads/" + base, "base_sha": head,
	}})
}

// CommentEvent is the payload of a comment on a pull request.
func CommentEvent(repo string, number int, action string, c Comment) []byte {
	return encode(object{
		"action": action, "comment": c, "repository": repository(repo), "sender": object{"login": c.User.Login},
		"issue": object{"number": number, "state": "open", "pull_request": object{"url": "https://example.com"}},
	})
}
