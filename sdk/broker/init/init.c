/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init, the root task: starts the packed system and supervises it.
 *
 * It is the one program that the machine belongs to, so it does little: every
 * untyped is its, and each component gets what the system says and no more.
 */
#include <kaal/bootinfo.h>
#include <kaal/debug.h>

#include "device.h"
#include "instance.h"
#include "join.h"
#include "loader/check.h"
#include "power.h"
#include "supervise.h"
#include <kaal/broker/mapping.h>
#include <kaal/broker/output.h>

enum {
    OWN_BYTES = 256 * 1024, /* tables, endpoints and notifications of all channels */
    OWN_SLOTS = SYSTEM_MAX_PORTS + 2 * SYSTEM_MAX_GRANTS + 32,
};

static struct arena own;
static struct system packed;
static struct instance instances[SYSTEM_MAX_INSTANCES];

/* Without a console only a fault can tell: the kernel reports it. */
static void must(kaal_err_t err, const char *what)
{
    if (err != KAAL_OK) {
        output_printf("init: cannot continue: %s: %s (%s)\n", what, kaal_err_name(err),
                      kaal_err_text(err));
        __builtin_trap();
    }
}

/* The loader has walked the same devicetree: it has what dt_cells.c needs. */
_Noreturn void loader_fail(const char *part, const char *error)
{
    output_printf("init: cannot continue: %s: %s\n", part, error);
    __builtin_trap();
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
    device_init(bootinfo);
    instance_has_names = (bootinfo->flags & KAAL_BOOTINFO_DEBUG) != 0;
    if (instance_has_names) {
        (void)kaal_debug_name(KAAL_ROOT_TCB, "init");
    }

    kaal_cptr_t endpoint;
    kaal_cptr_t reply;
    must(arena_object(&own, KAAL_OBJ_ENDPOINT, 0, &endpoint), "endpoint");
    must(arena_object(&own, KAAL_OBJ_REPLY, 0, &reply), "reply object");
    power_init(&own, endpoint, window + 2 * KAAL_PAGE_SIZE);

    const char *why =
        system_check((const void *)bootinfo->payload, bootinfo->payload_bytes, &packed);
    if (why != NULL) {
        output_printf("init: %s\n", why);
        packed = (struct system){0};
    }
    const unsigned created = create_all(endpoint);
    join_all(&packed, instances, &own);
    output_printf("init: %u of %u components start\n", created, packed.instance_count);
    for (unsigned i = 0; i < packed.instance_count; i++) {
        if (instances[i].arena.slot_count != 0) {
            instance_start(&instances[i]);
        }
    }
    supervise(instances, packed.instance_count, endpoint, reply);
}
