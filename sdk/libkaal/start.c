/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/console.h>
#include <kaal/startup.h>
#include <kaal/syscall.h>
#include <kaal/tls.h>

extern char __kaal_tls_block[]; /* linker script: the first thread's */

/* Calls main() when KaaL::libc is linked. */
_Noreturn void kaal_libc_start(void) __attribute__((weak));

static const struct kaal_startup *startup_page;

const struct kaal_startup *kaal_startup(void)
{
    return startup_page;
}

void kaal_exit(int status)
{
    /* The supervisor never answers: the thread stays blocked here. */
    for (;;) {
        struct kaal_msg msg = {
            .info = kaal_msginfo(KAAL_CONSOLE_EXIT, 0, 1),
            .w = {(kaal_word_t)(int64_t)status},
        };
        sys_call(KAAL_SLOT_CONSOLE, &msg);
    }
}

void kaal_start(const struct kaal_startup *startup)
{
    startup_page = startup;
    if (startup->magic != KAAL_STARTUP_MAGIC || startup->version != KAAL_STARTUP_VERSION) {
        kaal_console_puts("start-up page of another version\n");
        kaal_exit(1);
    }
    __asm__ volatile("msr tpidr_el0, %0" ::"r"(kaal_tls_init(__kaal_tls_block)) : "memory");
    if (kaal_libc_start != NULL) {
        kaal_libc_start();
    }
    kaal_exit(main());
}
