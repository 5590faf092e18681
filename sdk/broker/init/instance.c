/* SPDX-License-Identifier: Apache-2.0 */
#include "instance.h"

#include <kaal/debug.h>
#include <kaal/sched_context.h>
#include <kaal/tcb.h>
#include <kaal/untyped.h>
#include <kaal/vspace.h>

#include "device.h"
#include "twin.h"
#include <kaal/broker/mapping.h>
#include <kaal/broker/output.h>

enum {
    RIGHTS_READ = KAAL_RIGHT_READ,
    RIGHTS_WRITE = KAAL_RIGHT_READ | KAAL_RIGHT_WRITE,
    OTHER_OBJECTS = 16, /* CNode, VSpace, tables of the upper levels, TCB, ... */
};

/* What is being made. */
struct making {
    struct instance *instance;
    const struct system *system;
    unsigned number;
    struct elf_plan plan;
};

/* Report a failure: what was tried, and why it did not work. */
static bool done(const struct making *making, const char *what, kaal_err_t err)
{
    if (err != KAAL_OK) {
        output_printf("init: cannot start '%s': %s: %s (%s)\n",
                      making->system->instances[making->number].name, what, kaal_err_name(err),
                      kaal_err_text(err));
    }
    return err == KAAL_OK;
}

static uint64_t pages_of(uint64_t vaddr, uint64_t bytes)
{
    const uint64_t in_page = vaddr & (KAAL_PAGE_SIZE - 1);
    return (in_page + bytes + KAAL_PAGE_SIZE - 1) >> KAAL_PAGE_BITS;
}

static bool is_ring_end(const struct making *making, unsigned port)
{
    const uint32_t kind = making->system->ports[port].kind;
    return (kind == KAAL_PORT_SENDS || kind == KAAL_PORT_RECEIVES) &&
           making->system->port_channels[port] != 0;
}

static bool make_arena(struct making *making)
{
    uint64_t pages = pages_of(0, making->instance->config->stack_bytes) + OTHER_OBJECTS;
    for (unsigned i = 0; i < making->plan.segment_count; i++) {
        const struct elf_segment *segment = &making->plan.segments[i];
        const uint64_t count = pages_of(segment->vaddr, segment->mem_bytes);
        pages += count + count / 512 + 2; /* and the tables for them */
    }
    for (unsigned i = 0; i < making->instance->config->port_count; i++) {
        /* Two tables for the first window, at most, and one for each other. */
        pages += is_ring_end(making, making->instance->config->first_port + i) ? 2 : 0;
    }
    return done(making, "memory",
                arena_create(&making->instance->arena, pages << KAAL_PAGE_BITS, (unsigned)pages));
}

static kaal_err_t object(struct making *making, enum kaal_object_type type, unsigned size_bits,
                         kaal_cptr_t *cap)
{
    return arena_object(&making->instance->arena, type, size_bits, cap);
}

static bool make_spaces(struct making *making)
{
    struct instance *instance = making->instance;
    return done(making, "CNode",
                object(making, KAAL_OBJ_CNODE, INSTANCE_CNODE_RADIX, &instance->cnode)) &&
           done(making, "VSpace", object(making, KAAL_OBJ_VSPACE, 0, &instance->vspace)) &&
           done(making, "ASID", sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, instance->vspace));
}

/* A page at vaddr that begins with bytes of data. *page may be NULL. */
static kaal_err_t place_page(struct making *making, uint64_t vaddr, const struct elf_segment *part,
                             uint64_t rights, uint64_t attrs, kaal_cptr_t *page)
{
    kaal_cptr_t cap;
    kaal_err_t err = object(making, KAAL_OBJ_PAGE, KAAL_PAGE_BITS, &cap);
    if (err == KAAL_OK && part != NULL) {
        err = copy_to_page(cap, part->vaddr - vaddr, part->data, part->file_bytes,
                           (attrs & KAAL_MAP_EXECUTE) != 0);
    }
    if (err == KAAL_OK) {
        err = map_page(&making->instance->arena, cap, making->instance->vspace, vaddr, rights,
                       attrs | KAAL_MAP_CACHED);
    }
    if (page != NULL) {
        *page = cap;
    }
    return err;
}

