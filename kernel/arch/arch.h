/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam between the kernel core and a processor: the only architecture
 * header that core/ and object/ include. arch/aarch64/ is the real machine,
 * arch/host/ a recording fake for tests.
 *
 * <arch_types.h>, found by include path, defines
 *   struct arch_regs   user registers: x[31], sp, pc, pstate, tls, ipc_buffer;
 *                      all zero is a fresh thread's: user mode, interrupts enabled
 *   struct arch_fp     FP/SIMD state of a thread
 *   pte_t              a page-table entry (uint64_t)
 *   ARCH_ENTRY         attribute of a function that need not save registers
 *   ARCH_HIDE(p)       of a pointer: what it is made of is not known from here on
 *   index_nospec()     index if it is below size, else 0, also where the
 *                      processor runs ahead of the check before it
 *
 * Every function runs with interrupts masked and the kernel lock held, unless
 * it says otherwise. None can fail.
 */
#pragma once
#include <kaal/abi/message.h>
#include <kaal/abi/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <arch_types.h>

typedef uint64_t word_t;
typedef uint64_t cptr_t;
typedef uint64_t badge_t;
typedef uint64_t paddr_t;
typedef uint64_t vaddr_t;
typedef uint64_t ticks_t;

struct cpu;
struct tcb;

/* ---- Registers of a stopped thread --------------------------------------- */

/* pstate as user space may have it: the condition flags of pstate, user mode,
 * AArch64, interrupts enabled, nothing else. */
word_t arch_pstate_sanitise(word_t pstate);

/* ---- Memory --------------------------------------------------------------- */

void *arch_phys_to_virt(paddr_t paddr);
paddr_t arch_virt_to_phys(const void *vaddr);

/* Zero bytes (a multiple of 64, at a multiple of 64). clean: to the point of
 * coherency, so that an uncached mapping reads zero too. */
void arch_zero(void *vaddr, size_t bytes, bool clean);

/* Make freshly written instructions at vaddr (kernel window) fetchable by
 * user space: clean D-cache to PoU, invalidate I-cache, barriers. */
void arch_code_sync(const void *vaddr, size_t bytes);

/* Data caches and memory, to the point of coherency. clean: write what is
 * cached. invalidate: throw it away; a line that is only partly in the range is
 * written first. All by address in the kernel window, of normal memory. */
void arch_cache_clean(const void *vaddr, size_t bytes);
void arch_cache_invalidate(void *vaddr, size_t bytes);
void arch_cache_clean_invalidate(const void *vaddr, size_t bytes);

/* The object at [vaddr, vaddr + bytes) is dead: the host fake poisons it, the
 * real machine does nothing. arch_obj_created() is its inverse. Until the
 * kernel is left the memory may still be read: its slots are all empty, so
 * that whoever comes back to one finds nothing. The fake poisons it then. */
void arch_obj_destroyed(void *vaddr, size_t bytes);
void arch_obj_created(void *vaddr, size_t bytes);

/* ---- Translation ---------------------------------------------------------- */

/* Four levels, 512 entries each. Level 0 is the root, level 3 maps 4 KiB. */
enum { ARCH_PT_LEVELS = 4, ARCH_PT_ENTRIES = 512 };

static inline unsigned arch_pt_index(vaddr_t vaddr, unsigned level)
{
    return (unsigned)(vaddr >> (39 - 9 * level) & (ARCH_PT_ENTRIES - 1));
}

/* rights: KAAL_RIGHT_READ/WRITE; attrs: KAAL_MAP_*; level 1 (1 GiB), 2 (2 MiB)
 * or 3 (4 KiB). User-accessible, non-global, access flag set, never writable
 * and executable, never privileged-executable. */
pte_t arch_pte_page(paddr_t paddr, unsigned level, word_t rights, word_t attrs);
pte_t arch_pte_table(paddr_t table);
bool arch_pte_is_table(pte_t pte, unsigned level);
bool arch_pte_is_page(pte_t pte, unsigned level);
paddr_t arch_pte_paddr(pte_t pte);

