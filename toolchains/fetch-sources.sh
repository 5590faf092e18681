#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Puts what Debian 12 does not have into the cache, outside the tree, from the
# Debian archive that this machine uses and the suite trixie:
#
#   device-tree-compiler_1.7.2.orig.tar.xz   the source of libfdt
#   picolibc_1.8.10.orig.tar.gz              the source of the C library
#   cbmc-6.6.0/                              CBMC with its own C library
#
# apt runs with a state of its own, so nothing of the machine changes and no
# root is needed. What is there already is not fetched again. The hashes below
# are KaaL's; the libraries that CBMC runs on are checked by apt's signatures.
set -eu

suite=trixie
libfdt=device-tree-compiler_1.7.2.orig.tar.xz
libfdt_sha256=92d8ca769805ae1f176204230438fe52808f4e1c7944053c9eec0e649b237539
picolibc=picolibc_1.8.10.orig.tar.gz
picolibc_sha256=d1fc2a20f217472f8d9da084a519a25678e8d91852a41c7f3f1840d3508f7163
cbmc=6.6.0
cbmc_sha256=02560859a17049c976961c232c4fc58f0747b57f9b751a466b1f368a438b0e41
cbmc_packages="cbmc minisat libc6 libstdc++6 libgcc-s1 zlib1g"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/kaal
prefix=$cache/cbmc-$cbmc

say() { printf 'setup: %s\n' "$*"; }
die() {
    printf 'setup: error: %s\n' "$*" >&2
    exit 1
}
has_hash() { # <file> <sha256>
    [ "$(sha256sum "$1" 2>/dev/null | cut -d' ' -f1)" = "$2" ]
}

mkdir -p "$cache"
need_libfdt=
need_picolibc=
need_cbmc=
has_hash "$cache/$libfdt" $libfdt_sha256 || need_libfdt=yes
has_hash "$cache/$picolibc" $picolibc_sha256 || need_picolibc=yes
[ -f "$prefix/.complete" ] || need_cbmc=yes
[ -n "$need_libfdt$need_picolibc$need_cbmc" ] || exit 0

work=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

site=$(apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(CODENAME) $(COMPONENT) $(SITE)' |
    awk '$1 == "Packages" && $2 == "Debian" && $3 == "bookworm" && $4 == "main" { print $5; exit }')
[ -n "$site" ] || die "apt has no source of Debian 12 (bookworm main): \
check /etc/apt/sources.list and run apt-get update"

mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/parts" "$work/new"
: >"$work/status"
key=/usr/share/keyrings/debian-archive-keyring.gpg
for type in deb deb-src; do
    printf '%s [signed-by=%s] %s %s main\n' $type $key "$site" $suite
done >"$work/sources.list"

private() { # <apt program> <argument>...
    program=$1
    shift
    "$program" -o Dir::State="$work" -o Dir::State::lists="$work/lists" \
        -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
        -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/parts" \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$work/parts" \
        -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o APT::Sandbox::User="$(id -un)" \
        -o Acquire::Languages=none -o Debug::NoLocking=1 "$@"
}

say "reading the package lists of $suite into a private directory"
private apt-get -qq -o APT::Update::Error-Mode=any update || die "cannot read the package lists of $suite; is the network there?"

fetch_source() { # <source package> <file> <sha256>
    say "fetching $2"
    # The package's other files are missing on some mirrors and not needed.
    uri=$(private apt-get -qq source --print-uris "$1" 2>/dev/null |
        sed -n "s|^'\([^']*\)' $2 .*|\1|p")
    [ -n "$uri" ] || die "Debian $suite's source package $1 no longer has $2. \
Put that file into $cache by hand; its SHA-256 is $3"
    (cd "$work/new" && private /usr/lib/apt/apt-helper -qq download-file "$uri" "$2") ||
        die "cannot fetch $2 of Debian's source package $1"
    has_hash "$work/new/$2" "$3" || die "$2 has not the recorded SHA-256 $3"
    mv "$work/new/$2" "$cache/"
}

[ -z "$need_libfdt" ] || fetch_source device-tree-compiler $libfdt $libfdt_sha256
[ -z "$need_picolibc" ] || fetch_source picolibc $picolibc $picolibc_sha256

if [ -n "$need_cbmc" ]; then
    say "fetching CBMC $cbmc"
    (cd "$work/new" && private apt-get -qq download $cbmc_packages) ||
        die "cannot fetch these packages of Debian $suite: $cbmc_packages"
    has_hash "$work/new/$(cd "$work/new" && echo cbmc_*.deb)" $cbmc_sha256 ||
        die "package cbmc of Debian $suite has not the recorded SHA-256 $cbmc_sha256; KaaL wants $cbmc"
    rm -rf "$prefix"
    mkdir -p "$prefix"
    for deb in "$work"/new/*.deb; do
        dpkg-deb -x "$deb" "$prefix"
    done
    lib=$prefix/usr/lib/x86_64-linux-gnu
    version=$("$lib/ld-linux-x86-64.so.2" --library-path "$lib:$prefix/usr/lib" "$prefix/usr/bin/cbmc" --version) ||
        die "CBMC does not run from $prefix"
    case $version in
    $cbmc*) : >"$prefix/.complete" ;;
    *) die "CBMC in $prefix says it is version $version, not $cbmc" ;;
    esac
fi
