#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prepares a Debian 12 machine and, given a word, goes on:
#
#   sh toolchains/setup-debian12.sh         install what is missing, nothing else
#   sh toolchains/setup-debian12.sh demo    then build and run the demo
#   sh toolchains/setup-debian12.sh test    then build everything and run all tests
#
# When nothing is missing it changes nothing and does not use the network.
set -eu

packages="cmake ninja-build clang-19 lld-19 llvm-19 libclang-rt-19-dev clang-format-19
    gcc libc6-dev libcmocka-dev device-tree-compiler patch"
backports_list=/etc/apt/sources.list.d/kaal-backports.list
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

say() { printf 'setup: %s\n' "$*"; }
die() {
    printf 'setup: error: %s\n' "$*" >&2
    exit 1
}

case $# in
0) preset= ;;
1) preset=$1 ;;
*) preset=usage ;;
esac
case $preset in
'' | demo | test) ;;
*)
    printf "usage: sh toolchains/setup-debian12.sh [demo|test]\n" >&2
    [ "$preset" = usage ] || printf "setup: error: '%s' is neither demo nor test\n" "$preset" >&2
    exit 2
    ;;
esac

codename=$(. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-}") || codename=
[ "$codename" = bookworm ] || die "this is not Debian 12 (bookworm) but '${codename:-unknown}'. \
Install by hand: clang, lld and llvm 19, cmake, ninja, gcc, CMocka, dtc, patch and QEMU 10 or newer, then run cmake --workflow --preset test"
[ "$(dpkg --print-architecture)" = amd64 ] || die "this script knows x86-64 (amd64) machines only"

missing() {
    for p in $packages; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || printf ' %s' "$p"
    done
}

# The major version of the installed QEMU; 0 if there is none.
qemu_major() {
    v=$(qemu-system-aarch64 --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\)\..*/\1/p')
    echo "${v:-0}"
}

# True if apt knows QEMU 10 or newer.
qemu_available() {
    apt-cache madison qemu-system-arm 2>/dev/null |
        awk -F'|' '{ sub(/^ *([0-9]+:)?/, "", $2); if ($2 + 0 >= 10) ok = 1 } END { exit !ok }'
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

install() {
    say "apt-get install $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 \
        install -y --no-install-recommends "$@"
}

# bookworm-backports from the very archive that this machine's bookworm comes from.
add_backports() {
    site=$(apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(CODENAME) $(COMPONENT) $(SITE)' |
        awk '$1 == "Packages" && $2 == "Debian" && $3 == "bookworm" && $4 == "main" { print $5; exit }')
    [ -n "$site" ] || die "apt has no source of Debian 12 (bookworm main) to take backports from: \
check /etc/apt/sources.list and run apt-get update"
    key=/usr/share/keyrings/debian-archive-keyring.gpg
    say "adding bookworm-backports, for QEMU 10, in $backports_list"
    printf '# Added by KaaL: QEMU 10\ndeb %s%s bookworm-backports main\n' \
        "$([ -f $key ] && printf '[signed-by=%s] ' "$key")" "$site" |
        as_root tee "$backports_list" >/dev/null
    as_root apt-get update
}

absent=$(missing)
old_qemu=
[ "$(qemu_major)" -ge 10 ] || old_qemu=yes
if [ -n "$absent$old_qemu" ]; then
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        printf 'setup: error: neither root nor sudo. Let root run:\n' >&2
        [ -z "$absent" ] || printf '  apt-get install --no-install-recommends%s\n' "$absent" >&2
        [ -z "$old_qemu" ] || printf '  apt-get install --no-install-recommends -t bookworm-backports %s\n' \
            "qemu-system-arm ipxe-qemu    # with bookworm-backports among apt's sources" >&2
        exit 1
    fi
    as_root apt-get update
    # Unquoted on purpose: a list of words.
    [ -z "$absent" ] || install $absent
    if [ -n "$old_qemu" ]; then
        qemu_available || add_backports
        qemu_available || die "bookworm-backports has no qemu-system-arm of version 10 or newer"
        install -t bookworm-backports qemu-system-arm ipxe-qemu
    fi
    absent=$(missing)
    [ -z "$absent" ] || die "still missing after installation:$absent"
    [ "$(qemu_major)" -ge 10 ] || die "qemu-system-aarch64 is still version $(qemu_major); \
KaaL needs 10 or newer. Is another one first in PATH: $(command -v qemu-system-aarch64)?"
fi

sh "$top/toolchains/fetch-sources.sh"

if [ -n "$preset" ]; then
    cd "$top"
    exec cmake --workflow --preset "$preset"
fi
say "everything is here"
