#!/usr/bin/env bash
# stepimage.sh: steps in images, with a local engine: what a step reaches, which image it was, how it ends; in mlgate's
# own container, and the scikit-learn example under act. Without an engine: skipped on a laptop, a failure in CI.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD image=mlgate-stepimage:test
if ! docker info >/dev/null 2>&1; then
	[ "${CI:-}" = true ] && { echo "stepimage.sh: CI has no Docker engine"; exit 1; }
	echo "stepimage.sh: no Docker engine here: skipped"; exit 0
fi
work=$(mktemp -d) pids=()
ours() { docker ps -aq --filter "label=mlgate.work"; }
clean() {
	for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done
	ours | xargs -r docker rm -f >/dev/null
	docker images -q --filter label=mlgate.test=stepimage | sort -u | xargs -r docker rmi -f >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap clean EXIT
unset CI GITHUB_ACTIONS # a laptop, where a part does not say otherwise
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=a@example.com
die() { echo "stepimage.sh: $1"; [ -z "${2:-}" ] || cat "$2"; exit 1; }
must() { grep -q -- "$2" "$1" || die "$3: no \"$2\" in:" "$1"; }
none() { [ -z "$(ours)" ] || die "$1: containers are left: $(docker ps -a --filter label=mlgate.work)"; }
commit() { git add -A && git commit -qm "$1"; }
code() { # code N LOG COMMAND...: it must end with N
	local want=$1 log=$2 got=0; shift 2
	"$@" >"$log" 2>&1 || got=$?
	[ "$got" = "$want" ] || die "$* ended with $got, not $want:" "$log"
}
socket=${DOCKER_HOST:-unix:///var/run/docker.sock}; socket=${socket#unix://}
none "before the test"

echo "== an image with scikit-learn"
site=("$root"/.cache/venv/sklearn/lib/python3.11/site-packages)
[ -d "${site[0]}" ] || die "no .cache/venv/sklearn for Python 3.11 (make venv)"
mkdir "$work/context" && cp -a "${site[0]}" "$work/context/site-packages" && find "$work/context" -depth -type d '(' -name tests -o -name pip -o -name setuptools ')' -exec rm -rf {} + && cp test/stepimage/Dockerfile "$work/context"
DOCKER_BUILDKIT=0 docker build --force-rm -q -t $image "$work/context" >"$work/build" 2>&1 || die "building $image" "$work/build"
rm -rf "$work/context"
id=$(docker image inspect -f '{{.Id}}' $image)
CGO_ENABLED=0 go build -o "$work/mlgate" ./cmd/mlgate
PATH=$work:$PATH

echo "== the example in it: what it reaches, which image it was"
git init -q --bare -b main "$work/origin.git"
cp -r examples/sklearn "$work/model" && cp test/stepimage/probe.py "$work/model" && cd "$work/model"
mkdir "$work/runner" && touch "$work/runner/out"
sed -i "s|run: python [a-z]*.py,|& image: {name: \"$image\", pull: never},|" mlops.yaml
sed -i "/^evidence:/i\\  - {name: probe, run: mkdir -p build \\&\\& python probe.py --network-none $socket $work/runner/out $work, needs: [evaluate], inputs: [probe.py], image: {name: \"$image\", network: none, memory: 512MiB, cpus: 1}}" mlops.yaml
git init -q -b main && git remote add origin ../origin.git && commit model && git push -q -u origin main
GITHUB_OUTPUT=$work/runner/out RUNNER_TEMP=$work/runner GITHUB_TOKEN=secret-token code 0 "$work/said" mlgate run --out ../b
must "$work/said" 'trained on 398 rows' 'the training'
must "$work/said" 'as 0:0 the probe tried [0-9]* things, and reached 0' 'what a step reaches'
tar xf ../b -C "$work" && cat "$work"/evidence/*.json >"$work/evidence.json" && rm -r "$work/evidence"
must "$work/evidence.json" "\"images\":\\[{\"name\":\"$image\",\"id\":\"$id\"}\\]" 'the image in the evidence'
[ ! -s "$work/runner/out" ] || die "a step wrote the runner's command file"
none "after a good run"

echo "== the work tree of another user"
cp -r "$work/model" "$work/foreign" && cd "$work/foreign" && rm -rf build && chown -R 1001:1001 .
code 0 "$work/said" mlgate run --out ../b
must "$work/said" 'as 1001:1001 the probe tried [0-9]* things, and reached 0' 'the owner of the work tree'
[ "$(stat -c %u build/model.pkl)" = 1001 ] || die "a step's file belongs to $(stat -c %u build/model.pkl)"

echo "== ends: time, Ctrl-C, kill -9, memory"
cd "$work/model"
step() { # step KEYS COMMAND: mlops.yaml with one step
	printf 'version: 1\nmodel: tumour\nsteps:\n  - name: train\n    image: {name: "%s"%s}\n    run: |\n      %s\n    outputs: [build/metrics.json]\n%sevidence: [build/metrics.json]\ngates: {accuracy: {min: 0.5}}\n' \
		$image "${3:-}" "$2" "$1" >mlops.yaml
	commit step
}
step $'    timeout: 2s\n' 'trap "" TERM; (trap "" TERM; setsid sleep 4711 &) ; for i in 1 2 3 4 5 6 7 8 9; do (trap "" TERM; sleep 4711) & done; echo deaf; sleep 4711; sleep 4711'
code 1 "$work/said" mlgate run --out ../b
must "$work/said" 'train | deaf' 'a step that ignores SIGTERM'
must "$work/said" 'step train: timed out after 2s' 'a step that ignores SIGTERM'
none "after a timeout"
! pgrep -f 'sleep 4711' >/dev/null || die "a process of a step is left"

step '' 'trap "" TERM; echo up; touch up; sleep 4711'
wait_up() { until [ -e up ]; do kill -0 "$1" || die "mlgate ended" "$work/said"; sleep 0.1; done; rm -f up; }
mlgate run --out ../b >"$work/said" 2>&1 & p=$!
wait_up $p; kill -INT $p; wait $p && die "Ctrl-C: ended well" "$work/said"
none "after Ctrl-C"
mlgate run --out ../b >"$work/said" 2>&1 & p=$!
wait_up $p; kill -KILL $p; wait $p 2>/dev/null || true
[ "$(ours | wc -l)" = 1 ] || die "after kill -9 there should be one container: $(ours)"
step '' 'mkdir -p build; echo "{\"accuracy\": 1}" >build/metrics.json'
code 0 "$work/said" mlgate run --out ../b
must "$work/said" 'removing the container that an earlier run left of step train' 'kill -9'
none "after the run after kill -9"
! pgrep -f 'sleep 4711' >/dev/null || die "a process of a killed run is left"

step '' 'python -c "x = bytearray(1 << 30); x[::4096] = x[::4096].replace(b\"\\0\", b\"x\")"' ', memory: 64MiB'
code 1 "$work/said" mlgate run --out ../b
must "$work/said" 'step train: killed for want of memory: `image.memory` is 64 MiB' 'memory'
git reset -q --hard origin/main

echo "== images of a registry: digest, moving tag, reuse"
printf 'FROM debian:bookworm-slim\nLABEL mlgate.test=stepimage\nARG V\nRUN echo $V >/v\n' >"$work/Dockerfile"
for v in 1 2; do
	DOCKER_BUILDKIT=0 docker build --force-rm -q --build-arg V=$v -t mlgate-stepimage:v$v - <"$work/Dockerfile" >"$work/build" 2>&1 || die "building v$v" "$work/build"
	docker save mlgate-stepimage:v$v >"$work/v$v.tar"
	docker rmi -f mlgate-stepimage:v$v >/dev/null
done
digest=$(python3 "$root/test/stepimage/registry.py" add "$work/registry" moving <"$work/v1.tar")
python3 "$root/test/stepimage/registry.py" serve "$work/registry" "$work/port" & pids+=($!)
until [ -s "$work/port" ]; do kill -0 "${pids[-1]}"; sleep 0.1; done
name=127.0.0.1:$(cat "$work/port")/team/train
small() { # small IMAGE KEYS
	printf 'version: 1\nmodel: tumour\nsteps:\n  - {name: train, run: "mkdir -p build; cat /v; sed s/^/accuracy,0./ /v >build/m.csv", image: {name: "%s"%s}, outputs: [build/m.csv]}\nevidence: [build/m.csv]\ngates: {accuracy: {min: 0}}\npromote: [{to: staging, when: merge}]\n' "$1" "$2" >mlops.yaml
	sed -i 's|sed s/^/accuracy,0./ /v|(echo accuracy; sed s/^/0./ /v)|' mlops.yaml
	commit "$1" && git push -q
}
git init -q --bare -b main "$work/small.git" && git init -q -b main "$work/small" && cd "$work/small" && git remote add origin ../small.git
echo a model >README.md && commit begin && git push -q -u origin main
small "$name:moving" ', pull: always'
code 0 "$work/said" mlgate run --out ../b
must "$work/said" "pull | Digest: $digest" 'pulling a tag'
tar xf ../b -C "$work" && cat "$work"/evidence/*.json >"$work/evidence.json" && rm -r "$work/evidence"
must "$work/evidence.json" "\"images\":\\[{\"name\":\"$name:moving\",\"id\":\"sha256:[0-9a-f]*\",\"digest\":\"$digest\"}\\]" 'the digest in the evidence'
code 0 "$work/said" mlgate promote --bundle ../b
second=$(python3 "$root/test/stepimage/registry.py" add "$work/registry" moving <"$work/v2.tar")
code 0 "$work/said" mlgate review
must "$work/said" '^train | 2' 'a tag that moved'
must "$work/said" "pull | Digest: $second" 'a tag that moved'
small "$name@$digest" ''
code 0 "$work/said" mlgate run --out ../b
must "$work/said" '^train | 1' 'a pinned image'
code 0 "$work/said" mlgate promote --bundle ../b
code 0 "$work/said" mlgate review
must "$work/said" 'no step runs: there is evidence' 'reuse with a digest'

echo "== in mlgate's own container"
# The last stage of the Dockerfile alone, around the program that is built here: image.sh builds the whole.
mkdir -p "$work/action/release" && cp "$work/mlgate" "$root/action.yml" "$work/action" && cp "$root/release/rootfs.sh" "$work/action/release"
sed -n '/^FROM debian/,$p' "$root/Dockerfile" | sed 's/--from=build .mlgate/mlgate/; /^FROM/aLABEL mlgate.test=stepimage' >"$work/action/Dockerfile"
DOCKER_BUILDKIT=0 docker build --force-rm -q -t mlgate-stepimage:own "$work/action" >"$work/build" 2>&1 || die "building mlgate-stepimage:own" "$work/build"
cd "$work/foreign" && chown -R "$(id -u):$(id -g)" . && git checkout -q . && rm -rf build
sed -i 's|^steps:|&\n  - {name: local, run: "id -un \&\& echo 1 >build/local", outputs: [build/local]}|; s|run: python train.py,|run: cat build/local \&\& python train.py, needs: [local],|' mlops.yaml
sed -i "s|python probe.py|& /github/workspace /github/runner/out|" mlops.yaml
commit mixed && chown -R 1001:1001 .
own() { docker run --rm -v "$work/foreign:/github/workspace" -v "$work/runner:/github/runner" -v "$socket:/var/run/docker.sock" -e GITHUB_OUTPUT=/github/runner/out -w /github/workspace mlgate-stepimage:own "$@"; }
code 0 "$work/said" own run --out /tmp/b
must "$work/said" '^local | mlgate-step$' 'a step without an image'
must "$work/said" 'as 1001:1001 the probe tried [0-9]* things, and reached 0' 'a step with an image'
code 2 "$work/said" docker run --rm -v "$work/foreign:/src:ro" -v "$socket:/var/run/docker.sock" --entrypoint sh mlgate-stepimage:own -c 'git config --global --add safe.directory "*"; git clone -q /src /tmp/x && cd /tmp/x && mlgate run --out /tmp/b'
must "$work/said" "lies in mlgate's own container" 'a work tree that the engine does not see'
none "after runs in a container"

echo "== the example under act"
go -C "$root" build -o "$work/fakegithub" ./test/fakegithub/cmd/fakegithub
cd "$work/model" && git checkout -q main && rm -rf build && git remote remove origin
sed -i "s| $socket $work/runner/out $work,| /var/run/act /github/workspace $work/model,|" mlops.yaml
# act names its volumes after the workflow
mkdir -p .github/workflows && cat >.github/workflows/stepimage.yml <<'W'
on: [push]
jobs:
  judge:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - {id: gate, uses: mlgate/mlgate@v1}
      - run: echo "said $VERDICT, $VERSION in $STAGE"
        env: {VERDICT: "${{ steps.gate.outputs.verdict }}", VERSION: "${{ steps.gate.outputs.version }}", STAGE: "${{ steps.gate.outputs.stage }}"}
W
commit act && git push -qf "$work/origin.git" main && git remote add origin https://github.com/acme/model.git
"$work/fakegithub" --root "$work" >"$work/url" & pids+=($!)
until [ -s "$work/url" ]; do kill -0 "${pids[-1]}"; sleep 0.1; done
url=$(cat "$work/url")
printf '{"ref":"refs/heads/main","before":"%040d","after":"%s","repository":{"full_name":"acme/model","default_branch":"main"}}' 0 "$(git rev-parse HEAD)" >"$work/event.json"
"$root/.cache/bin/act" push -e "$work/event.json" -P ubuntu-latest=act-runner:local --pull=false --rm --no-cache-server \
	--env GITHUB_API_URL="$url" --env GITHUB_SERVER_URL="$url" -s GITHUB_TOKEN=secret-token --local-repository mlgate/mlgate@v1="$work/action" >"$work/said" 2>&1 || die "act" "$work/said"
must "$work/said" 'train | trained on 398 rows' 'the training under act'
must "$work/said" 'the probe tried [0-9]* things, and reached 0' 'what a step reaches under act'
must "$work/said" 'said passed with warnings, v0.1.0 in staging' 'the verdict under act'
ledger=$(git -C "$work/origin.git" for-each-ref --format '%(refname)' refs/mlgate/ledger)
git -C "$work/origin.git" ls-tree -r --name-only "$ledger" | grep ^evidence/ | while read -r f; do git -C "$work/origin.git" show "$ledger:$f"; done >"$work/recorded"
must "$work/recorded" "$id" 'the image in the ledger'
none "after act"
echo "stepimage.sh: all well"