static kaal_err_t load_segment(struct making *making, const struct elf_segment *segment)
{
    const bool is_writable =
        segment->is_writable || (INIT_TWIN_TEXT_WRITABLE && segment->is_executable);
    const uint64_t rights = is_writable ? RIGHTS_WRITE : RIGHTS_READ;
    const uint64_t attrs = segment->is_executable ? KAAL_MAP_EXECUTE : 0;
    const uint64_t first = segment->vaddr & ~(uint64_t)(KAAL_PAGE_SIZE - 1);
    const uint64_t count = pages_of(segment->vaddr, segment->mem_bytes);
    const uint64_t file_end = segment->vaddr + segment->file_bytes;

    for (uint64_t i = 0; i < count; i++) {
        const uint64_t vaddr = first + i * KAAL_PAGE_SIZE;
        const uint64_t begin = vaddr < segment->vaddr ? segment->vaddr : vaddr;
        const uint64_t page_end = vaddr + KAAL_PAGE_SIZE;
        struct elf_segment part = {.vaddr = begin};
        if (begin < file_end) {
            part.data = segment->data + (begin - segment->vaddr);
            part.file_bytes = (file_end < page_end ? file_end : page_end) - begin;
        }
        const kaal_err_t err =
            place_page(making, vaddr, part.file_bytes > 0 ? &part : NULL, rights, attrs, NULL);
        if (err != KAAL_OK) {
            return err;
        }
    }
    return KAAL_OK;
}

static bool load_elf(struct making *making)
{
    for (unsigned i = 0; i < making->plan.segment_count; i++) {
        if (!done(making, "loading", load_segment(making, &making->plan.segments[i]))) {
            return false;
        }
    }
    return true;
}

static kaal_err_t place_stack(struct making *making)
{
    const uint64_t attrs = INIT_TWIN_STACK_EXEC ? KAAL_MAP_EXECUTE : 0;
    const uint64_t low = INSTANCE_STACK_TOP - making->instance->config->stack_bytes;
    for (uint64_t vaddr = low; vaddr < INSTANCE_STACK_TOP; vaddr += KAAL_PAGE_SIZE) {
        const kaal_err_t err = place_page(making, vaddr, NULL, RIGHTS_WRITE, attrs, NULL);
        if (err != KAAL_OK) {
            return err;
        }
    }
    return KAAL_OK;
}

static uint64_t ring_vaddr(const struct instance *instance, unsigned port)
{
    const uint64_t window = port - instance->config->first_port;
    return INSTANCE_WINDOWS + window * INSTANCE_WINDOW + KAAL_PAGE_SIZE;
}

/* What the start-up page says of a port. */
static struct kaal_startup_port startup_port(const struct making *making, unsigned i)
{
    const struct system *system = making->system;
    const unsigned port = making->instance->config->first_port + i;
    struct kaal_startup_port out = {0};
    if (system->port_channels[port] == 0) {
        return out;
    }
    out.kind = system->ports[port].kind;
    out.slot = KAAL_SLOT_FIRST_PORT + i;
    if (is_ring_end(making, port) || out.kind == KAAL_PORT_IRQ) {
        out.wait_slot = out.slot + KAAL_STARTUP_MAX_PORTS;
    }
    if (is_ring_end(making, port)) {
        const struct kaal_system_ring *ring = &system->rings[system->port_ring[port]];
        out.slots = ring->slots;
        out.slot_size = ring->slot_size;
        out.vaddr = ring_vaddr(making->instance, port);
        out.bytes = kaal_ring_bytes(ring->slots, ring->slot_size);
    }
    return out;
}

