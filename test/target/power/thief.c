/* SPDX-License-Identifier: Apache-2.0 */
/* Has no capability for power, and asks init at the endpoint that it does have. */
#include <kaal/kaal.h>

static kaal_err_t ask(kaal_cptr_t slot, kaal_word_t label)
{
    struct kaal_msg msg = {.info = kaal_msginfo(label, 0, 0)};
    sys_call(slot, &msg);
    return (kaal_err_t)kaal_msginfo_label(msg.info);
}

int main(void)
{
    kaal_printf("asking the console\n");
    const kaal_err_t off = ask(KAAL_SLOT_CONSOLE, KAAL_INV_POWER_OFF);
    const kaal_err_t restart = ask(KAAL_SLOT_CONSOLE, KAAL_INV_POWER_RESTART);
    kaal_printf("refused: %s, %s\n", kaal_err_name(off), kaal_err_name(restart));
    kaal_printf("KAAL VERDICT: PASS\n");
    return 0;
}
