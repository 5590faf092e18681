/* SPDX-License-Identifier: Apache-2.0 */
/* The root task: its capability space, address space and thread. */
#include <kaal/abi/mapping.h>

#include "object/asid.h"
#include "object/object.h"
#include "object/page.h"
#include "object/sched_context.h"
#include "object/tcb.h"
#include "object/vspace.h"

#include "boot.h"
#include "cpu.h"
#include "lib/assert.h"

/* The root task's own time: round robin in slices of 5 ms. */
enum { ROOT_SLICE_US = 5000 };

enum { LEVEL_2M_BITS = 21 };

/* Page tables of the root task that do not depend on payload size: three
 * levels for its segments, three for the kernel's gifts. */
enum { FIXED_TABLES = 24 };

uint64_t boot_root_task_bytes(const struct kaal_boot_params *params)
{
    const uint64_t cnode = (uint64_t)1 << (KAAL_ROOT_CNODE_RADIX + KAAL_SLOT_BITS);
    const uint64_t pages = 8 + FIXED_TABLES;
    uint64_t tables = 2 + ((params->payload.size + params->devicetree.size) >> LEVEL_2M_BITS);
    for (unsigned i = 0; i < params->segment_count; i++) {
        tables += 1 + (params->segments[i].bytes >> LEVEL_2M_BITS);
    }
    return cnode + (pages + tables) * KAAL_PAGE_SIZE;
}

/* ---- Capability space ------------------------------------------------------------- */

struct slot *boot_add_cap(struct boot *boot, struct cap cap)
{
    if (boot->next_slot >= (uint64_t)1 << KAAL_ROOT_CNODE_RADIX) {
        kernel_panic("the root task's CNode is full");
    }
    struct slot *slot = &boot->cnode[boot->next_slot++];
    slot_set_root(slot, cap);
    return slot;
}

static void set_cap(struct boot *boot, enum kaal_root_slot index, struct cap cap)
{
    slot_set_root(&boot->cnode[index], cap);
}

/* Capabilities that stand for no memory. */
static const struct {
    enum kaal_root_slot slot;
    enum cap_type type;
} controls[] = {
    {KAAL_ROOT_IRQ_CONTROL, CAP_IRQ_CONTROL},
    {KAAL_ROOT_SCHED_CONTROL, CAP_SCHED_CONTROL},
    {KAAL_ROOT_POWER, CAP_POWER},
    {KAAL_ROOT_ASID_CONTROL, CAP_ASID_CONTROL},
    {KAAL_ROOT_DOMAIN, CAP_DOMAIN},
};

static void make_cnode(struct boot *boot)
{
    boot->cnode = (struct slot *)boot_alloc(boot, KAAL_ROOT_CNODE_RADIX + KAAL_SLOT_BITS);
    boot->next_slot = KAAL_ROOT_FIRST_FREE;
    set_cap(
        boot, KAAL_ROOT_CNODE,
        cap_cnode(boot->cnode, KAAL_ROOT_CNODE_RADIX, 0, KAAL_CPTR_BITS - KAAL_ROOT_CNODE_RADIX));
    for (unsigned i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
        set_cap(boot, controls[i].slot, cap_indexed(controls[i].type, 0));
    }
}

/* ---- Address space ------------------------------------------------------------------ */

static void make_vspace(struct boot *boot)
{
    struct asid_pool *pool = (struct asid_pool *)boot_alloc(boot, KAAL_PAGE_BITS);
    struct cap cap = cap_object(CAP_VSPACE, boot_alloc(boot, KAAL_PAGE_BITS));

    set_cap(boot, KAAL_ROOT_ASID_POOL, asid_pool_install(pool, 0));
    cap_set_mapping(&cap, asid_assign(&boot->cnode[KAAL_ROOT_ASID_POOL].cap, cap_vspace(&cap)), 0);
    set_cap(boot, KAAL_ROOT_VSPACE, cap);
    boot->vspace = &boot->cnode[KAAL_ROOT_VSPACE];
}

/* The entry for one 4 KiB page, making the tables above it. Their capabilities
 * are kept for later: the slots of tables shall be one range. */
static pte_t *page_entry(struct boot *boot, vaddr_t vaddr)
{
    unsigned at;
    for (;;) {
        pte_t *entry = vspace_walk(cap_vspace(&boot->vspace->cap), vaddr, 3, &at);
        if (at == 3) {
            return entry;
        }
        pte_t *table = (pte_t *)boot_alloc(boot, KAAL_PAGE_BITS);
        arch_pte_write(entry, arch_pte_table(arch_virt_to_phys(table)));
    }
}

