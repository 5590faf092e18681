# SPDX-License-Identifier: Apache-2.0
# cmake -DSTYLE= -DWORK= -P style-refuses.cmake
# The style check finds each planted violation, and nothing in a clean tree.
cmake_minimum_required(VERSION 3.25)

function(tree)
    file(REMOVE_RECURSE "${WORK}")
    file(WRITE "${WORK}/kernel/core/a.c" "/* SPDX-License-Identifier: Apache-2.0 */\nint asmile(void);\n")
    file(WRITE "${WORK}/cmake/a.cmake" "# SPDX-License-Identifier: Apache-2.0\n# properly done\n")
endfunction()

function(check expected)
    execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${WORK}" -P "${STYLE}"
        RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
    if(expected STREQUAL "" AND NOT code EQUAL 0)
        message(FATAL_ERROR "a clean tree is refused:\n${text}")
    elseif(NOT expected STREQUAL "" AND (code EQUAL 0 OR NOT text MATCHES "${expected}"))
        message(FATAL_ERROR "'${expected}' was not found:\n${text}")
    endif()
endfunction()

tree()
check("")
file(APPEND "${WORK}/kernel/core/a.c" "void f(void) { __asm__ volatile(\"nop\"); }\n")
check("kernel/core/a.c: core code has no assembly")
tree()
file(APPEND "${WORK}/kernel/core/a.c" "#ifdef __aarch64__\n#endif\n")
check("core code does not know the architecture")
tree()
file(APPEND "${WORK}/kernel/core/a.c" "#include \"arch/aarch64/sysreg.h\"\n")
check("core code includes arch/arch.h alone")
tree()
file(WRITE "${WORK}/sdk/b.c" "int x;\n")
check("sdk/b.c: no SPDX line")
tree()
file(APPEND "${WORK}/cmake/a.cmake" "find_package(Python3)\n")
check("no Python, no Perl in the build")
