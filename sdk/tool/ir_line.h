/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that read a system description share. */
#pragma once
#include "ir.h"

#define IR_MAX_WORDS 16

/* One line, cut into words. Attributes (key=value) are taken by line_attribute(). */
struct line {
    struct ir *ir;
    struct error *e;
    struct place place;
    char *words[IR_MAX_WORDS];
    unsigned count;
    uint32_t taken; /* bit i: words[i] has been used */
};

/* Stores "<place of the line>: ..."; returns false. */
bool line_fail(const struct line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The value of key=, or NULL. */
const char *line_attribute(struct line *l, const char *key);

/* A decimal number low..high with, if scaled, an optional K or M. *value stays
 * where the line has no such key. */
bool line_number(struct line *l, const char *key, bool scaled, uint64_t low, uint64_t high,
                 uint64_t *value);

/* Every word must have been understood; known is the form of the line. */
bool line_finish(struct line *l, const char *known);

/* "line 7" or "CMakeLists.txt:7". Valid until the next call but one. */
const char *place_text(const struct place *place);

/* The instance of this name above, or NULL. */
struct ir_instance *ir_find_instance(const struct ir *ir, const char *name, size_t length);

/* "calls", ...; number: enum kaal_port_kind. */
extern const char *const ir_kinds[];
extern const uint32_t ir_kind_count;

/* The lines that join ports. */
bool ir_parse_channel(struct line *l);
bool ir_parse_ring(struct line *l);
bool ir_parse_grant(struct line *l);

/* K022: a port that is not optional is at an end of something. */
bool ir_check_connected(const struct ir *ir, struct error *e);
