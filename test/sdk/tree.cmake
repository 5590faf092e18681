# SPDX-License-Identifier: Apache-2.0
# cmake -DSDK= -DSOURCE= -DBUILD= -P tree.cmake
# The installed tree: each line of tree.txt is the pattern of at least one file,
# each file matches a line, and no file names a directory it was made in.
cmake_minimum_required(VERSION 3.25)

file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/tree.txt" patterns REGEX "^[^#]")
file(GLOB_RECURSE files RELATIVE "${SDK}" "${SDK}/*")
set(bad "")
set(rest ${files})
foreach(pattern IN LISTS patterns)
    string(REPLACE "." "\\." regex "${pattern}")
    string(REPLACE "+" "\\+" regex "${regex}")
    string(REPLACE "**" "@" regex "${regex}")
    string(REPLACE "*" "[^/]*" regex "${regex}")
    string(REPLACE "@" ".*" regex "${regex}")
    set(found ${files})
    list(FILTER found INCLUDE REGEX "^${regex}$")
    if(NOT found)
        string(APPEND bad "missing: ${pattern}\n")
    endif()
    list(FILTER rest EXCLUDE REGEX "^${regex}$")
endforeach()
foreach(file IN LISTS rest)
    string(APPEND bad "not in tree.txt: ${file}\n")
endforeach()

foreach(dir IN ITEMS "${SOURCE}" "${BUILD}" "${SDK}.stage")
    execute_process(COMMAND grep -rlaF -e "${dir}" "${SDK}" OUTPUT_VARIABLE found RESULT_VARIABLE code)
    if(NOT code EQUAL 1)
        string(APPEND bad "these name ${dir}:\n${found}")
    endif()
endforeach()
# The check can fail: the SDK does name its version.
execute_process(COMMAND grep -rlaF -e "0.1.0" "${SDK}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

list(LENGTH files count)
if(bad OR count LESS 60)
    message(FATAL_ERROR "${count} files\n${bad}")
endif()
message(STATUS "${count} files, as in tree.txt")
