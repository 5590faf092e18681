/* SPDX-License-Identifier: Apache-2.0 */
/* Has no capability for the server, and tries every slot that it could be in. */
#include "demo.h"
#include "demo_outsider_ports.h"

#include <stdbool.h>

/* The slots that do hold something. */
static bool is_own(kaal_cptr_t slot)
{
    return slot == KAAL_SLOT_CONSOLE || slot == KAAL_SLOT_REPLY ||
           slot == kaal_port_slot(PORT_GO) || slot == kaal_port_slot(PORT_REPORT);
}

int main(void)
{
    kaal_word_t value = demo_begin(PORT_GO, PORT_REPORT);
    kaal_word_t tried = 0, refused = 0;
    for (kaal_cptr_t slot = 0; slot < SLOTS; slot++) {
        if (is_own(slot)) {
            continue;
        }
        struct kaal_msg msg = {.info = kaal_msginfo(0, 0, 1), .w = {value}};
        sys_call(slot, &msg);
        tried++;
        refused += kaal_msginfo_label(msg.info) == KAAL_ERR_INVALID_CAPABILITY;
        value = mix(value + slot + kaal_msginfo_label(msg.info));
    }
    kaal_printf("refused: %lu of %lu calls without a capability, 0x%016lx\n", refused, tried,
                value);
    demo_end(PORT_REPORT, refused, value);
    return 0;
}
