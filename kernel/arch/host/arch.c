/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/boot_params.h>

#include "arch/aarch64/pure/pstate.h"
#include "ghost.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOST_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define HOST_ASAN 1
#endif

#ifdef HOST_ASAN
#include <sanitizer/asan_interface.h>
#else
static void __asan_poison_memory_region(const volatile void *vaddr, size_t bytes)
{
    (void)vaddr;
    (void)bytes;
}

static void __asan_unpoison_memory_region(const volatile void *vaddr, size_t bytes)
{
    (void)vaddr;
    (void)bytes;
}

static void *__asan_region_is_poisoned(void *vaddr, size_t bytes)
{
    (void)vaddr;
    (void)bytes;
    return NULL;
}
#endif

/* Aligned to the largest object that fits, as physical memory is. */
static _Alignas(1 << 21) unsigned char arena[HOST_RAM_BYTES];

struct host host;
struct cpu host_cpu;

/* ---- For tests ------------------------------------------------------------ */

/* Objects that died since the kernel was entered; readable until it is left. */
enum { DEAD_MAX = 1024 };
static struct {
    void *vaddr;
    size_t bytes;
} dead[DEAD_MAX];
static unsigned dead_count;

void host_bury(void)
{
    for (unsigned i = 0; i < dead_count; i++) {
        __asan_poison_memory_region(dead[i].vaddr, dead[i].bytes);
    }
    dead_count = 0;
}

void host_reset(void)
{
    dead_count = 0;
    __asan_unpoison_memory_region(arena, sizeof(arena));
    memset(arena, 0, sizeof(arena));
    __asan_poison_memory_region(arena, sizeof(arena));
    memset(&host_cpu, 0, sizeof(host_cpu));
    memset(&host, 0, sizeof(host));
    ghost_reset();
    memset(host.irq_masked, true, sizeof(host.irq_masked));
    host.irq_active = ARCH_IRQ_NONE;
    host.deadline = UINT64_MAX;
    host.preempt_at = HOST_NEVER;
}

void host_log_clear(void)
{
    host.log.count = 0;
    host.log.dropped = 0;
}

static void record(enum host_action action, uint64_t a, uint64_t b, uint64_t c)
{
    if (host.log.count == HOST_LOG_MAX) {
        host.log.dropped++;
        return;
    }
    host.log.events[host.log.count++] = (struct host_event){action, a, b, c};
}

const struct host_event *host_event(enum host_action action, unsigned n)
{
    for (unsigned i = 0; i < host.log.count; i++) {
        if (host.log.events[i].action == action && n-- == 0) {
            return &host.log.events[i];
        }
    }
    return NULL;
}

unsigned host_count(enum host_action action)
{
    unsigned n = 0;
    for (unsigned i = 0; i < host.log.count; i++) {
        n += host.log.events[i].action == action ? 1 : 0;
    }
    return n;
}

void *host_ram(uint64_t offset)
{
    return arch_phys_to_virt(HOST_RAM_BASE + offset);
}

bool host_is_ram(const void *vaddr)
{
    return (uintptr_t)vaddr - (uintptr_t)arena < HOST_RAM_BYTES;
}

bool host_is_poisoned(const void *vaddr, size_t bytes)
{
    return __asan_region_is_poisoned((void *)(uintptr_t)vaddr, bytes) != NULL;
}

void host_irq_raise(unsigned irq)
{
    host.irq_raised[irq] = true;
}

bool host_halts(void (*action)(void *arg), void *arg)
{
    if (setjmp(host.halt) != 0) {
        return true;
    }
    host.halt_expected = true;
    action(arg);
    host.halt_expected = false;
    return false;
}

/* ---- Registers ------------------------------------------------------------ */

word_t arch_pstate_sanitise(word_t pstate)
{
    return pstate_sanitise(pstate);
}

/* ---- Memory ---------------------------------------------------------------- */

void *arch_phys_to_virt(paddr_t paddr)
{
    if (paddr - HOST_RAM_BASE < HOST_RAM_BYTES) {
        return arena + (paddr - HOST_RAM_BASE);
    }
    return (void *)(uintptr_t)(KAAL_WINDOW_BASE + paddr);
}

paddr_t arch_virt_to_phys(const void *vaddr)
{
    if (host_is_ram(vaddr)) {
        return HOST_RAM_BASE + ((uintptr_t)vaddr - (uintptr_t)arena);
    }
    return (uintptr_t)vaddr - KAAL_WINDOW_BASE;
}

