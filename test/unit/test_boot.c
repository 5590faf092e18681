/* SPDX-License-Identifier: Apache-2.0 */
/* Boot: what the root task starts with. */
#include "support/kt.h"

static void test_root_task_runs(void **state)
{
    (void)state;
    assert_true(kt_is_current(&kt.root));
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_root_task_runs, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
