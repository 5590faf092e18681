/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Walk the whole kernel state. NULL if every invariant holds, else the name
 * of the first broken one. Not for release kernels: takes time linear in the
 * number of capabilities. */
const char *kernel_check(void);
