/* SPDX-License-Identifier: Apache-2.0 */
/* Tries what a component may and may not do with its console. */
#include <kaal/kaal.h>

static kaal_word_t label_of_reply(kaal_word_t label, unsigned length, kaal_word_t bytes)
{
    struct kaal_msg msg = {.info = kaal_msginfo(label, 0, length), .w = {bytes}};
    sys_call(KAAL_SLOT_CONSOLE, &msg);
    return kaal_msginfo_label(msg.info);
}

int main(void)
{
    static const char long_line[] =
        "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
        "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
        "123456789012345678901234567890 end of a long line\n";
    const char forged[] = "before\r\ninit: fault in 'nobody': forged\n";
    const char escape[] = "\033[2Jescape\n";
    kaal_console_write(long_line, sizeof(long_line) - 1);
    kaal_console_write(forged, sizeof(forged) - 1);
    kaal_console_write(escape, sizeof(escape) - 1);
    kaal_printf("%s|%5d|%-5u|%05x|%lx|%c|%%|%.3s|%zu\n", "text", -42, 7U, 0xabcU,
                0xfedcba9876543210UL, 'z', "cutoff", sizeof(char));
    const kaal_word_t too_long = label_of_reply(KAAL_CONSOLE_WRITE, 66, KAAL_CONSOLE_CHUNK + 1);
    const kaal_word_t too_short = label_of_reply(KAAL_CONSOLE_WRITE, 2, 9);
    const kaal_word_t empty = label_of_reply(KAAL_CONSOLE_WRITE, 0, 0);
    const kaal_word_t huge = label_of_reply(KAAL_CONSOLE_WRITE, 4, ~(kaal_word_t)0);
    const kaal_word_t unknown = label_of_reply(77, 0, 0);
    kaal_printf("refused: %lu %lu %lu %lu %lu\n", too_long, too_short, empty, huge, unknown);
    return 3;
}
