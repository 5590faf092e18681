/* SPDX-License-Identifier: Apache-2.0 */
/* For refuses.cmake: a decoder that makes two errors, as many as its one argument
 * has letters. Names as in the kernel. */
#include <string.h>

#include "sample.h"

static enum kaal_err inv_bad_arg(void)
{
    return KAAL_ERR_SECOND;
}

static enum kaal_err decode(unsigned value)
{
    if (value == 2) {
        return KAAL_ERR_FIRST;
    }
    return value == 1 ? inv_bad_arg() : KAAL_OK; /* not KAAL_ERR_FIRST */
}

int main(int argc, char **argv)
{
    unsigned errors = 0;
    for (unsigned i = 0; argc == 2 && i <= strlen(argv[1]); i++) {
        errors += decode(i) != KAAL_OK ? 1 : 0;
    }
    return (int)errors;
}
