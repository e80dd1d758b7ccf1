#!/usr/bin/env bash
# install.sh puts mlgate on PATH for the later steps of a GitHub job: the binary at $BINARY when that is set, else the
# release of this action's own version for this machine, which must have the checksum that stands beside this file.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
fail() { echo "::error title=set up mlgate::$1" >&2; exit 1; }

version=$(cat "$here/../VERSION")
tmp=$(mktemp -d "${RUNNER_TEMP:?}/mlgate-XXXXXX")
trap 'rm -rf "$tmp"' EXIT

download() {
	local os arch name want got url=${URL:-https://github.com/mlgate/mlgate/releases/download}
	case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; *) fail "there is no mlgate for $(uname -s)" ;; esac
	case $(uname -m) in x86_64 | amd64) arch=amd64 ;; aarch64 | arm64) arch=arm64 ;; *) fail "there is no mlgate for $(uname -m)" ;; esac
	name=mlgate_${version}_${os}_${arch}.tar.gz
	want=$(awk -v n="$name" '$2 == n { print $1 }' "$here/checksums.txt")
	[[ $want =~ ^[0-9a-f]{64}$ ]] || fail "this version of the action knows no checksum of $name: use a released version of it, or name a binary with the input path"
	# What comes is known by its checksum; https alone keeps others from seeing what is asked for, or from wasting our time.
	curl --fail --silent --show-error --location --proto '=https' --proto-redir '=https' --retry 3 --max-time 300 --max-filesize 200000000 \
		--output "$tmp/archive" "$url/v$version/$name" || fail "downloading $name failed: is $url reachable from this runner?"
	if command -v sha256sum >/dev/null; then got=$(sha256sum <"$tmp/archive"); else got=$(shasum -a 256 <"$tmp/archive"); fi
	[ "${got%% *}" = "$want" ] || fail "$name has the checksum ${got%% *}, and $want is the right one: it is not what was released"
	tar -xzf "$tmp/archive" -C "$tmp" mlgate || fail "$name holds no mlgate"
	BINARY=$tmp/mlgate
}

[ -n "${BINARY:-}" ] || download
[ -f "$BINARY" ] || fail "there is no binary at $BINARY"
dir=$RUNNER_TEMP/mlgate-bin
mkdir -p "$dir"
install -m 755 -- "$BINARY" "$dir/mlgate"
echo "$dir" >>"${GITHUB_PATH:?}"
"$dir/mlgate" version
