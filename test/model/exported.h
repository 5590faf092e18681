/* SPDX-License-Identifier: Apache-2.0 */
/* Included before everything else of the model, which is a library with hidden
 * symbols: it has functions of the same names as the kernel, and only those of
 * its interface are seen outside. */
#pragma once
#pragma GCC visibility push(default)
#include "model.h"
#pragma GCC visibility pop
