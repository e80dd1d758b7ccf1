#!/usr/bin/env bash
# tools.sh: the pinned tools of the tests, built from their modules into .cache/bin. Quick when they are there.
set -euo pipefail
cd "$(dirname "$0")/.."
export GOBIN=$PWD/.cache/bin CGO_ENABLED=0
mkdir -p "$GOBIN"
get() { # get BINARY MODULE VERSION
	[ -x "$GOBIN/$1" ] && [ "$(cat "$GOBIN/.$1" 2>/dev/null)" = "$3" ] && return
	echo "installing $1 $3"
	go install "$2@$3"
	echo "$3" >"$GOBIN/.$1"
}
get actionlint github.com/rhysd/actionlint/cmd/actionlint v1.7.12
get golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint v2.15.0
get act github.com/nektos/act v0.2.89
get conftest github.com/open-policy-agent/conftest v0.71.1
