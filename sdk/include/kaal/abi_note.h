/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For assembler: the ELF note that says which version of the interfaces a
 * component was built for. kaal pack and init refuse another one.
 */
#ifndef KAAL_ABI_NOTE_H
#define KAAL_ABI_NOTE_H

#include <kaal/abi/types.h>

/* clang-format off */
    .section .note.kaal, "a", %note
    .balign 4
    .word 5 /* bytes of the name */
    .word 4 /* bytes of the description */
    .word 1 /* type: ABI version */
    .asciz "KaaL"
    .balign 4
    .word KAAL_ABI
/* clang-format on */

#endif
