/* SPDX-License-Identifier: Apache-2.0 */
/* Uses the processor as much as it can: it never waits, sleeps or yields. */
#include <kaal/kaal.h>

#include "spinner_ports.h"

int main(void)
{
    for (volatile unsigned long rounds = 1;; rounds++) {
        if (rounds % 100000 == 0) {
            kaal_signal(PORT_SPUN);
        }
    }
}
