/* SPDX-License-Identifier: Apache-2.0 */
/* Ends the machine in the way END says, with a verdict before it if VERDICT. */
#include <kaal/kaal.h>

enum { PORT_POWER = 0 }; /* the only port of each variant */

enum { NOTHING, OFF, RESTART };

/* Calls that power does not have are refused, whoever answers them. */
static void try_others(kaal_cptr_t power)
{
    static const kaal_word_t labels[] = {0, KAAL_INV_POWER_OFF - 1, KAAL_INV_POWER_RESTART + 1, 77};
    for (unsigned i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        struct kaal_msg msg = {.info = kaal_msginfo(labels[i], 0, 0)};
        sys_call(power, &msg);
        kaal_printf("call %lu: %s\n", labels[i],
                    kaal_err_name((kaal_err_t)kaal_msginfo_label(msg.info)));
    }
}

int main(void)
{
    const kaal_cptr_t power = kaal_port_slot(PORT_POWER);
    kaal_err_t err = KAAL_OK;
    try_others(power);
    kaal_printf("%s\n", VERDICT ? "KAAL VERDICT: PASS" : "no verdict");
    if (END == OFF) {
        err = sys_power_off(power);
    } else if (END == RESTART) {
        err = sys_power_restart(power);
    }
    kaal_printf("still on: %s\n", kaal_err_name(err));
    return 1;
}
