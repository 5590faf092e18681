/* SPDX-License-Identifier: Apache-2.0 */
/* Sends three items, then a count that cannot be, then goes too far. */
#include <kaal/kaal.h>
#include <kaal/ring.h>

#include "ring_vandal_ports.h"

int main(void)
{
    const uint64_t items[3][2] = {{1, 2}, {3, 4}, {9, 16}};
    if (!kaal_ring_send(PORT_OUT, items, 3)) {
        return 1;
    }
    kaal_wait(PORT_GO);
    const struct kaal_startup_port *port = &kaal_startup()->ports[PORT_OUT];
    struct kaal_ring_memory *memory = (struct kaal_ring_memory *)port->vaddr;
    memory->producer.count = 1000;
    sys_signal(port->slot);

    kaal_wait(PORT_GO);
    kaal_printf("behind the ring\n");
    *(volatile uint64_t *)(port->vaddr + KAAL_PAGE_SIZE) = 1;
    kaal_printf("not stopped\n");
    return 1;
}
