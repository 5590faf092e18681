/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that docs/reference/generate.c must find. */

/*
 * Without errors.
 * Rights: none.
 * Arguments: none.
 * Returns: nothing.
 * Notes: none.
 */
static inline void sys_yield(void)
{
    (void)KAAL_SYS_YIELD;
}

/*
 * With an error that there is not.
 * Rights: none.
 * Arguments: none.
 * Returns: nothing.
 * Errors: NO_SUCH_ERROR.
 * Notes: none.
 */
static inline void sys_poll(void)
{
    (void)KAAL_SYS_POLL;
}
