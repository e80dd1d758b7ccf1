#!/usr/bin/env bash
# install.sh NAME: a virtual environment in .cache/venv/NAME with what NAME.txt pins. Quick when it is there.
set -euo pipefail
cd "$(dirname "$0")"
name=$1 dir=../../.cache/venv/$1
if [ -f "$dir/pinned" ] && cmp -s "$name.txt" "$dir/pinned"; then exit 0; fi
mkdir -p "$dir"
python3 -m venv "$dir"
"$dir/bin/pip" install -q --disable-pip-version-check -r "$name.txt"
cp "$name.txt" "$dir/pinned"
