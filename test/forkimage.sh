#!/usr/bin/env bash
# forkimage.sh: the two workflows for forks as they stand in workflows-examples, under act, against a GitHub on loopback.
# The first runs a fork's change, which looks everywhere for something that can write; the second judges what it left.
# After image.sh, whose image it uses. Without an engine: skipped on a laptop, a failure in CI.
#
# What act does not model, and is done here by hand: `permissions:` and the read-only token of a fork (each run gets a
# token that the fake GitHub grants exactly the rights of the example), the chain from the first workflow to the second,
# the merge commit of a pull request, and artifacts (a folder, and a zip that is made here). GitHub's runner is a process
# beside the job, whose memory has the job's token; act has none. That token reads, and no more: see the end of part 1.
set -euo pipefail
cd "$(dirname "$0")/.."
. test/act.sh
# pip is the job's first chance to run code of the change: requirements.txt is the change's.
printf '#!/bin/sh\nexec sh look.sh pip\n' >"$work/python/bin/pip"

echo "== a fork's pull request, in a job that can write nothing"
cp -r internal/demo/files "$work/model" && git init -q --bare -b main "$work/origin.git" && cd "$work/model" && git init -q -b main
mkdir -p .github/workflows tools && cp "$work/mlgate" tools/mlgate && : >requirements.txt
cp "$root/workflows-examples/github/fork-run.yml" .github/workflows/mlgate-run.yml
cp "$root/workflows-examples/github/fork-judge.yml" .github/workflows/mlgate-judge.yml
git add . && git commit -qm model && git push -q "$work/origin.git" main
"$work/mlgate" run --out ../adopt 2>/dev/null && git remote add origin "$work/origin.git" && git fetch -q origin && "$work/mlgate" promote --bundle ../adopt >/dev/null && git remote set-url origin https://github.com/acme/model.git
git checkout -q -b look && sed -i 's/3 4/1 2 3 4/' params.yaml && sed -i 's/run: mkdir -p build/run: sh look.sh step; mkdir -p build/' mlops.yaml
cat >look.sh <<'L'
# look.sh WHERE: all that might write is told, a line each. The token's letters are not in this file as they are.
say() { sed "s/^/look $1: $2 /"; }
secret='ghs_[a-z]*job[o]ne'
env | cut -d= -f1 | sort | say "$1" variable
env | grep -c "$secret" | say "$1" 'tokens in the environment:'
n=0
for p in /proc/[0-9]*; do
	tr '\0' '\n' <$p/environ 2>/dev/null | grep -q "$secret" && echo "$p" | say "$1" 'token in the environment of'
	tr '\0' '\n' <$p/cmdline 2>/dev/null | grep -q "$secret" && echo "$p" | say "$1" 'token in the arguments of'
	ls -l $p/fd 2>/dev/null | grep -e socket: -e '\.sock' | sed 's/.*-> //' | say "$1" "open socket of $(tr '\0' ' ' <$p/cmdline 2>/dev/null | cut -c1-40 | tr / .):"
	n=$((n + 1))
done
echo $n | say "$1" processes:
awk '{print $5, $4}' /proc/self/mountinfo | grep -v -e '^/proc' -e '^/sys' -e '^/dev' | cut -c1-150 | tr / . | say "$1" mount
{ # a mounted socket does not look like one in its folder's list
	find / \( -path /proc -o -path /sys -o -path /dev \) -prune -o -type s -print 2>/dev/null
	awk '{print $5}' /proc/self/mountinfo | while read -r m; do [ ! -S "$m" ] || echo "$m"; done
} | tr / . | say "$1" 'socket at'
grep -rlsI -e "$secret" / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev 2>/dev/null | tr / . | say "$1" 'token in the file'
grep -ci -e extraheader -e authorization .git/config | say "$1" 'credentials in the checkout:'
[ "$1" = step ] || git push -q "$GITHUB_SERVER_URL/acme/model.git" HEAD:refs/heads/pwned </dev/null >/dev/null 2>&1 || echo refused | say "$1" push
[ "$1" = step ] || curl -s -o /dev/null -w '%{http_code}\n' -d '{"body":"pwned"}' "$GITHUB_API_URL/repos/acme/model/issues/7/comments" | say "$1" comment
echo done | say "$1" looking
L
git add . && git commit -qm look && git push -q "$work/origin.git" HEAD:refs/pull/7/head
head=$(git rev-parse HEAD) base=$(git rev-parse main)
serve origin.git
curl -sf "$url/_grant?token=ghs_forkjobone&contents=read"
curl -sf "$url/_grant?token=ghs_judge&contents=write&pull_requests=write&statuses=write&checks=write&actions=read"
printf '{"action":"opened","number":7,%s,"pull_request":{"number":7,"title":"x","head":{"ref":"look","sha":"%s","repo":{"full_name":"mallory/model"}},"base":{"ref":"main","sha":"%s","repo":{"full_name":"acme/model"}}}}' "$repo" "$head" "$base" >"$work/event.json"
act pull_request mlgate-run.yml ghs_forkjobone --container-options "-v $work/artifacts:/artifacts" >"$work/run" 2>&1 || die "the first job failed:" "$work/run"
for where in pip step; do
	must "$work/run" "look $where: looking done" 'the look'
	must "$work/run" "look $where: processes: [1-9]" 'processes that were looked at'
	must "$work/run" "look $where: mount " 'mounts'
	must "$work/run" "look $where: tokens in the environment: 0" 'the environment'
	must "$work/run" "look $where: credentials in the checkout: 0" 'the checkout'
	mustnot "$work/run" "look $where: token in" 'a token'
	mustnot "$work/run" "look $where: variable .*\(TOKEN\|SECRET\|PASSWORD\|_KEY\)" 'a variable for secrets'
	mustnot "$work/run" "look $where: \(open socket\|socket at\)" 'a socket'
