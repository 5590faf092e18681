/* SPDX-License-Identifier: Apache-2.0 */
/* Boot: what the root task starts with, and parameters that are refused. */
#include <string.h>

#include "core/boot.h"
#include "object/asid.h"
#include "object/irq.h"

#include "support/kt.h"

static void test_root_task(void **state)
{
    (void)state;
    const struct tcb *t = kt.root.tcb;
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(kt.info->magic, KAAL_BOOTINFO_MAGIC);
    assert_int_equal(kt.info->version, KAAL_BOOTINFO_VERSION);
    assert_int_equal(kt.info->size, sizeof(struct kaal_bootinfo));
    assert_int_equal(kt.info->timer_hz, KT_US * 1000000);
    assert_int_equal(t->regs.ipc_buffer, kt.info->ipc_buffer);
    assert_int_equal(t->regs.sp, 0);
    assert_int_equal(t->mcp, 255);

    static const enum cap_type types[] = {
        [KAAL_ROOT_TCB] = CAP_TCB,
        [KAAL_ROOT_CNODE] = CAP_CNODE,
        [KAAL_ROOT_VSPACE] = CAP_VSPACE,
        [KAAL_ROOT_ASID_POOL] = CAP_ASID_POOL,
        [KAAL_ROOT_IRQ_CONTROL] = CAP_IRQ_CONTROL,
        [KAAL_ROOT_SCHED_CONTROL] = CAP_SCHED_CONTROL,
        [KAAL_ROOT_SCHED_CONTEXT] = CAP_SCHED_CONTEXT,
        [KAAL_ROOT_BOOTINFO_PAGE] = CAP_PAGE,
        [KAAL_ROOT_IPC_BUFFER_PAGE] = CAP_PAGE,
    };
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        assert_int_equal(kt_cap(i)->type, types[i]);
    }
}

/* KT-4, B19: untyped memory and what the root task got are all of RAM, once,
 * and no device untyped touches RAM or the interrupt controller. */
static void test_all_memory_is_accounted_for(void **state)
{
    (void)state;
    const struct kaal_boot_params p = kt_params();
    uint64_t ram = 0;
    for (cptr_t slot = kt.info->untyped.begin; slot < kt.info->untyped.end; slot++) {
        const struct kaal_untyped_desc *u = &kt.info->untyped_list[slot - kt.info->untyped.begin];
        const uint64_t bytes = UINT64_C(1) << u->size_bits;
        assert_int_equal(kt_cap(slot)->type, CAP_UNTYPED);
        assert_int_equal(arch_virt_to_phys(kt_cap(slot)->obj), u->paddr);
        assert_int_equal(cap_untyped_bits(kt_cap(slot)), u->size_bits);
        assert_int_equal(cap_untyped_is_device(kt_cap(slot)), u->is_device);
        assert_int_equal(u->paddr % bytes, 0);
        const struct kaal_range taken[] = {p.ram[0], p.gicd, p.gicc};
        if (u->is_device) {
            for (unsigned i = 0; i < 3; i++) {
                assert_true(u->paddr + bytes <= taken[i].base ||
                            u->paddr >= taken[i].base + taken[i].size);
            }
        } else {
            ram += bytes;
            assert_true(u->paddr >= p.mem[0].base &&
                        u->paddr + bytes <= p.mem[0].base + p.mem[0].size);
        }
    }
    /* The rest is the root task's: its CNode and less than 64 pages. */
    const uint64_t gone = p.mem[0].size - ram;
    const uint64_t cnode = UINT64_C(1) << (KAAL_ROOT_CNODE_RADIX + KAAL_SLOT_BITS);
    assert_true(gone >= cnode && gone <= cnode + 64 * KAAL_PAGE_SIZE);
    /* Pairwise disjoint. */
    for (cptr_t a = kt.info->untyped.begin; a < kt.info->untyped.end; a++) {
        for (cptr_t b = a + 1; b < kt.info->untyped.end; b++) {
            const struct kaal_untyped_desc *x = &kt.info->untyped_list[a - kt.info->untyped.begin];
            const struct kaal_untyped_desc *y = &kt.info->untyped_list[b - kt.info->untyped.begin];
            assert_true(x->paddr + (UINT64_C(1) << x->size_bits) <= y->paddr ||
                        y->paddr + (UINT64_C(1) << y->size_bits) <= x->paddr);
        }
    }
}

