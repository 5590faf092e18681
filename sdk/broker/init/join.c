/* SPDX-License-Identifier: Apache-2.0 */
#include "join.h"

#include <kaal/irq.h>

#include "device.h"
#include "power.h"
#include <kaal/broker/output.h>

/* Everything that the functions below share. */
static struct {
    const struct system *system;
    struct instance *instances;
    struct arena *own;
    kaal_cptr_t objects[SYSTEM_MAX_PORTS]; /* of serves and notified ports */
    uint16_t joined[SYSTEM_MAX_PORTS];     /* channels that end there so far */
} all;

static struct instance *instance_of(unsigned port)
{
    return &all.instances[all.system->port_instance[port]];
}

static bool exists(const struct instance *instance)
{
    return instance->arena.slot_count != 0;
}

static void report(kaal_err_t err, const char *what, unsigned port)
{
    if (err != KAAL_OK) {
        output_printf("init: cannot make the %s of '%.24s' of '%s': %s (%s)\n", what,
                      all.system->ports[port].name, instance_of(port)->config->name,
                      kaal_err_name(err), kaal_err_text(err));
    }
}

/* ---- Channels --------------------------------------------------------------------- */

/* A receiving port with channels gets its object, once. */
static kaal_err_t port_object(unsigned port, kaal_cptr_t *object)
{
    if (all.objects[port] == 0) {
        const bool is_call = all.system->ports[port].kind == KAAL_PORT_SERVES;
        kaal_err_t err = arena_object(all.own, is_call ? KAAL_OBJ_ENDPOINT : KAAL_OBJ_NOTIFICATION,
                                      0, &all.objects[port]);
        if (err == KAAL_OK && exists(instance_of(port))) {
            err = instance_grant(instance_of(port), port, all.objects[port], KAAL_RIGHT_READ, 0);
        }
        if (err != KAAL_OK) {
            return err;
        }
    }
    *object = all.objects[port];
    return KAAL_OK;
}

/* ordinal: which of its receiving port's channels this is. */
static kaal_err_t join(const struct kaal_system_channel *channel, unsigned ordinal)
{
    kaal_cptr_t object;
    const kaal_err_t err = port_object(channel->to, &object);
    const struct instance *sender = instance_of(channel->from);
    if (err != KAAL_OK || !exists(sender)) {
        return err;
    }
    if (all.system->ports[channel->from].kind == KAAL_PORT_NOTIFIES) {
        return instance_grant(sender, channel->from, object, KAAL_RIGHT_WRITE,
                              (kaal_badge_t)1 << ordinal);
    }
    return instance_grant(sender, channel->from, object, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY,
                          ordinal + 1);
}

/* ---- Rings ------------------------------------------------------------------------- */

