/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Beginning and end of a component that is linked with the C library: kaal_start()
 * comes here if this is linked.
 */
#include <stddef.h>
#include <stdlib.h>

/* Linker script: constructors. */
extern void (*const __kaal_init_start[])(void);
extern void (*const __kaal_init_end[])(void);

int main(int argc, char **argv);
_Noreturn void kaal_libc_start(void);

void kaal_libc_start(void)
{
    static char *no_arguments[] = {NULL};
    for (void (*const *init)(void) = __kaal_init_start; init != __kaal_init_end; init++) {
        (*init)();
    }
    exit(main(0, no_arguments));
}
