#!/usr/bin/env bash
# Makes a Debian package of the program for the command line.
#
# usage: SOURCE_DATE_EPOCH=SECONDS deb.sh FOLDER ARCHITECTURE VERSION DIST
#
# FOLDER has the program for ARCHITECTURE (amd64 or arm64) and its files as below /usr. The package is
# written to the folder DIST. The same contents give the same bytes. The version has no Debian
# revision, because the project itself makes the package: to Debian it is a native package.
#
# dpkg-deb packs, not CPack: CPack would also need the whole folder in Debian's form (compressed man
# page, changelog, copyright, overrides), and it packs only files that the same build has made, but the
# man page and the completions for both architectures come from the build for this machine.
set -euo pipefail

folder=$1
architecture=$2
version=$3
file=$4/cloudhijack_${version}_$architecture.deb
# Nobody receives mail at a name in .invalid; the project has no address for mail.
maintainer='The cloudhijack authors <authors@cloudhijack.invalid>'

root=$(mktemp --directory)
trap 'rm -rf "$root" "$file.part"' EXIT
share=$root/usr/share
docs=$share/doc/cloudhijack
mkdir -p "$root/DEBIAN" "$root/usr" "$share/lintian/overrides"
cp -r "$folder/bin" "$folder/share" "$root/usr"

# Debian's places and forms.
mv "$share/zsh/site-functions" "$share/zsh/vendor-completions"
gzip --no-name --best "$share/man/man1/cloudhijack.1"
mkdir "$docs/examples"
ln -s ../default/cloudhijack.conf "$docs/examples/cloudhijack.conf"
python3 "$(dirname "$0")/debian_copyright.py" "$docs/licenses" >"$docs/copyright"
rm -r "$docs/licenses"
ln -sf copyright "$docs/LICENSE"
gzip --no-name --best >"$docs/changelog.gz" <<END
cloudhijack ($version) unstable; urgency=medium

  * Package version $version; CHANGELOG.md lists the changes.

 -- $maintainer  $(LC_ALL=C date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")
END
cat >"$share/lintian/overrides/cloudhijack" <<'END'
# The program has to run on any Linux, also where nothing can be installed, so it is one static file.
cloudhijack: embedded-library zlib [usr/bin/cloudhijack]
# It is a static position-independent executable, which lintian takes for a shared library.
cloudhijack: shared-library-lacks-prerequisites [usr/bin/cloudhijack]
END

chmod -R u=rwX,go=rX "$root"
# As dpkg-gencontrol counts: each file in KiB, rounded up, and 1 KiB for anything else.
size=$(find "$root/usr" -printf '%y %s\n' |
    awk '{ sum += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print sum }')
cat >"$root/DEBIAN/control" <<END
Package: cloudhijack
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $size
Section: utils
Priority: optional
Description: find hijacked cloud services in logs
 cloudhijack scans logs of AWS, Azure, Google Cloud, SendGrid and Twilio for
 stolen credentials that are used to send mail, to send text messages or to run
 models (MITRE ATT&CK T1496.004). It reads files, folders and pipes, compressed
 or not, and scores the whole behaviour of each principal, with reasons and a
 timeline.
 .
 The program is one static file. It needs no network access and never changes
 the files that it reads. The same program is the search command of the
 cloudhijack app for Splunk, which this package does not contain.
END
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort --zero-terminated | xargs -0 md5sum) \
    >"$root/DEBIAN/md5sums"
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

# With one thread, because with several xz divides the data differently.
dpkg-deb --build --root-owner-group --threads-max=1 "$root" "$file.part"
mv "$file.part" "$file"