static struct cap map_page(struct boot *boot, vaddr_t vaddr, paddr_t paddr, word_t rights,
                           word_t attrs)
{
    struct cap cap = cap_page(arch_phys_to_virt(paddr), KAAL_PAGE_BITS, false);
    pte_t *entry = page_entry(boot, vaddr);
    if (*entry != 0) {
        kernel_panic("root task segments overlap at 0x%lx", vaddr);
    }
    arch_pte_write(entry, arch_pte_page(paddr, 3, rights, attrs));
    cap_set_mapping(&cap, cap_asid(&boot->vspace->cap), vaddr);
    return cap;
}

static struct kaal_slot_range map_range(struct boot *boot, vaddr_t vaddr, paddr_t paddr,
                                        uint64_t bytes, word_t rights, word_t attrs)
{
    struct kaal_slot_range slots = {.begin = boot->next_slot};
    for (uint64_t offset = 0; offset < bytes; offset += KAAL_PAGE_SIZE) {
        arch_obj_created(arch_phys_to_virt(paddr + offset), KAAL_PAGE_SIZE);
        boot_add_cap(boot, map_page(boot, vaddr + offset, paddr + offset, rights, attrs));
    }
    slots.end = boot->next_slot;
    return slots;
}

static void map_segments(struct boot *boot)
{
    enum { PF_X = 1, PF_W = 2 };
    const struct kaal_boot_params *p = boot->params;

    boot->info->image_pages.begin = boot->next_slot;
    for (unsigned i = 0; i < p->segment_count; i++) {
        const struct kaal_root_segment *s = &p->segments[i];
        const word_t rights =
            KAAL_RIGHT_READ | ((s->flags & PF_W) != 0 ? (word_t)KAAL_RIGHT_WRITE : 0);
        const word_t attrs =
            KAAL_MAP_CACHED | ((s->flags & PF_X) != 0 ? (word_t)KAAL_MAP_EXECUTE : 0);
        if ((s->flags & PF_X) != 0) {
            arch_code_sync(arch_phys_to_virt(s->paddr), s->bytes);
        }
        map_range(boot, s->vaddr, s->paddr, s->bytes, rights, attrs);
    }
    boot->info->image_pages.end = boot->next_slot;
}

static vaddr_t align_2m(vaddr_t vaddr)
{
    const vaddr_t mask = ((vaddr_t)1 << LEVEL_2M_BITS) - 1;
    return (vaddr + mask) & ~mask;
}

static void map_gifts(struct boot *boot)
{
    const struct kaal_boot_params *p = boot->params;
    struct kaal_bootinfo *info = boot->info;
    const vaddr_t tree = align_2m(BOOT_PAYLOAD_VADDR + p->payload.size);

    info->payload = BOOT_PAYLOAD_VADDR;
    info->payload_bytes = p->payload.size;
    info->payload_pages = map_range(boot, BOOT_PAYLOAD_VADDR, p->payload.base, p->payload.size,
                                    KAAL_RIGHT_READ, KAAL_MAP_CACHED);
    info->devicetree = tree + (p->devicetree_paddr - p->devicetree.base);
    info->devicetree_bytes = p->devicetree_bytes;
    info->devicetree_pages = map_range(boot, tree, p->devicetree.base, p->devicetree.size,
                                       KAAL_RIGHT_READ, KAAL_MAP_CACHED);
    info->free_vaddr = align_2m(tree + p->devicetree.size);
}

/* ---- Capabilities of the tables -------------------------------------------------------- */

static void add_table_cap(struct boot *boot, pte_t entry, vaddr_t vaddr, unsigned level)
{
    struct cap cap = cap_object(CAP_PAGE_TABLE, arch_phys_to_virt(arch_pte_paddr(entry)));
    cap_set_mapping(&cap, cap_asid(&boot->vspace->cap), vaddr);
    cap_pt_set_level(&cap, level);
    boot_add_cap(boot, cap);
}

/* Tables of one level, found by walking all entries above it. step: bytes that
 * one of them covers. */
