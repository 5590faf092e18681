/* SPDX-License-Identifier: Apache-2.0 */
/* PSCI (Arm DEN 0022): SYSTEM_OFF (5.10) and SYSTEM_RESET (5.11). */
#include <kaal/boot_params.h>

#include "local.h"

enum { PSCI_SYSTEM_OFF = 0x84000008, PSCI_SYSTEM_RESET = 0x84000009 };

static uint32_t method = KAAL_CPU_NONE;

void power_start(const struct kaal_boot_params *params)
{
    method = params->cpu_method;
}

/* A firmware call changes x0-x17 at most (SMC Calling Convention, Arm DEN
 * 0028). */
static void firmware_call(uint64_t function)
{
    register uint64_t x0 __asm__("x0") = function;
    if (method == KAAL_CPU_PSCI_HVC) {
        __asm__ volatile("hvc #0"
                         : "+r"(x0)
                         :
                         : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                           "x12", "x13", "x14", "x15", "x16", "x17", "memory");
    } else if (method == KAAL_CPU_PSCI_SMC) {
        __asm__ volatile("smc #0"
                         : "+r"(x0)
                         :
                         : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                           "x12", "x13", "x14", "x15", "x16", "x17", "memory");
    }
}

void arch_power_off(void)
{
    firmware_call(PSCI_SYSTEM_OFF);
}

void arch_power_restart(void)
{
    firmware_call(PSCI_SYSTEM_RESET);
}
