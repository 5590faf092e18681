# SPDX-License-Identifier: Apache-2.0
# The executable model of test/model and the facts that it is tested against:
# CTest model.<compiler>, label model. It shares nothing with the kernel but
# the numbers of its ABI.

file(GLOB _model CONFIGURE_DEPENDS "${KAAL_ROOT}/test/model/model*.c")
add_library(kaal-model OBJECT ${_model})
target_include_directories(kaal-model PUBLIC "${KAAL_ROOT}/test/model" "${KAAL_ROOT}/kernel/include")
target_compile_options(kaal-model PRIVATE -Wall -Wextra -Wshadow -Werror
    PUBLIC -g -O1 ${KAAL_SANITIZE})
target_link_options(kaal-model PUBLIC ${KAAL_SANITIZE})

add_executable(test_model "${KAAL_ROOT}/test/model/test_model.c")
target_include_directories(test_model SYSTEM PRIVATE "${KAAL_CMOCKA_INCLUDE}")
target_compile_options(test_model PRIVATE -Wall -Wextra -Wshadow -Wno-missing-field-initializers
    -Werror)
target_link_libraries(test_model PRIVATE kaal-model "${KAAL_CMOCKA}")
add_test(NAME model.${KAAL_HOST_NAME} COMMAND test_model)
set_tests_properties(model.${KAAL_HOST_NAME} PROPERTIES LABELS model TIMEOUT 120
    FAIL_REGULAR_EXPRESSION "Running 0 test;\\[  FAILED  \\];Sanitizer;runtime error:")
