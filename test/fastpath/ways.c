/* SPDX-License-Identifier: Apache-2.0 */
#include "compare.h"

const struct ways compare_ways = {fastpath_syscall, fastpath_fault, fastpath_signal};
