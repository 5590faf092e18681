/* SPDX-License-Identifier: Apache-2.0 */
/* The loader's end on the host: loader_fail() leaves the call that was tried. */
#pragma once
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "loader/check.h"

#if defined(__GNUC__) && !defined(__clang__)
/* gcc warns of variables that merely live across setjmp(); none is changed in ATTEMPT(). */
#pragma GCC diagnostic ignored "-Wclobbered"
#endif

static jmp_buf loader_jump;
static const char *loader_error; /* why the last call was refused, or NULL */

void loader_fail(const char *part, const char *error)
{
    (void)part;
    loader_error = error;
    longjmp(loader_jump, 1);
}

/* Makes the call; loader_error tells whether it was refused. */
#define ATTEMPT(call)                   \
    do {                                \
        loader_error = NULL;            \
        if (setjmp(loader_jump) == 0) { \
            call;                       \
        }                               \
    } while (0)
