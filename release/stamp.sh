#!/usr/bin/env bash
# stamp.sh VERSION DIGEST CHECKSUMS writes into the actions what a release is made of: the image by its digest instead of
# a Dockerfile to build, the version, and the checksums of the archives (goreleaser's checksums.txt).
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "stamp.sh: $1" >&2; exit 1; }
[ $# = 3 ] || fail "usage: stamp.sh VERSION sha256:DIGEST CHECKSUMS"
version=$1 digest=$2 sums=$3 image=${IMAGE:-ghcr.io/mlgate/mlgate}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail "$version is no version"
[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || fail "$digest is no digest of an image"
for machine in linux_amd64 linux_arm64 darwin_amd64 darwin_arm64; do
	[ "$(grep -cE "^[0-9a-f]{64}  mlgate_${version}_${machine}\.tar\.gz$" "$sums")" = 1 ] || fail "$sums does not hold mlgate_${version}_${machine}.tar.gz once"
done
[ "$(grep -cE '^  image: ' action.yml)" = 1 ] || fail "action.yml does not name its image once"
sed -i.old -E "s|^  image: .*|  image: docker://$image@$digest|" action.yml
rm action.yml.old
echo "$version" >VERSION
{ head -1 setup/checksums.txt; grep -E "^[0-9a-f]{64}  mlgate_${version}_[a-z0-9_]+\.tar\.gz$" "$sums"; } >setup/checksums.new
mv setup/checksums.new setup/checksums.txt
