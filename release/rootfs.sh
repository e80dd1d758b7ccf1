#!/bin/sh
# rootfs.sh DIR: copies out of the Debian that it runs in what the image needs and nothing else: git, a POSIX shell with
# awk and the small tools, the roots of TLS, users. Beside each file goes the licence of its package, and what scanners read.
set -eu
to=$1
mkdir -p "$to/usr/bin" "$to/usr/sbin" "$to/usr/lib" "$to/usr/lib64" "$to/etc/ssl/certs" "$to/var/lib/dpkg/status.d" "$to/usr/share/git-core/templates" "$to/root" "$to/home"
for dir in bin sbin lib lib64; do ln -s usr/$dir "$to/$dir"; done
install -d -m 1777 "$to/tmp" "$to/var/tmp"

# take FILE: a file or link, and what the link leads to, below /usr as everywhere in Debian
take() {
	dest=$(echo "$1" | sed 's,^/\(bin\|sbin\|lib\|lib64\)/,/usr/\1/,')
	[ ! -e "$to$dest" ] && [ ! -L "$to$dest" ] || return 0
	mkdir -p "$to$(dirname "$dest")"
	cp -P "$1" "$to$dest"
	real=$(readlink -f "$1")
	[ ! -L "$1" ] || take "$real"
	echo "$1" >>/taken
	[ -L "$1" ] || ! ldd "$1" >/ldd 2>/dev/null || for lib in $(grep -o '/[^ ]*' /ldd); do take "$lib"; done
}

: >/taken
core=/usr/lib/git-core
for file in /usr/bin/git /usr/bin/git-upload-pack /usr/bin/git-receive-pack $core/git-remote-http $core/git-remote-https /bin/dash /bin/busybox /usr/bin/mawk; do
	take "$file"
done
ln -sf ../../bin/git "$to$core/git"
for link in $core/*; do # git-upload-pack and the like: names of git
	[ ! -L "$link" ] || [ "$(readlink "$link")" != git ] || cp -P "$link" "$to$link"
done
ln -s dash "$to/usr/bin/sh"
ln -s mawk "$to/usr/bin/awk"
for name in $(busybox --list); do
	[ -e "$to/usr/bin/$name" ] || [ -L "$to/usr/bin/$name" ] || ln -s busybox "$to/usr/bin/$name"
done

for file in /etc/passwd /etc/group /etc/nsswitch.conf /etc/debian_version /usr/lib/os-release /etc/ssl/certs/ca-certificates.crt; do
	[ ! -e "$file" ] || { mkdir -p "$to$(dirname $file)"; cp -L "$file" "$to$file"; }
done
[ -e "$to/etc/os-release" ] || ln -s ../usr/lib/os-release "$to/etc/os-release"
for home in /home/*; do [ ! -d "$home" ] || cp -a "$home" "$to/home/"; done

# owner FILE: its package; dpkg knows some by their names before /usr was merged
owner() { { dpkg -S "$1" || dpkg -S "${1#/usr}" || dpkg -S "/usr$1"; } 2>/dev/null | sed -n '1s/[:,].*//p'; }
echo /etc/ssl/certs >>/taken
sort -u /taken | while read -r file; do
	package=$(owner "$file")
	[ "$file" != /etc/ssl/certs ] || package=ca-certificates # made by its script
	[ -n "$package" ] || { echo "rootfs.sh: no package owns $file" >&2; exit 1; }
	[ ! -e "$to/var/lib/dpkg/status.d/$package" ] || continue
	dpkg-query -s "$package" >"$to/var/lib/dpkg/status.d/$package"
	mkdir -p "$to/usr/share/doc/$package"
	text=usr/share/doc/$package/copyright
	if [ ! -e "/$text" ]; then # a slim Debian may have been made without
		(cd /tmp && apt-get download -qq "$package" && dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x -C / "./$text")
	fi
	cp -L "/$text" "$to/$text"
done
[ ! -d /usr/share/common-licenses ] || cp -a /usr/share/common-licenses "$to/usr/share/"