/* One page of a ring, mapped at each end by a capability of its own. */
static kaal_err_t share_page(struct arena *arena, const struct kaal_system_ring *ring,
                             unsigned index)
{
    const unsigned ends[] = {ring->from, ring->to};
    kaal_cptr_t page;
    kaal_err_t err = arena_object(arena, KAAL_OBJ_PAGE, KAAL_PAGE_BITS, &page);
    for (unsigned i = 0; i < 2 && err == KAAL_OK; i++) {
        const struct kaal_slot src = slot_of(page);
        const struct kaal_slot copy = slot_of(arena_slot(arena));
        if (copy.index == 0) {
            return KAAL_ERR_NOT_ENOUGH_MEMORY;
        }
        err = sys_cnode_copy(&copy, &src, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
        if (err == KAAL_OK && exists(instance_of(ends[i]))) {
            err = instance_map_ring(instance_of(ends[i]), ends[i], copy.index, index);
        }
    }
    return err;
}

/* A notification that one end signals and the other waits for. */
static kaal_err_t share_notification(struct arena *arena, unsigned signals, unsigned waits)
{
    kaal_cptr_t ntfn;
    kaal_err_t err = arena_object(arena, KAAL_OBJ_NOTIFICATION, 0, &ntfn);
    if (err == KAAL_OK && exists(instance_of(signals))) {
        err = instance_grant(instance_of(signals), signals, ntfn, KAAL_RIGHT_WRITE, 1);
    }
    if (err == KAAL_OK && exists(instance_of(waits))) {
        err = instance_grant_wait(instance_of(waits), waits, ntfn, KAAL_RIGHT_READ);
    }
    return err;
}

static kaal_err_t make_ring(const struct kaal_system_ring *ring)
{
    const uint64_t bytes = kaal_ring_bytes(ring->slots, ring->slot_size);
    const unsigned pages = (unsigned)((bytes + KAAL_PAGE_SIZE - 1) / KAAL_PAGE_SIZE);
    struct arena arena;
    kaal_err_t err = arena_create(&arena, (uint64_t)(pages + 1) << KAAL_PAGE_BITS, 3 * pages + 2);
    if (err != KAAL_OK) {
        return err;
    }
    for (unsigned i = 0; i < pages && err == KAAL_OK; i++) {
        err = share_page(&arena, ring, i);
    }
    if (err == KAAL_OK) {
        err = share_notification(&arena, ring->from, ring->to);
    }
    if (err == KAAL_OK) {
        err = share_notification(&arena, ring->to, ring->from);
    }
    if (err != KAAL_OK) {
        arena_destroy(&arena);
    }
    return err;
}

/* ---- Grants ------------------------------------------------------------------------ */

static kaal_err_t grant_irq(const struct instance *instance, unsigned port)
{
    struct device_irq irq;
    kaal_cptr_t ntfn;
    const struct kaal_slot handler = slot_of(arena_slot(all.own));
    if (!device_stdout_irq(&irq)) {
        output_printf("init: the devicetree names no interrupt of stdout\n");
        return KAAL_ERR_INVALID_ARGUMENT;
    }
    if (handler.index == 0) {
        return KAAL_ERR_NOT_ENOUGH_MEMORY;
    }
    kaal_err_t err = arena_object(all.own, KAAL_OBJ_NOTIFICATION, 0, &ntfn);
    if (err == KAAL_OK) {
        err = sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, irq.number,
                                  irq.is_edge ? KAAL_IRQ_EDGE : KAAL_IRQ_LEVEL, &handler);
    }
    if (err == KAAL_OK) {
        err = sys_irq_handler_set_notification(handler.index, ntfn);
    }
    if (err == KAAL_OK) {
        err = instance_grant(instance, port, handler.index, KAAL_RIGHTS_ALL, 0);
    }
    if (err == KAAL_OK) {
        err = instance_grant_wait(instance, port, ntfn, KAAL_RIGHT_READ);
    }
    if (err == KAAL_OK) {
        /* init keeps the registers, and polls; the interrupt is the port's. */
        output_interrupt_on();
    }
    return err;
}

/* role ends within its array, and no role is longer than that. */
static bool is_role(const struct kaal_system_grant *what, const char *role, size_t bytes)
{
    return __builtin_memcmp(what->role, role, bytes) == 0;
}

static kaal_err_t grant(const struct kaal_system_grant *what)
{
    const struct instance *instance = instance_of(what->port);
    const bool is_irq = all.system->ports[what->port].kind == KAAL_PORT_IRQ;
    if (!exists(instance)) {
        return KAAL_OK;
    }
    if (is_irq && is_role(what, "stdout", sizeof("stdout"))) {
        return grant_irq(instance, what->port);
    }
    if (!is_irq && is_role(what, "power", sizeof("power"))) {
        return power_grant(instance, all.system->port_instance[what->port], what->port);
    }
    return KAAL_ERR_INVALID_ARGUMENT;
}

void join_all(const struct system *system, struct instance *instances, struct arena *own)
{
    all.system = system;
    all.instances = instances;
    all.own = own;
    for (unsigned i = 0; i < system->channel_count; i++) {
        const struct kaal_system_channel *channel = &system->channels[i];
        report(join(channel, all.joined[channel->to]++), "channel", channel->from);
    }
    for (unsigned i = 0; i < system->ring_count; i++) {
        report(make_ring(&system->rings[i]), "ring", system->rings[i].from);
    }
    for (unsigned i = 0; i < system->grant_count; i++) {
        report(grant(&system->grants[i]), "grant", system->grants[i].port);
    }
    for (unsigned i = 0; i < system->port_count; i++) {
        if (system->port_channels[i] == 0 && system->ports[i].optional == 0) {
            output_printf("init: port '%.24s' of '%s' is not connected\n", system->ports[i].name,
                          system->instances[system->port_instance[i]].name);
        }
    }
}