static kaal_err_t place_startup(struct making *making)
{
    static struct kaal_startup startup; /* too large for the stack */
    const struct kaal_system_instance *config = making->instance->config;
    startup = (struct kaal_startup){
        .magic = KAAL_STARTUP_MAGIC,
        .version = KAAL_STARTUP_VERSION,
        .size = sizeof(startup),
        .ipc_buffer = INSTANCE_IPC_BUFFER,
        .stack_low = INSTANCE_STACK_TOP - config->stack_bytes,
        .stack_high = INSTANCE_STACK_TOP,
        .port_count = config->port_count,
        .seed = device_seed(making->number),
    };
    __builtin_memcpy(startup.name, config->name, sizeof(startup.name));
    for (unsigned i = 0; i < config->port_count; i++) {
        startup.ports[i] = startup_port(making, i);
    }
    const struct elf_segment part = {
        .vaddr = INSTANCE_STARTUP,
        .data = (const uint8_t *)&startup,
        .file_bytes = sizeof(startup),
    };
    return place_page(making, INSTANCE_STARTUP, &part, RIGHTS_READ, 0, NULL);
}

/* A page 0 with one instruction, ret. Only a twin of init has this. */
static kaal_err_t place_null_page(struct making *making)
{
    static const uint32_t ret = 0xd65f03c0;
    const struct elf_segment part = {.data = (const uint8_t *)&ret, .file_bytes = sizeof(ret)};
    return place_page(making, 0, &part, RIGHTS_READ, KAAL_MAP_EXECUTE, NULL);
}

static kaal_err_t place_slot(const struct instance *instance, kaal_word_t slot, kaal_cptr_t cap,
                             uint64_t rights, kaal_badge_t badge)
{
    const struct kaal_slot src = slot_of(cap);
    const struct kaal_slot dest = {
        .root = instance->cnode,
        .index = slot,
        .depth = INSTANCE_CNODE_RADIX,
    };
    return badge == 0 ? sys_cnode_copy(&dest, &src, rights)
                      : sys_cnode_mint(&dest, &src, rights, badge);
}

kaal_err_t instance_grant(const struct instance *instance, unsigned port, kaal_cptr_t cap,
                          uint64_t rights, kaal_badge_t badge)
{
    const kaal_word_t slot = KAAL_SLOT_FIRST_PORT + port - instance->config->first_port;
    return place_slot(instance, slot, cap, rights, badge);
}

kaal_err_t instance_grant_wait(const struct instance *instance, unsigned port, kaal_cptr_t cap,
                               uint64_t rights)
{
    const kaal_word_t slot =
        KAAL_SLOT_FIRST_PORT + KAAL_STARTUP_MAX_PORTS + port - instance->config->first_port;
    return place_slot(instance, slot, cap, rights, 0);
}

kaal_err_t instance_map_ring(struct instance *instance, unsigned port, kaal_cptr_t page,
                             unsigned index)
{
    return map_page(&instance->arena, page, instance->vspace,
                    ring_vaddr(instance, port) + (uint64_t)index * KAAL_PAGE_SIZE, RIGHTS_WRITE,
                    KAAL_MAP_CACHED);
}

/* The component's own reply object is made right in its slot. */
static kaal_err_t place_reply(struct making *making)
{
    const struct kaal_slots dest = {
        .root = making->instance->cnode,
        .offset = KAAL_SLOT_REPLY,
        .count = 1,
    };
    return sys_retype(block_untyped(making->instance->arena.block), KAAL_OBJ_REPLY, 0, &dest);
}

/* The fault endpoint: a badged copy for the kernel, and none that stays. */
static kaal_err_t set_scheduling(struct making *making, kaal_cptr_t endpoint)
{
    struct instance *instance = making->instance;
    const struct kaal_slot handler = slot_of(arena_slot(&instance->arena));
    const struct kaal_slot src = slot_of(endpoint);
    if (handler.index == 0) {
        return KAAL_ERR_NOT_ENOUGH_MEMORY;
    }
    kaal_err_t err = sys_cnode_mint(&handler, &src, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY,
                                    BADGE_FAULT | making->number);
    if (err == KAAL_OK) {
        err = sys_tcb_set_sched_params(instance->tcb, KAAL_ROOT_TCB, 0, instance->config->priority,
                                       instance->sched_context, handler.index);
    }
    const kaal_err_t delete_err = sys_cnode_delete(&handler);
    return err != KAAL_OK ? err : delete_err;
}

