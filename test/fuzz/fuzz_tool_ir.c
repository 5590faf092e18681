/* SPDX-License-Identifier: Apache-2.0 */
/* Any text is a system description, or is refused with a line number. */
#include <stdlib.h>
#include <string.h>

#include "ir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char head[] = "kaal 1\nroot elf=a\n";
    char *text = calloc(size + sizeof(head), 1);
    bool with_head = size > 0 && data[0] != 'k';
    size_t n = with_head ? sizeof(head) - 1 : 0;
    memcpy(text, head, n);
    memcpy(text + n, data, size);
    struct ir ir;
    struct error e = {.text = ""};
    if (!ir_parse("d/x", text, &ir, &e)) {
        /* A place: the description's, or that of an at=. */
        if (!e.has_place || (strncmp(e.text, "d/x:", 4) != 0 && strchr(text + n, '=') == NULL)) {
            abort();
        }
    } else {
        for (uint32_t i = 0; i < ir.channel_count; i++) {
            if (ir.channels[i].from >= ir.port_count || ir.channels[i].to >= ir.port_count) {
                abort();
            }
        }
    }
    ir_free(&ir);
    free(text);
    return 0;
}
