# SPDX-License-Identifier: Apache-2.0
# replace_part(<name> <text>): what is between "<!-- begin name -->" and
# "<!-- end name -->" in the caller's variable page, read from PAGE.
function(replace_part name text)
    set(begin "<!-- begin ${name} -->\n")
    string(FIND "${page}" "${begin}" from)
    string(FIND "${page}" "<!-- end ${name} -->" to)
    if(from EQUAL -1 OR to LESS from)
        message(FATAL_ERROR "${PAGE} has no part '${name}'")
    endif()
    string(LENGTH "${begin}" length)
    math(EXPR from "${from} + ${length}")
    string(SUBSTRING "${page}" 0 ${from} before)
    string(SUBSTRING "${page}" ${to} -1 after)
    set(page "${before}${text}${after}" PARENT_SCOPE)
endfunction()