static void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "host: %s\n", what);
        abort();
    }
}

/* Memory is zeroed when it belongs to no object, too: the poison stays. */
__attribute__((no_sanitize("address"))) static void zero_words(uint64_t *words, size_t count)
{
    for (volatile uint64_t *w = words; count > 0; count--) {
        *w++ = 0;
    }
}

void arch_zero(void *vaddr, size_t bytes, bool clean)
{
    require(host_is_ram(vaddr) && (uintptr_t)vaddr % 64 == 0 && bytes % 64 == 0,
            "arch_zero: not RAM or not a multiple of 64");
    require((uintptr_t)vaddr - (uintptr_t)arena + bytes <= HOST_RAM_BYTES, "arch_zero: too long");
    record(HOST_ZERO, arch_virt_to_phys(vaddr), bytes, clean);
    ghost_zeroed((uintptr_t)vaddr - (uintptr_t)arena, bytes);
    zero_words(vaddr, bytes / 8);
}

void arch_code_sync(const void *vaddr, size_t bytes)
{
    record(HOST_CODE_SYNC, arch_virt_to_phys(vaddr), bytes, 0);
}

static void record_cache(enum host_action action, const void *vaddr, size_t bytes)
{
    require(host_is_ram(vaddr) && bytes > 0 &&
                (uintptr_t)vaddr - (uintptr_t)arena + bytes <= HOST_RAM_BYTES,
            "cache operation outside RAM");
    record(action, arch_virt_to_phys(vaddr), bytes, 0);
}

void arch_cache_clean(const void *vaddr, size_t bytes)
{
    record_cache(HOST_CACHE_CLEAN, vaddr, bytes);
}

void arch_cache_invalidate(void *vaddr, size_t bytes)
{
    record_cache(HOST_CACHE_INVALIDATE, vaddr, bytes);
}

void arch_cache_clean_invalidate(const void *vaddr, size_t bytes)
{
    record_cache(HOST_CACHE_CLEAN_INVALIDATE, vaddr, bytes);
}

void arch_obj_destroyed(void *vaddr, size_t bytes)
{
    record(HOST_DESTROYED, arch_virt_to_phys(vaddr), bytes, 0);
    if (!host_is_ram(vaddr)) {
        return;
    }
    if (dead_count == DEAD_MAX) {
        host_bury();
    }
    dead[dead_count].vaddr = vaddr;
    dead[dead_count].bytes = bytes;
    dead_count++;
}

void arch_obj_created(void *vaddr, size_t bytes)
{
    host_bury();
    record(HOST_CREATED, arch_virt_to_phys(vaddr), bytes, 0);
    if (host_is_ram(vaddr)) {
        __asan_unpoison_memory_region(vaddr, bytes);
        ghost_created(vaddr, (uintptr_t)vaddr - (uintptr_t)arena, bytes);
    }
}

/* ---- Translation ----------------------------------------------------------- */

void arch_pte_write(pte_t *slot, pte_t value)
{
    require(host_is_ram(slot), "arch_pte_write: not RAM");
    record(HOST_PTE_WRITE, arch_virt_to_phys(slot), value, *slot);
    ghost_pte_write(slot, value);
    *slot = value;
}

void arch_tlb_flush_page(unsigned asid, vaddr_t vaddr)
{
    record(HOST_TLB_PAGE, asid, vaddr, 0);
    ghost_flush_page(asid, vaddr);
}

void arch_tlb_flush_asid(unsigned asid)
{
    record(HOST_TLB_ASID, asid, 0, 0);
    ghost_flush_asid(asid);
}

/* ---- Threads ---------------------------------------------------------------- */

void arch_switch_to(struct tcb *t, pte_t *vspace_root, unsigned asid)
{
    host_bury();
    ghost_kernel_exit();
    record(HOST_SWITCH, (uintptr_t)t, vspace_root == NULL ? 0 : arch_virt_to_phys(vspace_root),
           asid);
}

bool arch_space_is_loaded(const pte_t *vspace_root, unsigned asid)
{
    (void)vspace_root;
    (void)asid;
    return false;
}

void arch_vspace_forget(pte_t *vspace_root)
{
    record(HOST_FORGET, arch_virt_to_phys(vspace_root), 0, 0);
}

