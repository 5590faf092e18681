/* SPDX-License-Identifier: Apache-2.0 */
/* From the loader's parameters to the root task's first instruction. */
#include "boot.h"

#include "object/irq.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "check.h"
#include "cpu.h"
#include "fault.h"
#include "lib/fmt.h"

static void init_cpu(struct cpu *cpu)
{
    sched_init(&cpu->sched);
    tcb_create(&cpu->idle);
    cpu->idle.state = TCB_IDLE;
    cpu->current = &cpu->idle;
}

static void banner(const struct boot *boot)
{
    if (KAAL_CFG_DEBUG) {
        fmt_print("kernel: %lu untyped capabilities, %lu free slots, GICv%u, %u core(s)\n",
                  boot->info->untyped.end - boot->info->untyped.begin,
                  boot->info->empty.end - boot->info->empty.begin, boot->params->gic_version,
                  boot->params->core_count);
    }
}

/* A function of its own: sched_exit() then finds the stack as good as empty. */
static __attribute__((noinline)) void make_system(struct kaal_boot_params *params)
{
    struct boot boot = {.params = params};

    boot_take_block(&boot, boot_root_task_bytes(params));
    boot_make_root_task(&boot);
    boot_make_untyped(&boot);
    banner(&boot);
    fault_root_task = boot.root;
    tcb_resume(boot.root);
}

void kernel_boot(struct kaal_boot_params *params)
{
    const char *problem = boot_check_params(params);

    if (problem != NULL) {
        kernel_panic("boot parameters: %s", problem);
    }
    arch_boot(params);
    if (KAAL_CFG_DEBUG) {
        check_init(params);
    }
    init_cpu(arch_cpu());
    sc_set_timer_hz(params->timer_hz);
    irq_set_timer(params->timer_irq);
    arch_irq_unmask(params->timer_irq);
    make_system(params);
    sched_exit();
}
