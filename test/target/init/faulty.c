/* SPDX-License-Identifier: Apache-2.0 */
/* A component that goes wrong in the way FAULT says. */
#include <kaal/kaal.h>

enum { CAPABILITY, SYSCALL, UNDEFINED, STACK_LOW, STACK_HIGH, STARTUP_WRITE };

static void deep(volatile char *above)
{
    volatile char frame[1024];
    frame[0] = above[0];
    if (frame[0] == 0) {
        deep(frame);
    }
}

static void go_wrong(int how)
{
    const struct kaal_startup *startup = kaal_startup();
    struct kaal_msg msg = {0};
    switch (how) {
    case CAPABILITY:
        sys_recv(5, &msg, KAAL_SLOT_REPLY);
        break;
    case SYSCALL:
        kaal_svc((enum kaal_syscall)4711, 0, &msg, 0, 0);
        break;
    case UNDEFINED:
        __asm__ volatile("udf #0");
        break;
    case STACK_LOW: {
        char bottom = 0;
        deep(&bottom);
        break;
    }
    case STACK_HIGH:
        (void)*(volatile char *)startup->stack_high;
        break;
    case STARTUP_WRITE:
        *(volatile uint32_t *)&startup->port_count = 1;
        break;
    default:
        break;
    }
}

int main(void)
{
    kaal_printf("a line without an end");
    go_wrong(FAULT);
    kaal_printf("still here\n");
    return 0;
}
