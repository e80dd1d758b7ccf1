#!/usr/bin/env bash
# image.sh: builds the image with a local engine and uses it as its users do: the demo, a work tree of another owner,
# and the action under act against a GitHub on loopback. Without an engine: skipped on a laptop, a failure in CI.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD image=mlgate:test
if ! docker info >/dev/null 2>&1; then
	[ "${CI:-}" = true ] && { echo "image.sh: CI has no Docker engine"; exit 1; }
	echo "image.sh: no Docker engine here: skipped"; exit 0
fi
work=$(mktemp -d); server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=a@example.com
must() { grep -q -- "$2" "$1" || { echo "image.sh: $3: no \"$2\" in:"; cat "$1"; exit 1; }; }

echo "== build"
DOCKER_BUILDKIT=0 docker build -q -t $image . 2>&1 | grep -vi -e deprecated -e buildx -e '^$' || true
docker image inspect -f '{{.Size}}' $image | awk '{printf "image: %.0f MB\n", $1/1e6}'

echo "== demo"
docker run --rm $image demo >"$work/demo" || { cat "$work/demo"; exit 1; }
must "$work/demo" 'Everything is in' demo

echo "== a work tree of uid 1001, as a hosted runner mounts it"
cp -r internal/demo/files "$work/iris"
(cd "$work/iris" && git init -q -b main && git add . && git commit -qm model && git checkout -q -b change && sed -i 's/3 4/1 2 3 4/' params.yaml && git commit -qam better)
mkdir "$work/home"; chown -R 1001:1001 "$work/iris" "$work/home"
docker run --rm -v "$work/iris:/github/workspace" -v "$work/home:/github/home" -e HOME=/github/home -w /github/workspace $image review >"$work/review" 2>&1 || { cat "$work/review"; exit 1; }
must "$work/review" 'iris: passed' 'foreign owner'

echo "== steps run as another user, who reaches neither mlgate nor what was there before"
chown -R "$(id -u):$(id -g)" "$work/iris" # git asks whose it is
(cd "$work/iris" && git checkout -q -b steps && cat >mlops.yaml <<'Y'
version: 1
model: iris
steps:
  - name: train
    run: |
      id -un; grep -h -e CapEff -e NoNewPrivs /proc/self/status
      cat /proc/1/environ; ls /proc/1/fd; echo x >>train.awk; mv train.awk y; mv .git z; echo x >>/github/file_commands/out
      echo '{"accuracy": 1}' >build/metrics.json
    inputs: [train.awk]
    outputs: [build/metrics.json]
evidence: [build/metrics.json]
gates: {accuracy: {min: 0.5}}
Y
git commit -qam steps)
mkdir "$work/commands"; touch "$work/commands/out"; chown -R 1001:1001 "$work/iris" "$work/commands"
docker run --rm -v "$work/iris:/github/workspace" -v "$work/home:/github/home" -v "$work/commands:/github/file_commands" -e HOME=/github/home \
	-w /github/workspace $image run --out /tmp/bundle >"$work/steps" 2>&1 || { cat "$work/steps"; exit 1; }
must "$work/steps" '^train | mlgate-step$' 'the user'
must "$work/steps" 'CapEff: *0000000000000000' 'capabilities'
must "$work/steps" 'NoNewPrivs: *1' 'privileges'
[ "$(grep -c -e 'Permission denied' -e 'Operation not permitted' "$work/steps")" -eq 6 ] || { echo "image.sh: a step reached what it must not:"; cat "$work/steps"; exit 1; }

echo "== the action under act"
go build -o "$work/fakegithub" ./test/fakegithub/cmd/fakegithub
go build -o "$work/mlgate" ./cmd/mlgate
cp -r internal/demo/files "$work/model"
git init -q --bare -b main "$work/origin.git"
(cd "$work/model" && git init -q -b main && mkdir -p .github/workflows && cat >.github/workflows/w.yml <<'W'
on: [push, pull_request]
jobs:
  judge:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - {id: gate, uses: mlgate/mlgate@v1, with: {command: ci, bundle: mlgate.bundle}}
      - run: echo "said $VERDICT, $VERSION in $STAGE"
        env: {VERDICT: "${{ steps.gate.outputs.verdict }}", VERSION: "${{ steps.gate.outputs.version }}", STAGE: "${{ steps.gate.outputs.stage }}"}
W
git add . && git commit -qm model && git push -q "$work/origin.git" main
"$work/mlgate" run --out mlgate.bundle && git remote add origin https://github.com/acme/model.git)
"$work/fakegithub" --root "$work" >"$work/url" & server=$!
until [ -s "$work/url" ]; do kill -0 $server; done
url=$(cat "$work/url")
git clone -q --depth 1 "file://$root" "$work/action" 2>/dev/null || cp -r "$root" "$work/action"
cp -r Dockerfile .dockerignore action.yml go.mod go.sum cmd internal policies release "$work/action/"
act() { # act EVENT: with the event file $work/event.json
	(cd "$work/model" && "$root/.cache/bin/act" "$1" -e "$work/event.json" -P ubuntu-latest=act-runner:local --pull=false --rm --no-cache-server \
		--env GITHUB_API_URL="$url" --env GITHUB_SERVER_URL="$url" -s GITHUB_TOKEN=secret-token --local-repository mlgate/mlgate@v1="$work/action")
}
head=$(git -C "$work/model" rev-parse HEAD)
repo='"repository":{"full_name":"acme/model","default_branch":"main"}'
printf '{"ref":"refs/heads/main","before":"%040d","after":"%s",%s}' 0 "$head" "$repo" >"$work/event.json"
act push >"$work/act1" 2>&1 || { cat "$work/act1"; exit 1; }
must "$work/act1" 'said passed with warnings, v0.1.0 in staging' 'push under act'

(cd "$work/model" && git checkout -q -b change && sed -i 's/3 4/1 2/' params.yaml && git commit -qam worse && git push -q "$work/origin.git" change && "$work/mlgate" run --out mlgate.bundle)
change=$(git -C "$work/model" rev-parse HEAD)
printf '{"action":"opened","number":7,%s,"pull_request":{"number":7,"title":"x","head":{"ref":"change","sha":"%s","repo":{"full_name":"acme/model"}},"base":{"ref":"main","sha":"%s","repo":{"full_name":"acme/model"}}}}' "$repo" "$change" "$head" >"$work/event.json"
if act pull_request >"$work/act2" 2>&1; then echo "image.sh: the bad change passed under act"; cat "$work/act2"; exit 1; fi
must "$work/act2" 'blocked' 'pull request under act'
curl -sf "$url/_state" >"$work/state"
must "$work/state" 'blocked by accuracy' 'the comment'
echo "image.sh: all well"
