/* SPDX-License-Identifier: Apache-2.0 */
/* Receives from a peer that follows the rules at first. */
#include <kaal/kaal.h>
#include <kaal/ring.h>

#include "ring_victim_ports.h"

enum { LAST = 99 }; /* there is no such port */

int main(void)
{
    uint64_t items[4][2];
    size_t n = 7;
    const bool spare = !kaal_ring_recv(PORT_SPARE, items, 1, &n) && n == 0;
    const bool wrong = !kaal_ring_try_send(PORT_IN, items, 1, &n) && n == 0;
    const bool other = !kaal_ring_send(PORT_BEFORE, items, 1);
    const bool none = !kaal_ring_try_recv(LAST, items, 1, &n) && kaal_ring_slot_size(LAST) == 0;
    kaal_printf("unconnected and wrong ports are refused: %d %d %d %d\n", spare, wrong, other,
                none);

    size_t came = 0;
    while (came < 3) {
        if (!kaal_ring_recv(PORT_IN, items + came, 3 - came, &n)) {
            return 1;
        }
        came += n;
    }
    kaal_printf("came: %lu items, %lu %lu %lu\n", came, items[0][0], items[1][1], items[2][0]);

    kaal_signal(PORT_BEFORE);
    const bool first = kaal_ring_recv(PORT_IN, items, 4, &n);
    const bool second = kaal_ring_try_recv(PORT_IN, items, 4, &n);
    kaal_printf("broken by the peer: %d %d %lu\n", first, second, n);

    kaal_signal(PORT_BEFORE); /* the vandal, of higher priority, is stopped now */
    kaal_printf("KAAL VERDICT: PASS still here\n");
    return 0;
}
