/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the calls on threads. */
#ifndef KAAL_ABI_TCB_H
#define KAAL_ABI_TCB_H

/* Flags of a thread: words 0 and 1 of TCB SET_FLAGS. */
#define KAAL_TCB_FPU_DISABLED 1 /* FP and SIMD instructions are a USER_EXCEPTION */

/* Word 0 of TCB COPY_REGISTERS. */
#define KAAL_COPY_SUSPEND_SOURCE 1
#define KAAL_COPY_RESUME_TARGET  2
#define KAAL_COPY_FRAME          4 /* pc, sp, pstate, x0-x8, x16-x18, x29, x30 */
#define KAAL_COPY_INTEGER        8 /* x9-x15, x19-x28, TPIDR_EL0 */

#endif
