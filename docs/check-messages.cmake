# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT= -P check-messages.cmake
# Every message "<what is wrong>; <what to do>" of the loader has a row in the
# table "LOADER ERROR" of porting.md, and every row there is such a message.
cmake_minimum_required(VERSION 3.25)

if(NOT ROOT)
    get_filename_component(ROOT "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
endif()
set(bad 0)
macro(violation)
    message("${ARGV0}")
    math(EXPR bad "${bad} + 1")
endmacro()

# CMake's lists do not bear brackets and semicolons.
function(read_plain out file)
    file(READ "${file}" text)
    string(REPLACE ";" "\r" text "${text}")
    string(REGEX REPLACE "[][]" " " text "${text}")
    set(${out} "${text}" PARENT_SCOPE)
endfunction()

# What the page says: the second column.
set(rows "")
read_plain(page "${ROOT}/docs/porting.md")
string(REGEX REPLACE ".*\n## LOADER ERROR\n" "\n" page "${page}")
string(REGEX REPLACE "\n## .*" "\n" page "${page}")
string(REGEX MATCHALL "\n\\| [a-z, ]+ \\| [^|\n]+ \\|" lines "${page}")
foreach(line IN LISTS lines)
    string(REGEX REPLACE "^\n\\| [a-z, ]+ \\| | \\|$" "" line "${line}")
    list(APPEND rows "${line}")
endforeach()

# What the loader says.
set(messages "")
file(GLOB sources "${ROOT}/kernel/loader/*.c")
foreach(source IN LISTS sources)
    get_filename_component(name "${source}" NAME)
    read_plain(text "${source}")
    string(REPLACE "\\\"" "'" text "${text}")
    string(REGEX REPLACE "\n#[^\n]*" "\n" text "${text}")
    string(REGEX REPLACE "\"[ \n]+\"" "" text "${text}")
    string(REGEX MATCHALL "\"[^\"\n\r]+\r [^\"\n]+\"" found "${text}")
    foreach(message IN LISTS found)
        string(REGEX REPLACE "^\"|\r.*" "" message "${message}")
        if(message MATCHES "%")
            continue() # the exception, by its format
        endif()
        list(APPEND messages "${message}")
        if(NOT message IN_LIST rows)
            violation("kernel/loader/${name}: no row in docs/porting.md for: ${message}")
        endif()
    endforeach()
endforeach()
foreach(row IN LISTS rows)
    if(NOT row IN_LIST messages)
        violation("docs/porting.md: the loader has no such message: ${row}")
    endif()
endforeach()

list(LENGTH messages count)
if(count LESS 40)
    message(FATAL_ERROR "only ${count} messages found: does this script still fit?")
endif()
if(bad GREATER 0)
    message(FATAL_ERROR "${bad} differences between the loader and docs/porting.md")
endif()
message(STATUS "${count} messages of the loader are in porting.md, and no others")