static kaal_err_t set_budget(const struct instance *instance)
{
    const struct kaal_sched_params params = {
        .budget_us = instance->config->budget_us,
        .period_us = instance->config->period_us,
    };
    return sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, instance->sched_context, &params);
}

static kaal_err_t set_registers(const struct making *making)
{
    const struct kaal_registers regs = {
        .pc = making->plan.entry,
        .sp = INSTANCE_STACK_TOP,
        .x = {INSTANCE_STARTUP},
    };
    return sys_tcb_write_registers(making->instance->tcb, 0, 4, &regs); /* pc sp pstate x0 */
}

static bool make_memory(struct making *making)
{
    return load_elf(making) && done(making, "stack", place_stack(making)) &&
           done(making, "start-up page", place_startup(making)) &&
           (!INIT_TWIN_MAP_NULL || done(making, "null page", place_null_page(making)));
}

static bool make_thread(struct making *making, kaal_cptr_t endpoint)
{
    struct instance *instance = making->instance;
    const kaal_word_t guard = kaal_guard(0, KAAL_CPTR_BITS - INSTANCE_CNODE_RADIX);
    kaal_cptr_t ipc_page;
    return done(making, "IPC buffer",
                place_page(making, INSTANCE_IPC_BUFFER, NULL, RIGHTS_WRITE, 0, &ipc_page)) &&
           done(making, "TCB", object(making, KAAL_OBJ_TCB, 0, &instance->tcb)) &&
           done(making, "scheduling context",
                object(making, KAAL_OBJ_SCHED_CONTEXT, 8, &instance->sched_context)) &&
           done(making, "reply object", place_reply(making)) &&
           done(making, "console",
                place_slot(instance, KAAL_SLOT_CONSOLE, endpoint,
                           KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY,
                           BADGE_CONSOLE | making->number)) &&
           done(making, "spaces",
                sys_tcb_configure(instance->tcb, instance->cnode, guard, instance->vspace,
                                  INSTANCE_IPC_BUFFER, ipc_page)) &&
           done(making, "budget", set_budget(instance)) &&
           done(making, "scheduling", set_scheduling(making, endpoint)) &&
           done(making, "registers", set_registers(making));
}

bool instance_has_names;

bool instance_create(struct instance *instance, const struct system *system, unsigned number,
                     kaal_cptr_t endpoint)
{
    struct making making = {.instance = instance, .system = system, .number = number};
    uint64_t size;
    const uint8_t *elf = system_elf(system, number, &size);
    const char *why = elf_check(elf, size, &making.plan);
    *instance = (struct instance){.config = &system->instances[number]};
    if (why != NULL) {
        output_printf("init: component of '%s' refused: %s\n", instance->config->name, why);
        return false;
    }
    if (make_arena(&making) && make_spaces(&making) && make_memory(&making) &&
        make_thread(&making, endpoint)) {
        if (instance_has_names) {
            (void)kaal_debug_name(instance->tcb, instance->config->name);
        }
        return true;
    }
    arena_destroy(&instance->arena);
    return false;
}

void instance_start(const struct instance *instance)
{
    const kaal_err_t err = sys_tcb_resume(instance->tcb);
    if (err != KAAL_OK) {
        output_printf("init: cannot start '%s': %s\n", instance->config->name, kaal_err_name(err));
    }
}

void instance_stop(const struct instance *instance)
{
    const kaal_err_t err = sys_tcb_suspend(instance->tcb);
    if (err != KAAL_OK) {
        output_printf("init: cannot stop '%s': %s\n", instance->config->name, kaal_err_name(err));
    }
}
