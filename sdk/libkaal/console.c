/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/console.h>

#include <kaal/abi/startup.h>
#include <kaal/syscall.h>

enum { PRINTF_MAX = 256 };

static void write_chunk(const unsigned char *text, size_t bytes)
{
    struct kaal_msg msg = {.w = {bytes}};
    unsigned word = 1;
    for (size_t i = 0; i < bytes; word++) {
        kaal_word_t packed = 0;
        for (unsigned shift = 0; shift < 64 && i < bytes; shift += 8, i++) {
            packed |= (kaal_word_t)text[i] << shift;
        }
        kaal_msg_set(&msg, word, packed);
    }
    msg.info = kaal_msginfo(KAAL_CONSOLE_WRITE, 0, word);
    sys_call(KAAL_SLOT_CONSOLE, &msg);
}

void kaal_console_write(const char *text, size_t bytes)
{
    while (bytes > 0) {
        const size_t chunk = bytes < KAAL_CONSOLE_CHUNK ? bytes : KAAL_CONSOLE_CHUNK;
        write_chunk((const unsigned char *)text, chunk);
        text += chunk;
        bytes -= chunk;
    }
}

void kaal_console_puts(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    kaal_console_write(text, length);
}

void kaal_printf(const char *format, ...)
{
    char text[PRINTF_MAX];
    va_list args;
    va_start(args, format);
    size_t length = kaal_vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (length >= sizeof(text)) {
        length = sizeof(text) - 1;
    }
    kaal_console_write(text, length);
}
