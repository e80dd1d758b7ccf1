#!/usr/bin/env bash
# diff.sh: CPU time (user and system, children included) and peak memory of `mlgate diff` and of the
# pinned `dvc metrics diff` on the same two commits, in the same run. Needs `make venv`, GNU awk or any
# other, and git. RUNS sets how often each is run; the median counts.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-7} dvc=$PWD/.cache/venv/dvc/bin/dvc
[ -x "$dvc" ] || { echo "dvc is not installed: make venv" >&2; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
make -s build
cp bin/mlgate "$dir/mlgate"
export HOME=$dir GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 DVC_NO_ANALYTICS=true LC_ALL=C
export GIT_AUTHOR_NAME=bench GIT_AUTHOR_EMAIL=b@example.com GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=b@example.com

# history NAME FILES: a repository of two commits; each file has 10 metrics, and all of them change.
history() {
	mkdir -p "$dir/$1/.dvc" "$dir/$1/m"
	cd "$dir/$1"
	git init -q -b main
	: >.dvc/config
	awk -v n="$2" 'BEGIN { print "metrics:"; for (i = 0; i < n; i++) printf "- m/%d.json\n", i }' >dvc.yaml
	printf 'lr: 0.1\n' >params.yaml
	for commit in 1 2; do
		awk -v n="$2" -v c="$commit" 'BEGIN { for (i = 0; i < n; i++) { f = "m/" i ".json"; printf "{" >f
			for (k = 0; k < 10; k++) printf "%s\"metric_%d\": %.6f", k ? ", " : "", k, (i * 7 + k) / 1000 + c / 17 >f
			printf "}\n" >f; close(f) } }'
		git add . && git commit -qm "$commit"
	done
	cd - >/dev/null
}

# cpu DIR COMMAND…: the median CPU seconds of $runs runs.
cpu() {
	local where=$1 TIMEFORMAT='%U %S'
	shift
	cd "$where"
	"$@" >/dev/null # once for the caches of the machine and of the program
	for _ in $(seq "$runs"); do { time "$@" >/dev/null 2>&1; } 2>&1; done | awk '{ printf "%.3f\n", $1 + $2 }' | sort -n | sed -n "$((runs / 2 + 1))p"
	cd - >/dev/null
}

# changed DIR COMMAND…: how many metrics the answer says have changed.
changed() { (cd "$1" && shift && "$@") | grep -o '"old": *-\?[0-9.]\+' | wc -l; }

echo "$("$dvc" --version | sed 's/^/dvc /'), $(git --version), $(nproc) processors, median of $runs runs"
printf '%-28s %12s %14s %8s\n' 'CPU seconds, two commits' 'mlgate diff' 'dvc metrics' 'ratio'
for n in 1 1000; do
	history "h$n" "$n"
	ours=("$dir/mlgate" diff --format json HEAD~1 HEAD)
	theirs=("$dvc" metrics diff --json HEAD~1 HEAD)
	a=$(changed "$dir/h$n" "${ours[@]}") b=$(changed "$dir/h$n" "${theirs[@]}")
	[ "$a" = "$b" ] && [ "$a" = $((n * 10)) ] || { echo "they do not answer alike: $a and $b metrics" >&2; exit 1; }
	x=$(cpu "$dir/h$n" "${ours[@]}") y=$(cpu "$dir/h$n" "${theirs[@]}")
	awk -v n="$n" -v x="$x" -v y="$y" 'BEGIN { printf "%-28s %12.3f %14.3f %7.0f×\n", n (n == 1 ? " file" : " files") " × 10 metrics", x, y, y / x }'
done
