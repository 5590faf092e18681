/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start-up page of this component, and its end.
 */
#ifndef KAAL_STARTUP_H
#define KAAL_STARTUP_H

#include <kaal/abi/startup.h>

/* The read-only page that says which slots and addresses this component has. */
const struct kaal_startup *kaal_startup(void);

/* The end of the component; also what returning status from main() does. It
 * stays stopped, its memory stays its own until its supervisor takes it. */
_Noreturn void kaal_exit(int status);

/* What the component defines. */
int main(void);

/* Called by the start-up code alone. */
_Noreturn void kaal_start(const struct kaal_startup *startup);

#endif
