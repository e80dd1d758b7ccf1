# act.sh: what the scripts share that play workflows of workflows-examples under act, against a GitHub on loopback. It is
# sourced, from the root of the repository. After image.sh, whose image it uses. Without an engine: skipped on a laptop, a
# failure in CI.
root=$PWD script=$(basename "$0")
if ! docker info >/dev/null 2>&1; then
	[ "${CI:-}" = true ] && { echo "$script: CI has no Docker engine"; exit 1; }
	echo "$script: no Docker engine here: skipped"; exit 0
fi
work=$(mktemp -d) servers=
trap '[ -z "$servers" ] || kill $servers 2>/dev/null; rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=a@example.com
die() { echo "$script: $1"; [ -z "${2:-}" ] || cat "$2"; exit 1; }
must() { grep -q -e "$2" "$1" || die "$3: no \"$2\" in:" "$1"; }
mustnot() { ! grep -q -e "$2" "$1" || die "$3: \"$2\" in:" "$1"; }

go build -o "$work/mlgate" ./cmd/mlgate
go build -o "$work/fakegithub" ./test/fakegithub/cmd/fakegithub
# The action with its image named, as a release has it: the one that image.sh built.
docker image inspect mlgate:test >/dev/null 2>&1 || DOCKER_BUILDKIT=0 docker build -q -t mlgate:test . >"$work/build" 2>&1 || die "building the image" "$work/build"
mkdir -p "$work/action" && cp -r setup VERSION "$work/action/" && sed -E 's|^  image: .*|  image: docker://mlgate:test|' action.yml >"$work/action/action.yml"
# Stand-ins for actions that are not here. Artifacts are folders in /artifacts, which a script mounts.
mkdir -p "$work/upload" "$work/download" "$work/python/bin" "$work/artifacts"
cat >"$work/upload/action.yml" <<'A'
name: upload
inputs: {name: {required: true}, path: {required: true}}
runs: {using: composite, steps: [{shell: bash, env: {NAME: "${{ inputs.name }}", FROM: "${{ inputs.path }}"}, run: 'mkdir -p "/artifacts/$NAME" && cp "$FROM" "/artifacts/$NAME/"'}]}
A
# One artifact by its name goes into the folder as it is, those of a pattern each into a folder of its own. It is the first
# step of the job that writes: where a file `rights` is, the token of the run gets those of this job.
cat >"$work/download/action.yml" <<'A'
name: download
inputs: {name: {required: false}, pattern: {required: false}, path: {default: .}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {NAME: "${{ inputs.name }}", PATTERN: "${{ inputs.pattern }}", TO: "${{ inputs.path }}", HERE: "${{ github.action_path }}"}
      run: |
        [ ! -s "$HERE/rights" ] || curl -sf "$GITHUB_API_URL/_grant?$(cat "$HERE/rights")"
        mkdir -p "$TO"
        if [ -n "$NAME" ]; then cp "/artifacts/$NAME/"* "$TO/"; else cp -r /artifacts/$PATTERN "$TO/"; fi
A
cat >"$work/python/action.yml" <<'A'
name: python
inputs: {python-version: {required: true}, cache: {required: false}}
runs: {using: composite, steps: [{shell: bash, env: {HERE: "${{ github.action_path }}"}, run: 'echo "$HERE/bin" >>"$GITHUB_PATH"'}]}
A
printf '#!/bin/sh\n' >"$work/python/bin/pip" && chmod +x "$work/python/bin/pip"

serve() { # serve FOLDER: a GitHub whose acme/model is that bare repository of $work; its address in url
	"$work/fakegithub" --root "$work" --git "$1" >"$work/$1.url" & servers="$servers $!"
	until [ -s "$work/$1.url" ]; do kill -0 $!; sleep 0.1; done
	url=$(cat "$work/$1.url")
}
repo='"repository":{"id":1296269,"full_name":"acme/model","default_branch":"main"}'
act() { # act EVENT WORKFLOW TOKEN [flag...]: with the event file $work/event.json
	local event=$1 workflow=$2 token=$3; shift 3
	"$root/.cache/bin/act" "$event" -W ".github/workflows/$workflow" -e "$work/event.json" -P ubuntu-latest=act-runner:local --pull=false --rm --no-cache-server \
		--container-daemon-socket - --env GITHUB_API_URL="$url" --env GITHUB_SERVER_URL="$url" -s GITHUB_TOKEN="$token" \
		--local-repository mlgate/mlgate@v1="$work/action" --local-repository actions/upload-artifact@v4="$work/upload" \
		--local-repository actions/download-artifact@v4="$work/download" --local-repository actions/setup-python@v5="$work/python" "$@"
}
