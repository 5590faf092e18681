/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block is laid out as the AArch64 ELF ABI has it (variant 1): a header that
 * TPIDR_EL0 points to, as large as the alignment, then the variables.
 */
#include <kaal/tls.h>

/* Linker script. Of the sizes, the address is the value. */
extern const unsigned char __kaal_tls_image[];
extern const char __kaal_tls_image_bytes[];
extern const char __kaal_tls_bytes[];
extern const char __kaal_tls_align[];

size_t kaal_tls_bytes(void)
{
    return (size_t)__kaal_tls_bytes;
}

size_t kaal_tls_align(void)
{
    return (size_t)__kaal_tls_align;
}

kaal_word_t kaal_tls_init(void *block)
{
    const size_t header = kaal_tls_align();
    const size_t image = (size_t)__kaal_tls_image_bytes;
    unsigned char *variables = (unsigned char *)block + header;
    __builtin_memset(block, 0, header);
    __builtin_memcpy(variables, __kaal_tls_image, image);
    __builtin_memset(variables + image, 0, kaal_tls_bytes() - header - image);
    return (kaal_word_t)block;
}
