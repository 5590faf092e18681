/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* For what fast paths are made of: there a call costs more than the text. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))
