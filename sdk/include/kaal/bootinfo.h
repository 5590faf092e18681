/* SPDX-License-Identifier: Apache-2.0 */
/* What a root task starts with; components see <kaal/startup.h>. */
#ifndef KAAL_BOOTINFO_H
#define KAAL_BOOTINFO_H

#include <kaal/abi/bootinfo.h>

/*
 * A root task is linked with libkaal's root start code, sdk/libkaal/root.S,
 * which gives it a stack and calls this, once.
 */
_Noreturn void kaal_root_main(const struct kaal_bootinfo *bootinfo);

#endif