/* Every capability of the root task can be revoked and its memory had back. */
static void test_everything_can_be_retyped(void **state)
{
    (void)state;
    const cptr_t slot = kt_new_slot();
    kt_ok(kt_delete(kt.root.park));
    for (cptr_t u = kt.info->untyped.begin; u < kt.info->untyped.end; u++) {
        kt_ok(kt_retype_to(u, CAP_UNTYPED, cap_untyped_bits(kt_cap(u)), slot, 1));
        kt_ok(kt_delete(slot));
    }
}

/* ---- Bad parameters ----------------------------------------------------------------- */

static struct kaal_boot_params params;

static void refuse(void)
{
    assert_non_null(boot_check_params(&params));
    params = kt_params();
    assert_null(boot_check_params(&params));
}

static void test_bad_parameters(void **state)
{
    (void)state;
    params = kt_params();
    assert_null(boot_check_params(&params));
#define REFUSE(change) (params.change, refuse())
    REFUSE(magic = 0);
    REFUSE(version++);
    REFUSE(size--);
    REFUSE(core_count = 0);
    REFUSE(core_count = KAAL_BOOT_MAX_CORES + 1);
    REFUSE(mem_count = 0);
    REFUSE(mem_count = KAAL_BOOT_MAX_RANGES + 1);
    REFUSE(mem_count = UINT32_MAX);
    REFUSE(ram_count = 0);
    REFUSE(ram_count = KAAL_BOOT_MAX_RANGES + 1);
    REFUSE(mem[0].size = 0);
    REFUSE(mem[0].size += 1);
    REFUSE(mem[0].base += 1);
    REFUSE(mem[0].size = UINT64_MAX & ~UINT64_C(4095));
    REFUSE(mem[0].base = HOST_RAM_BASE);          /* over the kernel */
    REFUSE(mem[0].base = HOST_RAM_BASE + 0x4000); /* over the payload */
    REFUSE(mem[0].base = HOST_RAM_BASE + 0x5000); /* over the devicetree */
    REFUSE(kernel.size = 0);
    REFUSE(payload.size = 100);
    REFUSE(devicetree_paddr--);
    REFUSE(devicetree_bytes++);
    REFUSE(devicetree_bytes = UINT64_MAX);
    REFUSE(devicetree_paddr = UINT64_MAX);
    REFUSE(mem[(params.mem_count = 2) - 1] = params.mem[0]); /* twice */
    REFUSE(segment_count = 0);
    REFUSE(segment_count = KAAL_BOOT_MAX_SEGMENTS + 1);
    REFUSE(segments[0].flags = 7);
    REFUSE(segments[0].flags = 4); /* the entry is not executable */
    REFUSE(segments[0].vaddr += 1);
    REFUSE(segments[0].vaddr = KAAL_USER_TOP);
    REFUSE(segments[0].bytes = 0);
    REFUSE(segments[0].bytes = UINT64_C(1) << 39);
    REFUSE(root_entry = KT_SVC - 4);
    REFUSE(root_entry = KT_SVC + 0x1000);
    REFUSE(gic_version = 1);
    REFUSE(gicd.size = 0);
    REFUSE(gicc.base = 1);
    REFUSE(timer_irq = 15);
    REFUSE(timer_irq = 32);
    REFUSE(timer_hz = 0);
    REFUSE(timer_hz = UINT64_MAX);
#undef REFUSE
}

static void boot_params(void *arg)
{
    (void)arg;
    params = kt_params();
    params.magic = 1;
    kernel_boot(&params);
}

static struct kaal_boot_params params_of_panic;

