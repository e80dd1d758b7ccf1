#!/usr/bin/env bash
# fuzz.sh [TIME [PACKAGE…]]: every fuzz target of the packages (default: all), TIME each (default 30s), one
# after the other, on one processor, at low priority. What fails is told at the end. A selection of the inputs that
# it found lies in testdata/fuzz beside the readers of files; every `go test` plays it.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-30s}
shift || true
failed=()
while read -r package; do
	targets=$(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true)
	for target in $targets; do
		echo "== ${package#github.com/mlgate/mlgate/} $target"
		if log=$(nice go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1s -parallel 1 "$package" 2>&1); then
			echo "$log" | grep '^fuzz: elapsed' | tail -1
		else
			echo "$log"
			failed+=("$package $target")
		fi
	done
done < <(if [ $# -gt 0 ]; then go list "$@"; else grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u | xargs go list; fi)
[ ${#failed[@]} = 0 ] || { printf 'failed: %s\n' "${failed[@]}" >&2; exit 1; }
