#!/usr/bin/env bash
# exampleimage.sh: the workflows that are not for forks, as they stand in workflows-examples, each whole under act, against a GitHub
# on loopback: a push and pull requests in two jobs and in one, a command in a comment, a stage that people move, and many
# models in a matrix. What they left there is looked at: comments, statuses, checks, the ledger, tags. After image.sh, whose
# image it uses. Without an engine: skipped on a laptop, a failure in CI.
#
# What act does not model, and is done here by hand: `permissions:` (the token has the rights that the example gives the job;
# act has one token for all jobs, which gets those of the judge where its job begins, in the stand-in for download-artifact),
# the merge commit of a pull request, artifacts (folders), environments and their reviewers, `concurrency:`, and which
# events start a workflow.
set -euo pipefail
cd "$(dirname "$0")/.."
. test/act.sh
examples=$root/workflows-examples/github

rights() { # rights FILE JOB: the permissions that the example gives the job, as the fake GitHub takes them
	awk -v job="$2:" '
		/^  [a-z]/ { here = $1 == job }
		here && /^    [a-z]/ { block = $1 == "permissions:" }
		here && block { sub(/#.*/, ""); sub(/permissions:/, ""); gsub(/[{},:]/, " "); gsub(/-/, "_"); n = split($0, w, " "); for (i = 1; i < n; i += 2) printf "&%s=%s", w[i], w[i + 1] }
	' "$examples/$1"
}
grant() { # grant TOKEN FILE JOB [LATER-JOB]: what the token may now, and from the first step of a later job on
	local now later
	now=$(rights "$2" "$3") later=$([ -z "${4:-}" ] || rights "$2" "$4")
	[ -n "$now" ] || die "$2 gives $3 no permissions"
	[ -z "${4:-}" ] || [ "$now" = '&contents=read' ] || die "$3 of $2 may do more than read: $now"
	curl -sf "$url/_grant?token=$1$now"
	echo "${later:+token=$1$later}" | tr -d '\n' >"$work/download/rights"
	rm -rf "$work/artifacts" && mkdir "$work/artifacts"
}
pushed() { # pushed BEFORE: main, as it is
	head=$(git rev-parse main)
	printf '{"ref":"refs/heads/main","before":"%s","after":"%s",%s,"pusher":{"name":"ada"}}' "$1" "$head" "$repo" >"$work/event.json"
}
pull() { # pull NUMBER: the branch that is checked out
	head=$(git rev-parse HEAD)
	printf '{"action":"opened","number":%s,%s,"pull_request":{"number":%s,"title":"x","user":{"login":"ada"},"head":{"ref":"%s","sha":"%s","repo":{"full_name":"acme/model"}},"base":{"ref":"main","sha":"%s","repo":{"full_name":"acme/model"}}}}' \
		"$1" "$repo" "$1" "$(git branch --show-current)" "$head" "$(git rev-parse main)" >"$work/event.json"
}
look() { # what the workflow left at the fake GitHub
	curl -sf "$url/_state" >"$work/state" && curl -sf "$url/_marks" >"$work/marks" && curl -sf "$url/_requests" >"$work/requests"
}
ledger() { git -C "$work/$1" log --format=%B "refs/mlgate/ledger/$2" >"$work/ledger" && git -C "$work/$1" ls-tree -r --name-only "refs/mlgate/ledger/$2" >>"$work/ledger"; }
runs() { # runs WANT EVENT WORKFLOW TOKEN [flag...]: act's end is a success or a failure, as wanted
	local want=$1 rc=success; shift
	act "$@" --actor ada --container-options "-v $work/artifacts:/artifacts" >"$work/log" 2>&1 || rc=failure
	[ "$rc" = "$want" ] || die "$2 on $1: $rc, want $want:" "$work/log"
}
job() { must "$work/log" "/$1\(-1\)\?[] ].*Job $2" "the job $1"; }

echo "== two-jobs.yml on a push, and on a pull request that makes the model worse"
git init -q --bare -b main "$work/origin.git" && cp -r internal/demo/files "$work/model" && cd "$work/model" && git init -q -b main && git remote add origin https://github.com/acme/model.git
mkdir -p .github/workflows tools && cp "$work/mlgate" tools/mlgate && : >requirements.txt
cp "$examples/two-jobs.yml" .github/workflows/mlgate.yml && cp "$examples"/{one-job,chat,promote}.yml .github/workflows/
git add . && git commit -qm model && git push -q "$work/origin.git" main
serve origin.git
pushed "$(printf %040d 0)" && grant ghs_two two-jobs.yml run judge
runs success push mlgate.yml ghs_two
job run succeeded && job judge succeeded
look && ledger origin.git iris
must "$work/marks" "status ${head:0:7} mlgate success: " 'the status of the push'
must "$work/ledger" "verdict/.*$head" 'the ledger'
git -C "$work/origin.git" tag >"$work/tags"
must "$work/tags" '^iris@v0\.1\.0$' 'the tags'
must "$work/tags" '^iris#staging#1$' 'the tags'

git checkout -q -b worse && sed -i 's/3 4/1 2/' params.yaml && git commit -qam worse && git push -q "$work/origin.git" worse
pull 7 && grant ghs_two two-jobs.yml run judge
runs failure pull_request mlgate.yml ghs_two
job run succeeded && job judge failed
look && ledger origin.git iris
must "$work/state" 'blocked by accuracy' 'the comment'
must "$work/marks" "status ${head:0:7} mlgate failure: blocked" 'the status'
must "$work/marks" "check . ${head:0:7} mlgate / iris .*completed failure" 'the check'
must "$work/ledger" "verdict/.*$head" 'the ledger'

echo "== control: where the judge's token may only read, nothing is written, and it says what it lacks"
git checkout -q -b control main && sed -i 's/60/61/' params.yaml && git commit -qam control && git push -q "$work/origin.git" control
pull 6 && grant ghs_read two-jobs.yml run
runs success pull_request mlgate.yml ghs_read
job judge succeeded && look
for right in contents pull-requests statuses checks; do must "$work/log" "permissions: $right: write" 'what the token lacks'; done
mustnot "$work/marks" "${head:0:7}" 'a mark by a token that may not'
mustnot "$work/state" 'issues/6' 'a comment by a token that may not'

echo "== chat.yml: who may write is answered, a stranger starts nothing"
git checkout -q main
worse=$(git rev-parse worse)
curl -sf "$url/_society" -d "{\"pulls\":[{\"number\":7,\"author\":\"ada\",\"head\":\"$worse\",\"head_ref\":\"worse\",\"head_repo\":\"acme/model\",\"base\":\"main\",\"commits\":[{\"sha\":\"$worse\",\"author\":\"ada\"}],\"pushes\":[{\"by\":\"ada\",\"after\":\"$worse\"}]}],\"rights\":{\"ada\":\"write\"}}"
say() { # say LOGIN ASSOCIATION TEXT: a comment on #7, its event, and the comment's number
	curl -sf "$url/_say?number=7&login=$1" --data-binary "$3"
	asked=$(curl -sf "$url/_state" | python3 -c 'import json, sys
c = json.load(sys.stdin)[-1]
c["author_association"] = sys.argv[2]
issue = {"number": 7, "state": "open", "pull_request": {"url": "https://example.com"}}
json.dump({"action": "created", "comment": c, "issue": issue, "sender": c["user"], **json.loads("{" + sys.argv[3] + "}")}, open(sys.argv[1], "w"))
print(c["id"])' "$work/event.json" "$2" "$repo")
}
grant ghs_chat chat.yml chat
say mallory NONE '/mlgate plan'
look && cp "$work/requests" "$work/before"
runs success issue_comment chat.yml ghs_chat
look && cmp -s "$work/requests" "$work/before" || die 'a stranger is answered' "$work/log"
for text in '/mlgate plan' '/mlgate why gate/accuracy'; do
	say ada OWNER "$text"
	runs success issue_comment chat.yml ghs_chat
	job chat succeeded && look
	must "$work/requests" "POST /repos/acme/model/issues/comments/$asked/reactions" "the reaction to $text"
done
must "$work/state" 'v0\.1\.0.*staging\|staging.*v0\.1\.0' 'the answer to plan'
must "$work/state" 'max_drop' 'the answer to why'

echo "== one-job.yml on a pull request"
git checkout -q -b better main && sed -i 's/3 4/1 2 3 4/' params.yaml && git commit -qam better && git push -q "$work/origin.git" better
pull 8 && grant ghs_one one-job.yml mlgate
runs success pull_request one-job.yml ghs_one
job mlgate succeeded
look && ledger origin.git iris
must "$work/state" 'issues/8.*iris: passed' 'the comment'
must "$work/marks" "status ${head:0:7} mlgate success: passed" 'the status'
must "$work/marks" "check . ${head:0:7} mlgate / iris .*completed success" 'the check'
must "$work/ledger" "verdict/.*$head" 'the ledger'

echo "== promote.yml: a stage moves, and the ledger says why and who let it"
git checkout -q main
curl -sf "$url/_reviewed?by=lou&environment=production&state=approved"
printf '{%s,"ref":"refs/heads/main","inputs":{"version":"","reason":"looked at both"}}' "$repo" >"$work/event.json"
grant ghs_promote promote.yml promote
runs success workflow_dispatch promote.yml ghs_promote
job promote succeeded && ledger origin.git iris
git -C "$work/origin.git" tag >"$work/tags"
must "$work/tags" '^iris#production#2$' 'the tags'
for line in 'iris: v0.1.0 → production (manual), done' 'Reason: looked at both' 'By: ada' 'Reviewed by: lou'; do must "$work/ledger" "^$line\$" 'the ledger'; done

echo "== monorepo.yml: of two models one is touched, and its leg alone runs"
git init -q --bare -b main "$work/mono.git" && mkdir "$work/mono" && cd "$work/mono" && git init -q -b main && git remote add origin https://github.com/acme/model.git
mkdir -p .github/workflows tools && cp "$work/mlgate" tools/mlgate && : >requirements.txt && cp "$examples/monorepo.yml" .github/workflows/mlgate.yml
for m in iris lily; do mkdir -p models && cp -r "$root/internal/demo/files" "models/$m" && sed -i "s/^model: .*/model: $m/" "models/$m/mlops.yaml"; done
git add . && git commit -qm models && git push -q "$work/mono.git" main
serve mono.git
git checkout -q -b change && sed -i 's/3 4/1 2 3 4/' models/lily/params.yaml && git commit -qam change && git push -q "$work/mono.git" change
pull 9 && grant ghs_mono monorepo.yml plan judge
[ "$(rights monorepo.yml run)" = '&contents=read' ] || die 'run of monorepo.yml may do more than read'
runs success pull_request mlgate.yml ghs_mono
job plan succeeded && job run succeeded && job judge succeeded
ls "$work/artifacts" >"$work/left"
[ "$(cat "$work/left")" = mlgate-models%2Flily ] || die 'the matrix ran other legs:' "$work/left"
look && ledger mono.git lily
must "$work/state" 'lily: passed' 'the comment'
must "$work/marks" "status ${head:0:7} mlgate success: passed" 'the status'
must "$work/ledger" "verdict/.*$head" 'the ledger'
[ -z "$(git -C "$work/mono.git" for-each-ref refs/mlgate/ledger/iris)" ] || die 'the model that was not touched has a verdict'
echo "exampleimage.sh: all well"