static void boot_panics(void *arg)
{
    (void)arg;
    kernel_boot(&params_of_panic);
}

static void assert_panics(const char *message)
{
    host_reset();
    irq_reset();
    asid_reset();
    cdt_anchor = (struct slot){.cap = {.type = CAP_ANCHOR}, .flags = SLOT_ORIGINAL};
    assert_true(host_halts(boot_panics, NULL));
    if (strstr(host.console, message) == NULL) {
        fail_msg("%s", host.console);
    }
    params_of_panic = kt_params();
}

static void alloc_too_much(void *arg)
{
    (void)boot_alloc(arg, 13);
}

/* Machines that boot cannot work with say so. */
static void test_impossible_machines_panic(void **state)
{
    (void)state;
    struct kaal_boot_params *p = &params_of_panic;
    *p = kt_params();
    p->mem[0].size = 0x10000;
    assert_panics("no free memory range");
    p->segments[1] = p->segments[0];
    p->segments[1].flags = 4;
    p->segment_count = 2;
    assert_panics("root task segments overlap at 0x400000");
    p->payload = (struct kaal_range){UINT64_C(0x100000000), UINT64_C(64) << 20};
    assert_panics("the root task's CNode is full");
    /* Ranges of 4 KiB + 8 KiB + ... each, none of them aligned. */
    p->ram[0].size = UINT64_C(1) << 36;
    for (unsigned i = 0; i < 31; i++) {
        p->mem[1 + i] =
            (struct kaal_range){(UINT64_C(4) << 30) + ((uint64_t)i << 29) + 0x1000, 0x1ffff000};
    }
    p->mem_count = 32;
    assert_panics("memory is too fragmented");
    struct boot boot = {.block_next = HOST_RAM_BASE, .block_end = HOST_RAM_BASE + 0x1000};
    assert_true(host_halts(alloc_too_much, &boot));
    assert_non_null(strstr(host.console, "boot block is too small"));
}

static void test_bad_parameters_panic_with_a_message(void **state)
{
    (void)state;
    host_reset();
    assert_true(host_halts(boot_params, NULL));
    assert_non_null(strstr(host.console, "boot parameters"));
}

/* ---- Random memory maps: B19 -------------------------------------------------------------- */

/* Bytes of what is neither RAM nor the interrupt controller; the ranges may overlap. */
static uint64_t device_bytes(const struct kaal_boot_params *p)
{
    uint64_t end = 0, bytes = 0;
    for (;;) { /* from end on: the range that begins first */
        uint64_t next = UINT64_C(1) << 40, after = next;
        const struct kaal_range *ranges[] = {&p->ram[0], &p->ram[1], &p->gicd, &p->gicc};
        for (unsigned i = 0; i < 4; i++) {
            const struct kaal_range *r = ranges[i];
            if (r->size != 0 && r->base + r->size > end && r->base < next) {
                next = r->base;
                after = r->base + r->size;
            }
        }
        bytes += next > end ? next - end : 0;
        if (next == UINT64_C(1) << 40) {
            return bytes;
        }
        end = after;
    }
}

static bool is_apart(uint64_t base, uint64_t bytes, const struct kaal_range *r)
{
    return r->size == 0 || base + bytes <= r->base || base >= r->base + r->size;
}

/* Every second machine has its interrupt controller anywhere, also with its parts over
 * each other or over RAM, and more RAM. */
static void scatter(struct kaal_boot_params *p)
{
    p->gicd.base = 0x08000000 + kt_random(64) * KAAL_PAGE_SIZE;
    p->gicd.size = (1 + kt_random(32)) * KAAL_PAGE_SIZE;
    p->gicc.base = kt_random(4) == 0 ? HOST_RAM_BASE : 0x08000000;
    p->gicc.base += kt_random(64) * KAAL_PAGE_SIZE;
    p->gicc.size = (1 + kt_random(32)) * KAAL_PAGE_SIZE;
    p->ram[1].base = HOST_RAM_BASE + HOST_RAM_BYTES + kt_random(2) * KAAL_PAGE_SIZE;
    p->ram[1].size = (1 + kt_random(64)) * KAAL_PAGE_SIZE;
    p->ram_count = 2;
}