done
must "$work/run" 'look pip: push refused' 'a push without a token'
must "$work/run" 'look pip: comment 401' 'a comment without a token'
# All mounts but those that act makes for itself (tools, commands, the workspace, an engine's three files) and ours for artifacts.
grep -o 'look pip: mount .*' "$work/run" | grep -v -e 'mount \. ' -e 'mount \.artifacts ' -e 'mount \.run\.act ' -e 'mount \.opt\.hostedtoolcache ' -e "mount ${work//\//.}\.model " \
	-e 'mount \.etc\.\(hosts\|hostname\|resolv\.conf\) ' >"$work/mounts" && die "the first job has mounts that it should not have:" "$work/mounts"
# What the job's own token may, which GitHub's runner has in its memory: to read.
[ "$(curl -s -o "$work/answer" -w '%{http_code}' -H 'Authorization: Bearer ghs_forkjobone' -d '{"body":"x"}' "$url/repos/acme/model/issues/7/comments")" = 403 ] || die "the first job's token may comment" "$work/answer"
[ "$(curl -s -o "$work/answer" -w '%{http_code}' -H 'Authorization: Bearer ghs_forkjobone' -d '{"state":"success","context":"mlgate"}' "$url/repos/acme/model/statuses/$head")" = 403 ] || die "the first job's token may set a status" "$work/answer"
git ls-remote -q "http://x:ghs_forkjobone@${url#http://}/acme/model.git" >"$work/answer" || die "the first job's token may not read"
if git push -q "http://x:ghs_forkjobone@${url#http://}/acme/model.git" HEAD:refs/heads/pwned >"$work/answer" 2>&1; then die "the first job's token may push"; fi

echo "== control: the same look finds what is there"
mkdir "$work/none" && act pull_request mlgate-run.yml ghs_forkjobone --container-options "-v $work/none:/artifacts -v ${DOCKER_HOST#unix://}:/run/engine.sock" --env LEFT_TOKEN=ghs_otherjobone >"$work/control" 2>&1 || die "the control failed:" "$work/control"
must "$work/control" 'look pip: token in the environment of' 'the control'
must "$work/control" 'look pip: variable LEFT_TOKEN' 'the control'
must "$work/control" 'look pip: socket at .run.engine.sock' 'the control'

echo "== the judge of the second workflow"
ledger() { git -C "$work/origin.git" for-each-ref refs/mlgate; }
judged() { # judged NUMBER BRANCH OWNER: hands the artifact over, and judges
	python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").write(sys.argv[2], "mlgate.bundle")' "$work/zip" "$work/artifacts/mlgate/mlgate.bundle"
	curl -sf --data-binary @"$work/zip" "$url/_handover?number=$1&commit=$head&branch=$2&base=main&owner=$3&author=${3:-ada}"
	printf '{"action":"completed",%s,"workflow_run":{"id":500,"run_attempt":1}}' "$repo" >"$work/event.json"
	act workflow_run mlgate-judge.yml ghs_judge >"$work/judge" 2>&1 || die "judging #$1 failed:" "$work/judge"
	curl -sf "$url/_state" >"$work/state" && curl -sf "$url/_marks" >"$work/marks"
	must "$work/judge" "comment on #$1: created" 'the judge'
	must "$work/state" 'iris: passed' 'the comment'
	must "$work/marks" "status ${head:0:7} mlgate success: passed" 'the status'
	must "$work/marks" "check 1 ${head:0:7} mlgate / iris .*completed success" 'the check'
}
before=$(ledger)
judged 7 look mallory
must "$work/judge" 'judging #7, from a fork' 'the judge'
[ "$(ledger)" = "$before" ] || die "something of a fork is recorded"
git push -q "$work/origin.git" HEAD:refs/heads/look
judged 8 look ''
[ "$(ledger)" != "$before" ] || die "a branch's verdict is not in the ledger"
git -C "$work/origin.git" ls-tree -r --name-only "$(git -C "$work/origin.git" for-each-ref --format '%(refname)' refs/mlgate/ledger)" >"$work/ledger"
must "$work/ledger" "verdict/.*$head" 'the ledger'
[ -z "$(git -C "$work/origin.git" for-each-ref refs/heads/pwned)" ] || die "something was pushed"
echo "forkimage.sh: all well"
