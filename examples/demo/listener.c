/* SPDX-License-Identifier: Apache-2.0 */
/* Takes as many interrupts of the console's UART as the nonce says. */
#include "demo.h"
#include "demo_listener_ports.h"

int main(void)
{
    const kaal_word_t nonce = demo_begin(PORT_GO, PORT_REPORT);
    const kaal_word_t wanted = 3 + nonce % 8;
    kaal_word_t taken = 0;
    while (taken < wanted) {
        kaal_irq_wait(PORT_UART);
        taken++;
        const kaal_err_t err = taken < wanted ? kaal_irq_ack(PORT_UART) : KAAL_OK;
        if (err != KAAL_OK) {
            kaal_printf("interrupt: %s\n", kaal_err_name(err));
            return 1;
        }
    }
    const kaal_word_t value = mix(nonce + taken);
    kaal_printf("interrupt: %lu taken from the UART, 0x%016lx\n", taken, value);
    demo_end(PORT_REPORT, taken, value);
    return 0;
}
