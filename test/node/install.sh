#!/usr/bin/env bash
# install.sh: GitHub's descriptions of its API and the tools that hold to them, as package-lock.json pins, in .cache/node.
# Quick when they are there. Of the descriptions only github.com's is kept: the others are 300 MB.
set -euo pipefail
cd "$(dirname "$0")"
dir=../../.cache/node
if cmp -s package-lock.json "$dir/pinned"; then exit 0; fi
mkdir -p "$dir"
cp package.json package-lock.json "$dir/"
(cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
find "$dir/node_modules/@octokit/openapi/generated" -name '*.json' ! -name api.github.com.json -delete
cp package-lock.json "$dir/pinned"
