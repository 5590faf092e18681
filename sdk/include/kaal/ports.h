/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports by number. kaal_add_component() writes <component>_ports.h, which
 * gives each port of the component its PORT_ constant.
 *
 * A port that is optional and not connected has no slot: test kaal_port_slot()
 * first. Rings: <kaal/ring.h>. A caps port: its slot is the capability. Using it, or a port of
 * another kind, is a capability fault.
 */
#ifndef KAAL_PORTS_H
#define KAAL_PORTS_H

#include <kaal/irq.h>
#include <kaal/startup.h>
#include <kaal/syscall.h>

/* The capability of a port; 0 if it is not connected or does not exist. */
static inline kaal_cptr_t kaal_port_slot(unsigned port)
{
    const struct kaal_startup *startup = kaal_startup();
    return port < startup->port_count && startup->ports[port].kind != 0 ? startup->ports[port].slot
                                                                        : KAAL_SLOT_NULL;
}

/* Call the server behind a 'calls' port; msg is replaced by the answer. */
static inline void kaal_call(unsigned port, struct kaal_msg *msg)
{
    sys_call(kaal_port_slot(port), msg);
}

/* The first request of a 'serves' port. Returns the badge: 1, 2, ... for the
 * clients in the order of their channels. */
static inline kaal_badge_t kaal_serve(unsigned port, struct kaal_msg *msg)
{
    return sys_recv(kaal_port_slot(port), msg, KAAL_SLOT_REPLY);
}

/* Answer the last request of a 'serves' port and wait for the next. */
static inline kaal_badge_t kaal_reply_and_serve(unsigned port, struct kaal_msg *msg)
{
    return sys_reply_recv(kaal_port_slot(port), msg, KAAL_SLOT_REPLY);
}

/* Signal through a 'notifies' port. */
static inline void kaal_signal(unsigned port)
{
    sys_signal(kaal_port_slot(port));
}

/* Wait at a 'notified' port. Returns one bit for each channel that signalled,
 * bit 0 for the first. */
static inline kaal_badge_t kaal_wait(unsigned port)
{
    return sys_wait(kaal_port_slot(port), NULL);
}

/* As kaal_wait(), but returns at once, with 0 if nothing was signalled. */
static inline kaal_badge_t kaal_poll(unsigned port)
{
    return sys_poll(kaal_port_slot(port), NULL);
}

/* Wait at an 'irq' port for its device to interrupt. The interrupt is masked
 * from then on, until kaal_irq_ack(). */
static inline void kaal_irq_wait(unsigned port)
{
    const struct kaal_startup *startup = kaal_startup();
    sys_wait(kaal_port_slot(port) == 0 ? KAAL_SLOT_NULL : startup->ports[port].wait_slot, NULL);
}

/* Let it come again. */
KAAL_MUST_CHECK static inline kaal_err_t kaal_irq_ack(unsigned port)
{
    return sys_irq_handler_ack(kaal_port_slot(port));
}

#endif
