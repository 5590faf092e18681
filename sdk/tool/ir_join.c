/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that join the ports of instances: channel, ring, grant. */
#include <kaal/abi/ring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir_line.h"

/* An end "<instance>.<port>", resolved. */
struct end {
    const char *word;
    const struct ir_port *port;
    uint32_t number; /* of the port in the system */
};

static bool parse_end(const struct line *l, const char *word, struct end *out)
{
    const struct ir *ir = l->ir;
    const char *dot = strchr(word, '.');
    if (dot == NULL || dot == word || dot[1] == '\0') {
        return line_fail(l, "'%s' is not <instance>.<port>", word);
    }
    const struct ir_instance *in = ir_find_instance(ir, word, (size_t)(dot - word));
    if (in == NULL) {
        return line_fail(l, "K020 '%s': there is no instance '%.*s' above", word, (int)(dot - word),
                         word);
    }
    const struct ir_component *c = &ir->components[in->component];
    char list[512] = "";
    for (uint32_t i = 0; i < c->port_count; i++) {
        if (strcmp(c->ports[i].name, dot + 1) == 0) {
            *out = (struct end){word, &c->ports[i], in->first_port + i};
            return true;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof(list) - used, "%s%s (%s)", i > 0 ? ", " : "", c->ports[i].name,
                 ir_kinds[c->ports[i].kind]);
    }
    return line_fail(l, "K020 '%s': component '%s' has no port '%s'. Its ports: %s", word, c->name,
                     dot + 1, c->port_count > 0 ? list : "none");
}

/* Both ends of a line, with the one of kind low, low + 2, ... up to high as *a;
 * the other must be of the kind that follows. */
static bool parse_ends(struct line *l, uint32_t low, uint32_t high, const char *rule, struct end *a,
                       struct end *b)
{
    struct end first, second;
    if (!parse_end(l, l->words[1], &first) || !parse_end(l, l->words[2], &second)) {
        return false;
    }
    l->taken |= 1U << 1 | 1U << 2;
    for (uint32_t kind = low; kind <= high; kind += 2) {
        *a = first.port->kind == kind ? first : second;
        *b = first.port->kind == kind ? second : first;
        if (a->port->kind == kind && b->port->kind == kind + 1) {
            return true;
        }
    }
    return line_fail(l, "K021 '%s' (%s) cannot be joined to '%s' (%s). %s", first.word,
                     ir_kinds[first.port->kind], second.word, ir_kinds[second.port->kind], rule);
}

bool ir_parse_channel(struct line *l)
{
    static const char rule[] = "A channel joins calls->serves or notifies->notified; use kaal_ring "
                               "for sends->receives, kaal_grant for irq and caps";
    struct ir *ir = l->ir;
    struct end a, b;
    if (l->count != 3) {
        return line_fail(l, "Form: channel <instance>.<port> <instance>.<port>");
    }
    if (!parse_ends(l, KAAL_PORT_CALLS, KAAL_PORT_NOTIFIES, rule, &a, &b)) {
        return false;
    }
    for (uint32_t i = 0; i < ir->channel_count; i++) {
        if (ir->channels[i].from == a.number) {
            return line_fail(l, "'%s' (%s) has a channel already", a.word, ir_kinds[a.port->kind]);
        }
    }
    ir->channels = xrealloc(ir->channels, (ir->channel_count + 1) * sizeof(ir->channels[0]));
    ir->channels[ir->channel_count++] = (struct ir_channel){a.number, b.number};
    return true;
}

static bool has_ring(const struct ir *ir, uint32_t port)
{
    for (uint32_t i = 0; i < ir->ring_count; i++) {
        if (ir->rings[i].from == port || ir->rings[i].to == port) {
            return true;
        }
    }
    return false;
}

bool ir_parse_ring(struct line *l)
{
    static const char form[] =
        "ring <instance>.<port> <instance>.<port> slots=<n> slot-size=<bytes>";
    struct ir *ir = l->ir;
    struct end a, b;
    uint64_t slots = 0, slot_size = 0;
    if (l->count < 3) {
        return line_fail(l, "Form: %s", form);
    }
    if (!parse_ends(l, KAAL_PORT_SENDS, KAAL_PORT_SENDS,
                    "A ring joins sends->receives; use kaal_channel for calls->serves and "
                    "notifies->notified",
                    &a, &b) ||
        !line_number(l, "slots", true, 1, KAAL_RING_MAX_SLOTS, &slots) ||
        !line_number(l, "slot-size", true, 8, KAAL_RING_MAX_SLOT_SIZE, &slot_size) ||
        !line_finish(l, form)) {
        return false;
    }
    if (slots == 0 || slot_size == 0) {
        return line_fail(l, "a ring needs slots= and slot-size=. Form: %s", form);
    }
    if ((slots & (slots - 1)) != 0 || slot_size % 8 != 0) {
        return line_fail(l, "slots=%llu must be a power of two and slot-size=%llu a multiple of 8",
                         (unsigned long long)slots, (unsigned long long)slot_size);
    }
    if (kaal_ring_bytes((uint32_t)slots, (uint32_t)slot_size) == 0) {
        return line_fail(l, "a ring of %llu slots of %llu bytes is over %d KiB",
                         (unsigned long long)slots, (unsigned long long)slot_size,
                         KAAL_RING_MAX_BYTES / 1024);
    }
    if (has_ring(ir, a.number) || has_ring(ir, b.number)) {
        const struct end *taken = has_ring(ir, a.number) ? &a : &b;
        return line_fail(l, "'%s' (%s) has a ring already", taken->word,
                         ir_kinds[taken->port->kind]);
    }
    ir->rings = xrealloc(ir->rings, (ir->ring_count + 1) * sizeof(ir->rings[0]));
    ir->rings[ir->ring_count++] =
        (struct ir_ring){a.number, b.number, (uint32_t)slots, (uint32_t)slot_size};
    return true;
}

