/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The description of a system, "kaal 1": one declaration a line, names and
 * never numbers, '#' starts a comment.
 *
 *   kaal 1
 *   root elf=<path>
 *   component <name> elf=<path> [stack=16K]
 *     port <name> <kind> slot=<n> [optional]
 *   instance <name> component=<component> [prio=100] [budget=10000] [period=10000]
 *   channel <instance>.<port> <instance>.<port>
 *   ring <instance>.<port> <instance>.<port> slots=<n> slot-size=<bytes>
 *   grant <instance>.<port> device=<role> | cap=<name>
 *
 * Every declaration may end with at=<file>:<line>, the place where its author
 * wrote it. Messages then begin with that place, else with the description's.
 * A port has its component's.
 *
 * Blanks between double quotes belong to the word: elf="path with blanks".
 * A port belongs to the component above it; slots count from 0. Budget and
 * period are microseconds. Relative paths start at the description's directory.
 */
#pragma once
#include <kaal/abi/image.h>

#include "tool.h"

/* Where a declaration is. */
struct place {
    unsigned line;  /* of the description */
    const char *at; /* "<file>:<line>" of its author, or NULL */
};

struct ir_port {
    char *name;
    uint32_t kind;
    bool optional;
};

struct ir_component {
    char *name;
    char *elf;
    uint64_t stack;
    struct place place;
    struct ir_port *ports;
    uint32_t port_count;
};

struct ir_instance {
    char *name;
    uint32_t component; /* index */
    uint32_t prio;
    uint64_t budget, period;
    struct place place;
    uint32_t first_port; /* number of its first port in the system */
};

struct ir_channel {
    uint32_t from, to; /* port numbers in the system, as in struct kaal_system_channel */
};

struct ir_ring {
    uint32_t from, to; /* port numbers in the system */
    uint32_t slots, slot_size;
};

struct ir_grant {
    uint32_t port;    /* number in the system */
    const char *role; /* constant */
    struct place place;
};

struct ir {
    const char *path;
    char *text; /* the description in words, places among them */
    char *root;
    struct place root_place;
    struct ir_component *components;
    struct ir_instance *instances;
    struct ir_channel *channels;
    struct ir_ring *rings;
    struct ir_grant *grants;
    uint32_t component_count, instance_count, channel_count, ring_count, grant_count, port_count;
};

/* text is NUL-terminated. Reads and checks the whole (K020, K021, K022). On
 * failure the message begins with a place. Call ir_free() in both cases. */
bool ir_parse(const char *path, const char *text, struct ir *out, struct error *e);
void ir_free(struct ir *ir);

/* Stores "<place>: ..."; returns false. */
bool place_fail(const struct ir *ir, const struct place *place, struct error *e, const char *format,
                ...) __attribute__((format(printf, 4, 5)));
