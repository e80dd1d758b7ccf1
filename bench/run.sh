#!/usr/bin/env bash
# run.sh [OUT]: everything that is measured here, in one run; what it says is written to OUT too
# (default docs/performance.md). Sets up what it needs. Takes some ten minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-docs/performance.md}
test/tools.sh
test/venv/install.sh dvc stat mlflow3
make -s build
new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
	cat bench/head.md
	printf '\n## What grows\n'
	go run ./bench/scale
	printf '\n'
	cat bench/image.md # measured by hand: it needs a Docker engine
	printf '\n## Differences of two commits\n```text\n'
	bench/diff.sh
	printf '```\n\n## Statistics\n| what | tool | CPU s | compared with | target | |\n|:--|:--|--:|:--|:--|:--|\n'
	go run ./bench/stat
	printf '\n## Policies\n'
	bench/policy/run.sh | sed 's/^|/\n&/;t;s/$/  /' | awk '/^$/ { next } /^\|/ && !table { print ""; table = 1 } { print }'
} | tee "$new"
cp "$new" "$out"