/* What can be granted to a port of a kind. */
static const struct {
    uint32_t kind;
    const char *key, *role;
} grants[] = {
    {KAAL_PORT_IRQ, "device", "stdout"},
    {KAAL_PORT_CAPS, "cap", "power"},
};

bool ir_parse_grant(struct line *l)
{
    static const char form[] = "grant <instance>.<port> device=<role> | cap=<name>";
    struct ir *ir = l->ir;
    struct end end;
    if (l->count < 2) {
        return line_fail(l, "Form: %s", form);
    }
    if (!parse_end(l, l->words[1], &end)) {
        return false;
    }
    l->taken |= 1U << 1;
    const uint32_t i = end.port->kind == KAAL_PORT_IRQ ? 0 : 1;
    if (end.port->kind != grants[i].kind) {
        return line_fail(l,
                         "K021 '%s' (%s) takes no grant: device= is for irq ports, cap= for caps",
                         end.word, ir_kinds[end.port->kind]);
    }
    const char *role = line_attribute(l, grants[i].key);
    if (role == NULL) {
        return line_fail(l, "'%s' (%s) needs %s=. Form: %s", end.word, ir_kinds[end.port->kind],
                         grants[i].key, form);
    }
    if (strcmp(role, grants[i].role) != 0) {
        return line_fail(l, "%s '%s' is not supported. Known: %s", grants[i].key, role,
                         grants[i].role);
    }
    for (uint32_t g = 0; g < ir->grant_count; g++) {
        if (ir->grants[g].role == grants[i].role || ir->grants[g].port == end.number) {
            return line_fail(l, "K031 '%s' is granted twice: %s has it", role,
                             place_text(&ir->grants[g].place));
        }
    }
    ir->grants = xrealloc(ir->grants, (ir->grant_count + 1) * sizeof(ir->grants[0]));
    ir->grants[ir->grant_count++] = (struct ir_grant){end.number, grants[i].role, l->place};
    return line_finish(l, form);
}

static bool unconnected(const struct ir *ir, const struct ir_instance *in,
                        const struct ir_port *port, struct error *e)
{
    const char *how = "kaal_channel", *what = "<inst>.<port>";
    if (port->kind == KAAL_PORT_SENDS || port->kind == KAAL_PORT_RECEIVES) {
        how = "kaal_ring";
        what = "<inst>.<port> SLOTS <n> SLOT_SIZE <bytes>";
    } else if (port->kind == KAAL_PORT_IRQ) {
        how = "kaal_grant";
        what = "DEVICE <role>";
    } else if (port->kind == KAAL_PORT_CAPS) {
        how = "kaal_grant";
        what = "CAP <name>";
    }
    return place_fail(ir, &in->place, e,
                      "K022 port '%s.%s' is not connected. Connect it with "
                      "%s(<system> %s.%s %s) or declare it %s:%s:optional",
                      in->name, port->name, how, in->name, port->name, what, port->name,
                      ir_kinds[port->kind]);
}

bool ir_check_connected(const struct ir *ir, struct error *e)
{
    bool *connected = xcalloc(ir->port_count, sizeof(bool));
    for (uint32_t i = 0; i < ir->channel_count; i++) {
        connected[ir->channels[i].from] = connected[ir->channels[i].to] = true;
    }
    for (uint32_t i = 0; i < ir->ring_count; i++) {
        connected[ir->rings[i].from] = connected[ir->rings[i].to] = true;
    }
    for (uint32_t i = 0; i < ir->grant_count; i++) {
        connected[ir->grants[i].port] = true;
    }
    bool ok = true;
    for (uint32_t i = 0; ok && i < ir->instance_count; i++) {
        const struct ir_instance *in = &ir->instances[i];
        const struct ir_component *c = &ir->components[in->component];
        for (uint32_t p = 0; ok && p < c->port_count; p++) {
            if (!connected[in->first_port + p] && !c->ports[p].optional) {
                ok = unconnected(ir, in, &c->ports[p], e);
            }
        }
    }
    free(connected);
    return ok;
}