void arch_fp_release(struct tcb *t)
{
    record(HOST_FP_RELEASE, (uintptr_t)t, 0, 0);
    if (host_cpu.fp_owner == t) {
        host_cpu.fp_owner = NULL;
    }
}

/* ---- This core -------------------------------------------------------------- */

struct cpu *arch_cpu(void)
{
    return &host_cpu;
}

static unsigned highest_pending(void)
{
    for (unsigned irq = 0; irq < HOST_IRQS; irq++) {
        if (host.irq_raised[irq] && !host.irq_masked[irq]) {
            return irq;
        }
    }
    return ARCH_IRQ_NONE;
}

void arch_idle(void)
{
    record(HOST_IDLE, 0, 0, 0);
    ghost_kernel_exit();
    if (host.idle_jumps) {
        longjmp(host.idle, 1);
    }
    if (highest_pending() != ARCH_IRQ_NONE) {
        return;
    }
    require(host.deadline != UINT64_MAX, "arch_idle: nothing will ever wake this core");
    host.now = host.deadline > host.now ? host.deadline : host.now;
    host_irq_raise(host.timer_irq);
}

bool arch_irq_pending(void)
{
    const long call = host.pending_calls++;
    const bool is_pending = call == host.preempt_at ||
                            (host.preempt_every > 0 && (call + 1) % host.preempt_every == 0) ||
                            highest_pending() != ARCH_IRQ_NONE;
    host.preempted |= is_pending;
    return is_pending;
}

void arch_boot(const struct kaal_boot_params *params)
{
    host.timer_irq = params->timer_irq;
    ghost_boot(&params->kernel);
    memset(host.irq_masked, true, sizeof(host.irq_masked));
    host.deadline = UINT64_MAX;
}

/* ---- Interrupt controller ---------------------------------------------------- */

unsigned arch_irq_count(void)
{
    return HOST_IRQS;
}

unsigned arch_irq_ack(void)
{
    const unsigned irq = highest_pending();
    if (irq != ARCH_IRQ_NONE) {
        require(host.irq_active == ARCH_IRQ_NONE, "arch_irq_ack: the last one was not ended");
        host.irq_raised[irq] = false;
        host.irq_active = irq;
    }
    record(HOST_IRQ_ACK, irq, 0, 0);
    return irq;
}

void arch_irq_eoi(unsigned irq)
{
    require(host.irq_active == irq, "arch_irq_eoi: not the one acknowledged");
    host.irq_active = ARCH_IRQ_NONE;
    record(HOST_IRQ_EOI, irq, 0, 0);
}

void arch_irq_mask(unsigned irq)
{
    require(irq < HOST_IRQS, "arch_irq_mask: no such interrupt");
    host.irq_masked[irq] = true;
    record(HOST_IRQ_MASK, irq, 0, 0);
}

void arch_irq_unmask(unsigned irq)
{
    require(irq < HOST_IRQS, "arch_irq_unmask: no such interrupt");
    host.irq_masked[irq] = false;
    record(HOST_IRQ_UNMASK, irq, 0, 0);
}

void arch_irq_set_trigger(unsigned irq, bool edge)
{
    require(irq < HOST_IRQS, "arch_irq_set_trigger: no such interrupt");
    host.irq_edge[irq] = edge;
    record(HOST_IRQ_TRIGGER, irq, edge ? 1 : 0, 0);
}

/* ---- Time ---------------------------------------------------------------------- */

ticks_t arch_now(void)
{
    host.now += host.step;
    return host.now;
}

void arch_timer_set(ticks_t deadline)
{
    host.deadline = deadline;
    record(HOST_TIMER_SET, deadline, 0, 0);
}

/* ---- Console and the end --------------------------------------------------------- */

void arch_putc(char c)
{
    if (host.console_length + 1 < HOST_CONSOLE_MAX) {
        host.console[host.console_length++] = c;
        host.console[host.console_length] = '\0';
    }
    if (host.echo) {
        fputc(c, stderr);
    }
}

_Noreturn void arch_halt(void)
{
    if (host.halt_expected) {
        host.halt_expected = false;
        longjmp(host.halt, 1);
    }
    fprintf(stderr, "host: the kernel halted. Console:\n%s\n", host.console);
    abort();
}

void arch_power_off(void)
{
    record(HOST_POWER, 0, 0, 0);
}

void arch_power_restart(void)
{
    record(HOST_POWER, 1, 0, 0);
}