static void test_b19_random_memory_maps(void **state)
{
    (void)state;
    static struct kaal_bootinfo info;
    static struct slot cnode[1 << KAAL_ROOT_CNODE_RADIX];
    unsigned tried = 0;
    kt_seed(19);
    host_reset();
    for (unsigned round = 0; round < KT_ROUNDS(100000, 1000000); round++) {
        params = kt_params();
        paddr_t next = params.mem[0].base;
        const paddr_t end = HOST_RAM_BASE + HOST_RAM_BYTES;
        uint64_t total = 0;
        params.mem_count = 0;
        if (round % 2 == 1) {
            scatter(&params);
        }
        while (params.mem_count < (round % 2 == 0 ? 8 : 4) && next + 0x2000 < end) {
            struct kaal_range *r = &params.mem[params.mem_count];
            const uint64_t left = (end - next) / KAAL_PAGE_SIZE;
            const uint64_t skip = kt_random(20);
            if (skip + 1 >= left) {
                break;
            }
            const uint64_t most = left - skip < 2000 ? left - skip : 2000;
            r->base = next + skip * KAAL_PAGE_SIZE;
            r->size = (1 + kt_random((unsigned)most)) * KAAL_PAGE_SIZE;
            total += r->size;
            next = r->base + r->size;
            params.mem_count++;
        }
        cdt_anchor = (struct slot){.cap = {.type = CAP_ANCHOR}, .flags = SLOT_ORIGINAL};
        struct boot boot = {.params = &params};
        memset(&info, 0, sizeof(info));
        memset(cnode, 0, 512 * sizeof(cnode[0]));
        const uint64_t need = 0x90000;
        bool fits = false;
        for (unsigned i = 0; i < params.mem_count; i++) {
            const paddr_t top = params.mem[i].base + params.mem[i].size;
            fits |= params.mem[i].size >= need &&
                    ((top - need) & ~UINT64_C(0x7ffff)) >= params.mem[i].base;
        }
        if (!fits) {
            continue;
        }
        tried++;
        boot.info = &info;
        boot.cnode = cnode;
        boot.next_slot = KAAL_ROOT_FIRST_FREE;
        boot_take_block(&boot, need);
        assert_int_equal(boot.block_end - boot.block, need);
        boot.block_next = boot.block_end; /* all of the block used */
        boot_make_untyped(&boot);
        uint64_t ram = 0, device = 0;
        for (uint64_t i = 0; i < info.untyped.end - info.untyped.begin; i++) {
            const struct kaal_untyped_desc *u = &info.untyped_list[i];
            const uint64_t bytes = UINT64_C(1) << u->size_bits;
            ram += u->is_device ? 0 : bytes;
            device += u->is_device ? bytes : 0;
            assert_true(!u->is_device || (is_apart(u->paddr, bytes, &params.ram[0]) &&
                                          is_apart(u->paddr, bytes, &params.ram[1]) &&
                                          is_apart(u->paddr, bytes, &params.gicd) &&
                                          is_apart(u->paddr, bytes, &params.gicc)));
            assert_true(u->is_device || u->paddr + bytes <= boot.block ||
                        u->paddr >= boot.block_end);
        }
        assert_true(info.untyped.end < 512);
        assert_int_equal(ram, total - need);
        assert_int_equal(device, device_bytes(&params));
    }
    assert_true(tried > KT_ROUNDS(100000, 1000000) / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_root_task, kt_boot),
        cmocka_unit_test_setup(test_all_memory_is_accounted_for, kt_boot),
        cmocka_unit_test_setup(test_everything_can_be_retyped, kt_boot),
        cmocka_unit_test(test_bad_parameters),
        cmocka_unit_test(test_impossible_machines_panic),
        cmocka_unit_test(test_bad_parameters_panic_with_a_message),
        cmocka_unit_test(test_b19_random_memory_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
