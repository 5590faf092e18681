/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#include "core/check.h"
#include "object/irq.h"
#include "object/tcb.h"

struct kernel kernel;

/* ---- Boot ------------------------------------------------------------------- */

struct kaal_boot_params kernel_params(void)
{
    struct kaal_boot_params p = {
        .magic = KAAL_BOOT_MAGIC,
        .version = KAAL_BOOT_VERSION,
        .size = sizeof(p),
        .mem_count = 1,
        .ram_count = 1,
        .kernel = {HOST_RAM_BASE, 0x4000},
        .payload = {HOST_RAM_BASE + 0x4000, 0x1000},
        .devicetree = {HOST_RAM_BASE + 0x5000, 0x1000},
        .devicetree_paddr = HOST_RAM_BASE + 0x5000,
        .devicetree_bytes = 0x1000,
        .segment_count = 1,
        .core_count = 1,
        .root_entry = KERNEL_SVC,
        .gic_version = KAAL_GIC_V2,
        .gicd = {0x08000000, 0x10000},
        .gicc = {0x08010000, 0x10000},
        .timer_irq = KERNEL_TIMER_IRQ,
        .timer_hz = KERNEL_TICKS_PER_US * 1000000,
    };
    p.mem[0] = (struct kaal_range){HOST_RAM_BASE + 0x10000, HOST_RAM_BYTES - 0x10000};
    p.ram[0] = (struct kaal_range){HOST_RAM_BASE, HOST_RAM_BYTES};
    p.segments[0] = (struct kaal_root_segment){
        .vaddr = KERNEL_SVC, .paddr = HOST_RAM_BASE + 0x6000, .bytes = 0x1000, .flags = 5};
    return p;
}

void kernel_start(void)
{
    struct kaal_boot_params params = kernel_params();

    host_reset();
    irq_reset();
    kernel_asid_reset();
    cdt_anchor = (struct slot){.cap = {.type = CAP_ANCHOR}, .flags = SLOT_ORIGINAL};
    kernel_boot(&params);
    kernel.root_cnode = cap_cnode_slots(&host_cpu.current->slots[TCB_SLOT_CSPACE].cap);
    kernel.root = host_cpu.current;
    kernel.info = *(const struct kaal_bootinfo *)kernel.root_cnode[KAAL_ROOT_BOOTINFO_PAGE].cap.obj;
    host_log_clear();
}

/* ---- Entry -------------------------------------------------------------------- */

bool kernel_is_idle(void)
{
    return host_cpu.current == &host_cpu.idle;
}

bool kernel_is_at_svc(void)
{
    return !kernel_is_idle() && host_cpu.current->regs.pc == KERNEL_SVC;
}

void kernel_set_message(const struct event *e)
{
    struct tcb *t = host_cpu.current;
    uint64_t *buffer = (uint64_t *)(void *)tcb_ipc_buffer(t);
    memcpy(t->regs.x, e->x, sizeof(e->x));
    t->regs.pc = KERNEL_SVC;
    for (unsigned i = 0; buffer != NULL && i < e->writes; i++) {
        buffer[e->write[i].index] = e->write[i].value;
    }
}

static void enter(void (*entry)(void))
{
    if (setjmp(host.idle) == 0) {
        host.idle_jumps = true;
        entry();
    }
    host.idle_jumps = false;
    host_bury();
}

void kernel_enter_syscall(int preempt)
{
    const struct tcb *t = host_cpu.current;
    kernel.was_preempted = false;
    host_log_clear();
    for (bool again = true; again;) {
        host.pending_calls = 0;
        host.preempt_at = preempt < 0 ? HOST_NEVER : preempt;
        host_cpu.current->regs.pc += KERNEL_SVC_BYTES;
        enter(kernel_syscall);
        again = host.pending_calls > host.preempt_at && preempt >= 0 && host_cpu.current == t &&
                kernel_is_at_svc();
        kernel.was_preempted |= again;
        preempt = preempt < 2 ? -1 : preempt / 2; /* comes to an end */
    }
    host.preempt_at = HOST_NEVER;
}

void kernel_enter_irq(unsigned irq)
{
    host_log_clear();
    host_irq_raise(irq);
    enter(host_irq);
}

static uint64_t fault_addr, fault_esr;
static bool fault_is_fetch;

static void vm_fault(void)
{
    kernel_vm_fault(fault_addr, fault_is_fetch, fault_esr);
}

static void user_exception(void)
{
    kernel_user_exception(fault_esr);
}

void kernel_enter_vm_fault(uint64_t addr, bool is_fetch, uint64_t esr)
{
    fault_addr = addr;
    fault_is_fetch = is_fetch;
    fault_esr = esr;
    host_log_clear();
    enter(vm_fault);
}

void kernel_enter_exception(uint64_t esr)
{
    fault_esr = esr;
    host_log_clear();
    enter(user_exception);
}

/* ---- What is there --------------------------------------------------------------- */

static void list_below(struct slot *parent)
{
    unsigned order = 0;
    for (struct slot *s = parent->first; s != NULL; s = s->next) {
        if (kernel.slot_count == KERNEL_SLOTS) {
            fprintf(stderr, "more than %u slots\n", KERNEL_SLOTS);
            abort();
        }
        kernel.parents[kernel.slot_count] = parent;
        kernel.order[kernel.slot_count] = order++;
        kernel.slots[kernel.slot_count++] = s;
        list_below(s);
        if (s == parent->last) {
            return;
        }
    }
}

void kernel_list_slots(void)
{
    kernel.slot_count = 0;
    list_below(&cdt_anchor);
}

/* Every entry that was valid and is not what it was has to be followed by a
 * flush, or a processor may go on with what it has cached. */
static bool is_flushed(void)
{
    bool is_owed = false;
    for (unsigned i = 0; i < host.log.count; i++) {
        const struct host_event *e = &host.log.events[i];
        if (e->action == HOST_PTE_WRITE && (e->c & 1) != 0) {
            is_owed = true;
        } else if (e->action == HOST_TLB_PAGE || e->action == HOST_TLB_ASID) {
            is_owed = false;
        }
    }
    return !is_owed || host.log.dropped > 0;
}

const char *kernel_broken(void)
{
    const char *broken = kernel_check();
    return broken != NULL ? broken : is_flushed() ? NULL : "an entry is gone, its translation not";
}
