/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the kernel's memory, at a place that the nonce says. */
#include "demo.h"
#include "demo_attacker_ports.h"

int main(void)
{
    const kaal_word_t address = KERNEL_TEXT + (demo_begin(PORT_GO, PORT_REPORT) & 0x7ff8);
    const kaal_word_t value = *(const volatile kaal_word_t *)address;
    kaal_printf("attack: succeeded, 0x%016lx is at 0x%016lx\n", value, address);
    demo_end(PORT_REPORT, value, 0); /* not expected by the referee */
    return 1;
}
