#!/usr/bin/env bash
# install.sh NAME…: for each a virtual environment in .cache/venv/NAME with what NAME.txt pins, by a pinned uv, which
# is many times as fast as pip. Quick when they are there. Two of these at once wait for each other.
set -euo pipefail
cd "$(dirname "$0")"
cache=../../.cache/venv uv=../../.cache/venv/uv-0.13.9
mkdir -p "$cache"
if command -v flock >/dev/null; then exec 9>"$cache/lock" && flock 9; fi
if [ ! -x "$uv/bin/uv" ]; then
	python3 -m venv "$uv"
	"$uv/bin/pip" install -q --disable-pip-version-check uv==0.13.9
fi
for name in "$@"; do
	dir=$cache/$name
	if [ -f "$dir/pinned" ] && cmp -s "$name.txt" "$dir/pinned"; then continue; fi
	"$uv/bin/uv" venv -q --clear --seed --python "$(command -v python3)" "$dir"
	VIRTUAL_ENV=$PWD/$dir "$uv/bin/uv" pip install -q -r "$name.txt"
	cp "$name.txt" "$dir/pinned"
done