static void add_tables_of_level(struct boot *boot, unsigned level, vaddr_t end)
{
    unsigned at;
    const vaddr_t step = (vaddr_t)1 << vspace_level_bits(level - 1);
    for (vaddr_t vaddr = 0; vaddr < end; vaddr += step) {
        const pte_t *entry = vspace_walk(cap_vspace(&boot->vspace->cap), vaddr, level - 1, &at);
        if (at == level - 1 && arch_pte_is_table(*entry, at)) {
            add_table_cap(boot, *entry, vaddr, level);
        }
    }
}

static void add_table_caps(struct boot *boot)
{
    struct kaal_bootinfo *info = boot->info;
    info->page_tables.begin = boot->next_slot;
    for (unsigned level = 1; level < ARCH_PT_LEVELS; level++) {
        add_tables_of_level(boot, level, info->free_vaddr);
    }
    info->page_tables.end = boot->next_slot;
}

/* ---- Thread ------------------------------------------------------------------------------ */

static void fill_info(struct boot *boot)
{
    const struct kaal_boot_params *p = boot->params;
    struct kaal_bootinfo *info = boot->info;
    info->magic = KAAL_BOOTINFO_MAGIC;
    info->version = KAAL_BOOTINFO_VERSION;
    info->size = sizeof(*info);
    info->flags = KAAL_CFG_DEBUG ? KAAL_BOOTINFO_DEBUG : 0;
    info->core_count = p->core_count;
    info->console_kind = p->console_kind;
    info->console_paddr = p->console_paddr;
    info->timer_hz = p->timer_hz;
    info->ipc_buffer = BOOT_IPC_BUFFER_VADDR;
}

static void set_thread_slot(struct boot *boot, enum tcb_slot index, enum kaal_root_slot source)
{
    struct slot *from = &boot->cnode[source];
    struct cap cap;
    if (cap_derive(from, &cap) != KAAL_OK) {
        kernel_panic("root task capability %u cannot be copied", (unsigned)source);
    }
    slot_insert_derived(from, &boot->root->slots[index], cap);
}

static void make_sched_context(struct boot *boot)
{
    struct sc *sc = (struct sc *)boot_alloc(boot, SC_MIN_BITS);
    struct cap cap = cap_object(CAP_SCHED_CONTEXT, sc);
    cap.a = SC_MIN_BITS;
    sc_start(sc, sc_us_to_ticks(ROOT_SLICE_US), sc_us_to_ticks(ROOT_SLICE_US), SC_REFILLS_MIN,
             arch_now());
    sc->tcb = boot->root;
    boot->root->sc = sc;
    set_cap(boot, KAAL_ROOT_SCHED_CONTEXT, cap);
}

static void make_thread(struct boot *boot)
{
    struct tcb *t = (struct tcb *)boot_alloc(boot, TCB_BITS);
    tcb_create(t);
    boot->root = t;
    set_cap(boot, KAAL_ROOT_TCB, cap_object(CAP_TCB, t));
    set_thread_slot(boot, TCB_SLOT_CSPACE, KAAL_ROOT_CNODE);
    set_thread_slot(boot, TCB_SLOT_VSPACE, KAAL_ROOT_VSPACE);
    set_thread_slot(boot, TCB_SLOT_IPC_BUFFER, KAAL_ROOT_IPC_BUFFER_PAGE);
    t->priority = KAAL_MAX_PRIORITY;
    t->mcp = KAAL_MAX_PRIORITY;
    t->ipc_buffer_vaddr = t->regs.ipc_buffer = BOOT_IPC_BUFFER_VADDR;
    t->regs.pc = boot->params->root_entry;
    t->regs.x[0] = BOOT_BOOTINFO_VADDR;
    make_sched_context(boot);
}

void boot_make_root_task(struct boot *boot)
{
    make_cnode(boot);
    make_vspace(boot);
    boot->info = (struct kaal_bootinfo *)boot_alloc(boot, KAAL_PAGE_BITS);
    set_cap(boot, KAAL_ROOT_BOOTINFO_PAGE,
            map_page(boot, BOOT_BOOTINFO_VADDR, arch_virt_to_phys(boot->info), KAAL_RIGHT_READ,
                     KAAL_MAP_CACHED));
    set_cap(boot, KAAL_ROOT_IPC_BUFFER_PAGE,
            map_page(boot, BOOT_IPC_BUFFER_VADDR,
                     arch_virt_to_phys(boot_alloc(boot, KAAL_PAGE_BITS)),
                     KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, KAAL_MAP_CACHED));
    fill_info(boot);
    map_segments(boot);
    map_gifts(boot);
    add_table_caps(boot);
    make_thread(boot);
}
