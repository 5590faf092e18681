# SPDX-License-Identifier: Apache-2.0
# scaling_read(<file> <prefix>): the rows of scaling.json. Sets <prefix>_ops and,
# for each number of objects, <prefix>_<op>_<objects> to the instructions.
# scaling_each(<out> <kernel> <objects>): those per object, with two decimals.
set(scaling_sizes 10 100 1000 10000)
function(scaling_read file prefix)
    file(READ "${file}" json)
    string(JSON count LENGTH "${json}")
    set(ops "")
    math(EXPR last "${count} - 1")
    foreach(i RANGE ${last})
        string(JSON row GET "${json}" ${i})
        string(JSON op GET "${row}" op)
        string(JSON objects GET "${row}" objects)
        string(JSON kernel GET "${row}" kernel_instructions)
        list(APPEND ops ${op})
        set(${prefix}_${op}_${objects} "${kernel}" PARENT_SCOPE)
    endforeach()
    list(REMOVE_DUPLICATES ops)
    set(${prefix}_ops "${ops}" PARENT_SCOPE)
endfunction()

function(scaling_each out kernel objects)
    math(EXPR whole "${kernel} / ${objects}")
    math(EXPR hundredths "${kernel} * 100 / ${objects} % 100 + 100")
    string(SUBSTRING ${hundredths} 1 2 hundredths)
    set(${out} ${whole}.${hundredths} PARENT_SCOPE)
endfunction()
