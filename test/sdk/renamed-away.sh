#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The SDK when KaaL's source and build are not there:
#
#   sh test/sdk/renamed-away.sh <checkout>
#
# <checkout>/build has been built (target sdk). Its package is unpacked to a path
# with a blank, the whole checkout is renamed, and a project of six lines is
# configured, built and run on every board in an empty environment; the verdict
# is that of the SDK's own "kaal expect". Whatever happens, the checkout gets its
# name back. Not a CTest, because nothing else that uses the checkout may run.
# Exit status: 0 all boards said hello, 1 not, 2 wrong usage.
set -eu

fail() {
    printf 'renamed-away: %s\n' "$*" >&2
    exit 1
}

if [ "${KAAL_AWAY_WORK:-}" = "" ]; then
    checkout=$(CDPATH='' cd -- "${1:-}" 2>/dev/null && pwd -P) || checkout=
    if [ $# -ne 1 ] || [ ! -f "$checkout/build/CPackConfig.cmake" ]; then
        echo "usage: sh test/sdk/renamed-away.sh <checkout with a build>" >&2
        exit 2
    fi
    work=$(mktemp -d "/tmp/kaal renamed away.XXXXXX")
    cp "$0" "$work/renamed-away.sh"
    cpack -G TGZ --config "$checkout/build/CPackConfig.cmake" -B "$work/package" >"$work/log" 2>&1 || {
        cat "$work/log"
        fail "cpack failed"
    }
    cd /
    exec env -i PATH=/usr/bin:/bin KAAL_AWAY_WORK="$work" /bin/sh "$work/renamed-away.sh" "$checkout"
fi

# From here on nothing of the checkout is in use, this script included.
work=$KAAL_AWAY_WORK
checkout=$1
away=$checkout.renamed-away.$$
inside=$checkout/.renamed-away.$$
status=1

# Every entry of directory $1, also hidden ones, to directory $2.
move_all() {
    for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        [ "$entry" = "$2" ] || { [ ! -e "$entry" ] && [ ! -L "$entry" ]; } || mv "$entry" "$2/" || return 1
    done
}

put_back() {
    trap '' HUP INT TERM
    if [ -e "$away" ]; then
        mv "$away" "$checkout" || status=1
    fi
    if [ -d "$inside" ]; then
        move_all "$inside" "$checkout" && rmdir "$inside" || status=1
    fi
    if [ $status -eq 0 ]; then
        rm -rf "$work"
    else
        printf 'renamed-away: FAILED; the project and its log are in %s\n' "$work" >&2
    fi
    exit $status
}
trap put_back EXIT
trap 'exit 1' HUP INT TERM

mkdir "$work/the sdk" "$work/project"
tar -xzf "$work"/package/kaal-sdk-*.tar.gz -C "$work/the sdk"
sdk=$(echo "$work/the sdk"/kaal-sdk-*)
cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
find_package(KaaL 0.1 REQUIRED COMPONENTS libc)
project(hello LANGUAGES C)

kaal_add_component(hello SOURCES hello.c LINK KaaL::libc)
kaal_add_image(hello_image COMPONENTS hello BOARDS qemu-virt/debug)
END
cat >"$work/project/hello.c" <<'END'
#include <stdio.h>

int main(void)
{
    printf("Hello from KaaL, %.2f\n", 2.5);
    return 0;
}
END

# A checkout that is a mount point keeps its name; then all in it is renamed.
printf 'renamed-away: %s is renamed; should this be killed: mv %s %s\n' "$checkout" "$away" "$checkout"
if ! mv -T "$checkout" "$away" 2>/dev/null; then
    printf 'renamed-away: cannot, so its entries are; should this be killed: they are in %s\n' "$inside"
    mkdir "$inside"
    move_all "$checkout" "$inside" || fail "cannot rename the entries of $checkout"
fi
for name in CMakeLists.txt kernel sdk build; do
    [ ! -e "$checkout/$name" ] || fail "$checkout/$name is still there"
done

in_sdk() {
    env -i PATH=/usr/bin:/bin "$@"
}
quietly() {
    in_sdk "$@" >"$work/log" 2>&1 || {
        cat "$work/log"
        fail "failed: $*"
    }
}
build="$work/project/build"
# boots <target> <board>
boots() {
    quietly "$sdk/bin/kaal" expect --timeout 60 --in-order --expect '^\[hello\] Hello from KaaL, 2\.50' \
        --expect "^init: 'hello' has ended, status 0" -- cmake --build "$build" --target "$1"
    printf 'renamed-away: %s says hello\n' "$2"
}

quietly cmake -G Ninja -S "$work/project" -B "$build" "-DCMAKE_PREFIX_PATH=$sdk"
quietly cmake --build "$build"
boots run qemu-virt/debug

boards='qemu-virt/debug qemu-virt/release rpi4/debug rpi4/release imx8mp-evk/debug imx8mp-evk/release'
quietly cmake "-DKAAL_BOARDS=$(echo "$boards" | tr ' ' ';')" "$build"
quietly cmake --build "$build"
for board in $boards; do
    boots "run.hello_image.$(echo "$board" | tr / .)" "$board"
done
if in_sdk grep -rlaF -e "$checkout" "$work/the sdk" "$work/project"; then
    fail "these files name $checkout"
fi
echo "renamed-away: passed"
status=0
