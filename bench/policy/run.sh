#!/usr/bin/env bash
# run.sh: mlgate's policies beside conftest and opa, on this machine. Sets up what it needs; prints a table.
set -euo pipefail
cd "$(dirname "$0")/../.."
opa=v1.22.2
export GOBIN=$PWD/.cache/bin CGO_ENABLED=0
test/tools.sh
[ "$(cat .cache/bin/.opa 2>/dev/null)" = $opa ] || { go install github.com/open-policy-agent/opa@$opa && echo $opa >.cache/bin/.opa; }
go build -trimpath -ldflags '-s -w' -o bin/mlgate ./cmd/mlgate
uname -srm
nproc
go run ./bench/policy "$@"
