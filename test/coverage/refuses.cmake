# SPDX-License-Identifier: Apache-2.0
# cmake -DCHECK= -DPROFDATA= -DCOV= -DROOT= -DCOMPILER= -DWORK= -P refuses.cmake
# The check of coverage finds an error that is never made and lines that never
# ran, in the sample, and exempts only what did not run.
cmake_minimum_required(VERSION 3.25)

set(sample "${ROOT}/test/coverage/sample.c")
file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
execute_process(COMMAND "${COMPILER}" -fprofile-instr-generate -fcoverage-mapping "${sample}"
    -o "${WORK}/sample" COMMAND_ERROR_IS_FATAL ANY)

# check(<argument of sample> <percent> <exempt line> <0 or 1> <text in the output>)
function(check argument percent exempt expected text)
    set(ENV{LLVM_PROFILE_FILE} "${WORK}/sample.profraw")
    execute_process(COMMAND "${WORK}/sample" ${argument} OUTPUT_QUIET)
    execute_process(COMMAND "${PROFDATA}" merge -o "${WORK}/sample.profdata" "${WORK}/sample.profraw"
        COMMAND_ERROR_IS_FATAL ANY)
    set(export "${COV}" export "-instr-profile=${WORK}/sample.profdata" "${WORK}/sample")
    execute_process(COMMAND ${export} -format=lcov OUTPUT_FILE "${WORK}/lines.lcov"
        COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND ${export} -skip-functions OUTPUT_FILE "${WORK}/regions.json"
        COMMAND_ERROR_IS_FATAL ANY)
    file(WRITE "${WORK}/exempt.txt" "${exempt}\n")
    execute_process(COMMAND "${CHECK}" ${percent} "${WORK}/report.json" "${WORK}/exempt.txt"
        "${WORK}/lines.lcov" "${WORK}/regions.json" "${ROOT}" test/coverage/sample.c
        RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT code EQUAL expected OR NOT output MATCHES "${text}")
        message(FATAL_ERROR "'${argument}' ${percent} '${exempt}': ${code}, not ${expected} with "
            "'${text}':\n${output}")
    endif()
endfunction()

set(file "test/coverage/sample.c")
check(ab 100 "" 0 "16 of 16 lines .* 3 of 3 errors made")
check(a 80 "" 1 "sample.c:[0-9]+: KAAL_ERR_FIRST is never made")
check(a 100 "" 1 "less than 100 %")
check(a 100 "${file} | return KAAL_ERR_FIRST; | sample" 1 "less than 100 %")
check(a 80 "${file} | return KAAL_ERR_FIRST; | sample" 0 "3 of 3 errors made")
check("" 80 "${file} | return KAAL_ERR_FIRST; | sample" 1 "sample.c:[0-9]+: inv_bad_arg is never made")
check(ab 80 "${file} | return KAAL_ERR_FIRST; | sample" 1 "nothing to exempt")
check(ab 80 "${file} | return KAAL_ERR_FIRST; |" 2 "no '<file> . <part> . <reason>'")
