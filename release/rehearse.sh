#!/usr/bin/env bash
# rehearse.sh [VERSION]: a release as release.yml makes its archives, published nowhere: goreleaser in the version that
# release.yml names looks at its configuration and builds the archives of a clone, a snapshot and the tagged version; the
# actions are stamped, and mlgate is installed from them over https. It takes minutes; the network is for Go modules.
# The image is what test/image.sh builds.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD version=${1:-$(cat VERSION)}
pinned=$(sed -n 's/.*goreleaser\/v2@\(v[0-9.]*\) .*/\1/p' .github/workflows/release.yml)
[ -n "$pinned" ] || { echo "rehearse.sh: release.yml pins no goreleaser"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
goreleaser=${GORELEASER:-$root/.cache/goreleaser/$pinned/goreleaser}
[ -x "$goreleaser" ] || GOBIN=$(dirname "$goreleaser") CGO_ENABLED=0 go install "github.com/goreleaser/goreleaser/v2@$pinned"
git clone -q "$root" "$work/clone"
cd "$work/clone"
"$goreleaser" check
install() { echo "== install from $1"; (cd "$root" && MLGATE_DIST=$work/clone/dist go test -count=1 ./setup -run 'TestInstallReleased$'); }
echo "== snapshot" && "$goreleaser" release --snapshot --clean --skip=publish && install "the snapshot"
git tag "v$version"
echo "== v$version" && "$goreleaser" release --clean --skip=publish,announce && install "v$version"
cp -r dist "$work/first"
"$goreleaser" release --clean --skip=publish,announce
cmp dist/checksums.txt "$work/first/checksums.txt" && echo "== the same bytes again"
