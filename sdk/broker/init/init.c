/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init, the root task: starts the packed system and supervises it.
 *
 * It is the one program that the machine belongs to, so it does little: every
 * untyped is its, and each component gets what the system says and no more.
 */
#include <kaal/bootinfo.h>
#include <kaal/untyped.h>

#include "instance.h"
#include "mapping.h"
#include "output.h"
#include "supervise.h"

enum {
    OWN_BYTES = 256 * 1024, /* tables, endpoints and notifications of all channels */
    OWN_SLOTS = SYSTEM_MAX_PORTS + 32,
};

static struct arena own;
static struct system packed;
static struct instance instances[SYSTEM_MAX_INSTANCES];
static kaal_cptr_t port_objects[SYSTEM_MAX_PORTS]; /* of serves and notified ports */

/* Without a console only a fault can tell: the kernel reports it. */
static void must(kaal_err_t err, const char *what)
{
    if (err != KAAL_OK) {
        output_printf("init: cannot continue: %s: %s (%s)\n", what, kaal_err_name(err),
                      kaal_err_text(err));
        __builtin_trap();
    }
}

/* A receiving port with channels gets its object, once. */
static kaal_err_t port_object(unsigned port, kaal_cptr_t *object)
{
    if (port_objects[port] == 0) {
        const bool is_call = packed.ports[port].kind == KAAL_PORT_SERVES;
        const kaal_err_t err = arena_object(
            &own, is_call ? KAAL_OBJ_ENDPOINT : KAAL_OBJ_NOTIFICATION, 0, &port_objects[port]);
        if (err != KAAL_OK) {
            return err;
        }
        const struct instance *receiver = &instances[packed.port_instance[port]];
        if (receiver->arena.slot_count != 0) {
            const kaal_err_t grant_err =
                instance_grant(receiver, port, port_objects[port], KAAL_RIGHT_READ, 0);
            if (grant_err != KAAL_OK) {
                return grant_err;
            }
        }
    }
    *object = port_objects[port];
    return KAAL_OK;
}

/* ordinal: which of its receiving port's channels this is. */
static kaal_err_t join(const struct kaal_system_channel *channel, unsigned ordinal)
{
    kaal_cptr_t object;
    const kaal_err_t err = port_object(channel->to, &object);
    const struct instance *sender = &instances[packed.port_instance[channel->from]];
    if (err != KAAL_OK || sender->arena.slot_count == 0) {
        return err;
    }
    if (packed.ports[channel->from].kind == KAAL_PORT_NOTIFIES) {
        return instance_grant(sender, channel->from, object, KAAL_RIGHT_WRITE,
                              (kaal_badge_t)1 << ordinal);
    }
    return instance_grant(sender, channel->from, object, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY,
                          ordinal + 1);
}

static void join_all(void)
{
    static uint16_t joined[SYSTEM_MAX_PORTS];
    for (unsigned i = 0; i < packed.channel_count; i++) {
        const struct kaal_system_channel *channel = &packed.channels[i];
        must(join(channel, joined[channel->to]++), "channels");
    }
    for (unsigned i = 0; i < packed.port_count; i++) {
        if (packed.port_channels[i] == 0 && packed.ports[i].optional == 0) {
            output_printf("init: port '%.24s' of '%s' is not connected\n", packed.ports[i].name,
                          packed.instances[packed.port_instance[i]].name);
        }
    }
}

static unsigned create_all(kaal_cptr_t endpoint)
{
    unsigned created = 0;
    for (unsigned i = 0; i < packed.instance_count; i++) {
        if (instance_create(&instances[i], &packed, i, endpoint)) {
            created++;
        }
    }
    return created;
}

_Noreturn void kaal_root_main(const struct kaal_bootinfo *bootinfo)
{
    if (bootinfo->magic != KAAL_BOOTINFO_MAGIC || bootinfo->version != KAAL_BOOTINFO_VERSION) {
        __builtin_trap();
    }
    const uint64_t window =
        (bootinfo->free_vaddr + KAAL_PAGE_SIZE - 1) & ~(uint64_t)(KAAL_PAGE_SIZE - 1);
    memory_init(bootinfo);
    must(arena_create(&own, OWN_BYTES, OWN_SLOTS), "memory");
    must(output_init(bootinfo, &own, window), "console");
    copy_init(&own, window + KAAL_PAGE_SIZE);

    kaal_cptr_t endpoint;
    kaal_cptr_t reply;
    must(arena_object(&own, KAAL_OBJ_ENDPOINT, 0, &endpoint), "endpoint");
    must(arena_object(&own, KAAL_OBJ_REPLY, 0, &reply), "reply object");

    const char *why =
        system_check((const void *)bootinfo->payload, bootinfo->payload_bytes, &packed);
    if (why != NULL) {
        output_printf("init: %s\n", why);
        packed = (struct system){0};
    }
    const unsigned created = create_all(endpoint);
    join_all();
    output_printf("init: %u of %u components start\n", created, packed.instance_count);
    for (unsigned i = 0; i < packed.instance_count; i++) {
        if (instances[i].arena.slot_count != 0) {
            instance_start(&instances[i]);
        }
    }
    supervise(instances, packed.instance_count, endpoint, reply);
}
