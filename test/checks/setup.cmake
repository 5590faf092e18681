# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT= -DWORK= -P setup.cmake
# The set-up script on machines that lack something, played by programs that
# are first in PATH. apt-get is one of them: its use is seen, and harmless.
cmake_minimum_required(VERSION 3.25)

set(script "${ROOT}/toolchains/setup-debian12.sh")
file(STRINGS /etc/os-release bookworm REGEX "^VERSION_CODENAME=bookworm")
if(NOT bookworm)
    message(FATAL_ERROR "these cases are about Debian 12")
endif()

# fake(<program> <line>...): a shell script. Never written through a link: that
# would replace the machine's own program.
function(fake name)
    file(REMOVE "${WORK}/bin/${name}")
    if(EXISTS "${WORK}/bin/${name}" OR IS_SYMLINK "${WORK}/bin/${name}")
        message(FATAL_ERROR "${WORK}/bin/${name} is still there")
    endif()
    list(JOIN ARGN "\n" body)
    file(WRITE "${WORK}/bin/${name}" "#!/bin/sh\n${body}\n")
    file(CHMOD "${WORK}/bin/${name}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endfunction()

# Everything there, but what the case says: PATH holds links without sudo.
function(machine)
    file(REMOVE_RECURSE "${WORK}")
    file(MAKE_DIRECTORY "${WORK}/bin" "${WORK}/cache/kaal/cbmc-6.6.0")
    foreach(dir IN ITEMS /usr/bin /bin)
        foreach(name IN ITEMS sh sed awk cut dirname env mkdir cat mktemp rm dpkg)
            if(EXISTS "${dir}/${name}" AND NOT EXISTS "${WORK}/bin/${name}")
                file(CREATE_LINK "${dir}/${name}" "${WORK}/bin/${name}" SYMBOLIC)
            endif()
        endforeach()
    endforeach()
    fake(id "echo 1000")
    fake(dpkg-query "echo installed")
    fake(qemu-system-aarch64 "echo 'QEMU emulator version 10.0.2 (Debian)'")
    fake(apt-get "echo \"apt-get was called: $*\"" "exit 99")
    fake(apt-cache "exit 0")
    fake(tee "cat >/dev/null" "echo \"tee was called: $*\" >&2") # what sudo would write
    fake(cmake "echo \"cmake was called: $*\"")
    # fetch-sources.sh: CBMC is marked complete, the archives have their hashes by decree.
    file(WRITE "${WORK}/cache/kaal/cbmc-6.6.0/.complete" "")
    fake(sha256sum "hash=92d8ca769805ae1f176204230438fe52808f4e1c7944053c9eec0e649b237539"
        "[ \"$1\" = \"\${1%picolibc_*}\" ] ||"
        "    hash=d1fc2a20f217472f8d9da084a519a25678e8d91852a41c7f3f1840d3508f7163"
        "echo $hash")
endfunction()

# check(<status> <regex> <argument>...)
function(check status expected)
    execute_process(COMMAND "${WORK}/bin/env" -i "PATH=${WORK}/bin" "HOME=${WORK}"
            "XDG_CACHE_HOME=${WORK}/cache" sh "${script}" ${ARGN}
        RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
    if(NOT code EQUAL status OR NOT out MATCHES "${expected}")
        message(FATAL_ERROR "expected status ${status} and '${expected}', got ${code}:\n${out}")
    endif()
    set(out "${out}" PARENT_SCOPE)
endfunction()

function(without text)
    if(out MATCHES "${text}")
        message(FATAL_ERROR "'${text}' must not be in:\n${out}")
    endif()
endfunction()

machine()
check(0 "everything is here")
without("was called")
check(0 "cmake was called: --workflow --preset demo" demo)
without("apt-get")
check(0 "cmake was called: --workflow --preset test" test)
check(2 "'tets' is neither demo nor test" tets)
check(2 "usage:" demo test)

machine()
fake(dpkg-query "[ $4 != clang-19 ] && [ $4 != patch ] && echo installed")
check(1 "neither root nor sudo. Let root run:\n  apt-get install --no-install-recommends clang-19 patch\n" test)
without("was called")
without("backports")

machine()
fake(qemu-system-aarch64 "echo 'QEMU emulator version 7.2.15 (Debian)'")
check(1 "apt-get install --no-install-recommends -t bookworm-backports qemu-system-arm ipxe-qemu" demo)
without("was called")

# With sudo: installs, and believes it only when it sees it.
machine()
fake(sudo "exec \"$@\"")
fake(apt-get "echo \"apt-get was called: $*\"")
fake(dpkg-query "exit 1")
check(1 "apt-get was called: .*install -y --no-install-recommends cmake.*error: still missing after installation: cmake")

machine()
fake(sudo "exec \"$@\"")
fake(apt-get "echo \"apt-get was called: $*\"")
fake(apt-cache "echo ' qemu-system-arm | 1:10.0.2+ds-2 | x'")
fake(qemu-system-aarch64 "echo 'QEMU emulator version 7.2.15 (Debian)'")
check(1 "install -y --no-install-recommends -t bookworm-backports qemu-system-arm ipxe-qemu.*still version 7")

# No source of QEMU 10: backports come from where bookworm comes from.
machine()
fake(sudo "exec \"$@\"")
fake(apt-get "[ $1 != indextargets ] || echo 'Packages Debian bookworm main file:/mirror'")
fake(qemu-system-aarch64 "echo 'QEMU emulator version 7.2.15 (Debian)'")
check(1 "adding bookworm-backports.*tee was called: /etc/apt/sources.list.d/kaal-backports.list.*has no qemu-system-arm of version 10")
fake(apt-get "exit 0")
check(1 "apt has no source of Debian 12")

# Sources: a machine without network gets one clear message.
machine()
fake(sha256sum "echo 0")
check(1 "error: apt has no source of Debian 12|error: cannot")
message(STATUS "all cases as they should be")
