/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/error.h>

#include <kaal/syscall.h>

const char *kaal_err_name(kaal_err_t err)
{
    switch (err) {
#define KAAL_ERROR(NAME, number, text) \
    case KAAL_ERR_##NAME:              \
        return #NAME;
#include <kaal/abi/errors.def>
#undef KAAL_ERROR
    default:
        return "UNKNOWN";
    }
}

const char *kaal_err_text(kaal_err_t err)
{
    switch (err) {
#define KAAL_ERROR(NAME, number, text) \
    case KAAL_ERR_##NAME:              \
        return text;
#include <kaal/abi/errors.def>
#undef KAAL_ERROR
    default:
        return "no error of the kernel's";
    }
}

const kaal_word_t *kaal_err_detail(void)
{
    return kaal_ipc_buffer()->words;
}