/* Of a page entry: may user space write there; is it normal cached memory. */
bool arch_pte_is_writable(pte_t pte);
bool arch_pte_is_cached(pte_t pte);

/* Store an entry and make it visible to the table walker (0: invalid). */
void arch_pte_write(pte_t *slot, pte_t value);

/* Drop translations of one page, or all of an address space, on all cores. */
void arch_tlb_flush_page(unsigned asid, vaddr_t vaddr);
void arch_tlb_flush_asid(unsigned asid);

/* ---- Threads -------------------------------------------------------------- */

/* t is about to run on this core: translation base and ASID (root NULL: an
 * empty space), TLS and IPC buffer registers, FP trap unless t owns the unit.
 * Does nothing for what is loaded already. */
void arch_switch_to(struct tcb *t, pte_t *vspace_root, unsigned asid);

/* Is this, not NULL, what arch_switch_to() loaded last, and not gone since? False
 * is never wrong. */
bool arch_space_is_loaded(const pte_t *vspace_root, unsigned asid);

/* The address space is going away: stop using it if it is loaded. */
void arch_vspace_forget(pte_t *vspace_root);

/* t is going away or moves to another core: the FP unit must not keep its
 * state; write it back to t first. */
void arch_fp_release(struct tcb *t);

/* ---- This core ------------------------------------------------------------ */

struct cpu *arch_cpu(void);

/* Sleep until an interrupt is pending (interrupts stay masked). */
void arch_idle(void);

/* Is an interrupt waiting? Used by preemptible operations. */
bool arch_irq_pending(void);

/* ---- Interrupt controller ------------------------------------------------- */

enum { ARCH_IRQ_NONE = 0xffff };

/* Interrupt ids are 0 .. arch_irq_count() - 1. */
unsigned arch_irq_count(void);

/* Take the highest pending interrupt, or ARCH_IRQ_NONE if there is none. */
unsigned arch_irq_ack(void);
void arch_irq_eoi(unsigned irq);
void arch_irq_mask(unsigned irq);
void arch_irq_unmask(unsigned irq);
void arch_irq_set_trigger(unsigned irq, bool edge);

/* ---- Time ----------------------------------------------------------------- */

ticks_t arch_now(void);

/* One timer interrupt at or after deadline; replaces the one before. */
void arch_timer_set(ticks_t deadline);

/* ---- Boot ------------------------------------------------------------------ */

struct kaal_boot_params;

/* Interrupt controller (all interrupts masked) and timer (no deadline), as
 * params say. kernel_boot() calls it once params are checked. Console, this
 * core's registers, arch_cpu() and the memory functions work before that. */
void arch_boot(const struct kaal_boot_params *params);

/* ---- Console and the end -------------------------------------------------- */

void arch_putc(char c);

/* Ask the firmware (PSCI) to switch the machine off or restart it. Returns only
 * if there is no such firmware or it refuses. */
void arch_power_off(void);
void arch_power_restart(void);

/* Debug kernels: NULL, or which invariant the machine is seen to break
 * ("KI-28 ..."). */
const char *arch_check(void);

/* Stop this core for good. */
_Noreturn void arch_halt(void);

/*
 * Upcalls: what the entry code calls, on the kernel stack, with the state of
 * cpu->current in its regs. When one returns, cpu->current is the thread to
 * resume, and arch_switch_to() has been called for it.
 */
ARCH_ENTRY void kernel_call(void);       /* svc, x0 is KAAL_SYS_CALL */
ARCH_ENTRY void kernel_reply_recv(void); /* svc, x0 is KAAL_SYS_REPLY_RECV */
ARCH_ENTRY void kernel_syscall(void);    /* svc; number in x0, pc after the svc */
ARCH_ENTRY void kernel_irq(void);        /* an interrupt is pending */
ARCH_ENTRY void kernel_vm_fault(vaddr_t addr, bool is_fetch, word_t esr);
ARCH_ENTRY void kernel_user_exception(word_t esr); /* anything else from user space */
void kernel_boot(struct kaal_boot_params *params); /* once, on the boot core */

/* Print and stop, for faults of the kernel itself. fmt: %s %x %u %p, see fmt.h. */
_Noreturn void kernel_panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
