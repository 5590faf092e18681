/* SPDX-License-Identifier: Apache-2.0 */
#include "ir.h"

#include <ctype.h>
#include <kaal/abi/startup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir_line.h"

#define MAX_COMPONENTS (KAAL_IMAGE_MAX_ENTRIES - 3) /* kernel, root task, system table */
#define MAX_INSTANCES  1024
#define MAX_STACK      (1U << 30)

const char *const ir_kinds[] = {
    [KAAL_PORT_CALLS] = "calls",       [KAAL_PORT_SERVES] = "serves",
    [KAAL_PORT_NOTIFIES] = "notifies", [KAAL_PORT_NOTIFIED] = "notified",
    [KAAL_PORT_SENDS] = "sends",       [KAAL_PORT_RECEIVES] = "receives",
    [KAAL_PORT_IRQ] = "irq",           [KAAL_PORT_CAPS] = "caps",
};
const uint32_t ir_kind_count = sizeof(ir_kinds) / sizeof(ir_kinds[0]);

static bool fail_at(const struct ir *ir, const struct place *place, struct error *e,
                    const char *format, va_list args)
{
    char text[900];
    vsnprintf(text, sizeof(text), format, args);
    if (place->at != NULL) {
        set_error(e, "%s: %s", place->at, text);
    } else {
        set_error(e, "%s:%u: %s", ir->path, place->line, text);
    }
    e->has_place = true;
    return false;
}

bool place_fail(const struct ir *ir, const struct place *place, struct error *e, const char *format,
                ...)
{
    va_list args;
    va_start(args, format);
    fail_at(ir, place, e, format, args);
    va_end(args);
    return false;
}

bool line_fail(const struct line *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_at(l->ir, &l->place, l->e, format, args);
    va_end(args);
    return false;
}

const char *place_text(const struct place *place)
{
    static char text[2][24];
    static unsigned next;
    if (place->at != NULL) {
        return place->at;
    }
    char *out = text[next++ % 2];
    snprintf(out, sizeof(text[0]), "line %u", place->line);
    return out;
}

static bool is_name(const char *s, size_t max)
{
    if (!isalpha((unsigned char)s[0]) && s[0] != '_') {
        return false;
    }
    for (size_t i = 0; s[i] != '\0'; i++) {
        if (i + 1 >= max || (!isalnum((unsigned char)s[i]) && s[i] != '_' && s[i] != '-')) {
            return false;
        }
    }
    return true;
}

static bool take_name(struct line *l, unsigned i, size_t max, const char **out)
{
    if (i >= l->count || strchr(l->words[i], '=') != NULL) {
        return line_fail(l, "'%s' needs a name", l->words[0]);
    }
    if (!is_name(l->words[i], max)) {
        return line_fail(l, "'%s' is not a name: at most %zu letters, digits, '_' and '-'",
                         l->words[i], max - 1);
    }
    l->taken |= 1U << i;
    *out = l->words[i];
    return true;
}

const char *line_attribute(struct line *l, const char *key)
{
    size_t n = strlen(key);
    for (unsigned i = 1; i < l->count; i++) {
        if ((l->taken & 1U << i) == 0 && strncmp(l->words[i], key, n) == 0 &&
            l->words[i][n] == '=') {
            l->taken |= 1U << i;
            return l->words[i] + n + 1;
        }
    }
    return NULL;
}

static bool flag(struct line *l, const char *word)
{
    for (unsigned i = 1; i < l->count; i++) {
        if ((l->taken & 1U << i) == 0 && strcmp(l->words[i], word) == 0) {
            l->taken |= 1U << i;
            return true;
        }
    }
    return false;
}

bool line_number(struct line *l, const char *key, bool scaled, uint64_t low, uint64_t high,
                 uint64_t *value)
{
    const char *text = line_attribute(l, key);
    if (text == NULL) {
        return true;
    }
    uint64_t v = 0;
    size_t i = 0;
    for (; isdigit((unsigned char)text[i]) && i < 15; i++) {
        v = v * 10 + (uint64_t)(text[i] - '0');
    }
    if (i > 0 && scaled && (text[i] == 'K' || text[i] == 'M')) {
        v <<= text[i] == 'K' ? 10 : 20;
        i++;
    }
    if (i == 0 || text[i] != '\0') {
        return line_fail(l, "%s=%s is not a number", key, text);
    }
    if (v < low || v > high) {
        return line_fail(l, "%s=%s is not in %llu..%llu", key, text, (unsigned long long)low,
                         (unsigned long long)high);
    }
    *value = v;
    return true;
}

bool line_finish(struct line *l, const char *known)
{
    for (unsigned i = 1; i < l->count; i++) {
        if ((l->taken & 1U << i) == 0) {
            return line_fail(l, "'%s' is unknown here. Form: %s", l->words[i], known);
        }
    }
    return true;
}

static bool take_elf(struct line *l, char **out)
{
    const char *elf = line_attribute(l, "elf");
    if (elf == NULL || elf[0] == '\0') {
        return line_fail(l, "'%s' needs elf=<path>", l->words[0]);
    }
    const char *slash = strrchr(l->ir->path, '/');
    if (elf[0] == '/' || slash == NULL) {
        *out = xstrndup(elf, strlen(elf));
        return true;
    }
    size_t dir = (size_t)(slash - l->ir->path) + 1;
    size_t n = strlen(elf);
    *out = xcalloc(dir + n + 1, 1);
    memcpy(*out, l->ir->path, dir);
    memcpy(*out + dir, elf, n);
    return true;
}

static bool parse_root(struct line *l)
{
    if (l->ir->root != NULL) {
        return line_fail(l, "there is a root task already, %s", place_text(&l->ir->root_place));
    }
    l->ir->root_place = l->place;
    return take_elf(l, &l->ir->root) && line_finish(l, "root elf=<path>");
}

static struct ir_component *find_component(const struct ir *ir, const char *name)
{
    for (uint32_t i = 0; i < ir->component_count; i++) {
        if (strcmp(ir->components[i].name, name) == 0) {
            return &ir->components[i];
        }
    }
    return NULL;
}

static bool parse_component(struct line *l)
{
    struct ir *ir = l->ir;
    const char *name;
    if (!take_name(l, 1, KAAL_IMAGE_NAME_MAX, &name)) {
        return false;
    }
    const struct ir_component *twin = find_component(ir, name);
    if (twin != NULL) {
        return line_fail(l, "there is a component '%s' already, %s", name,
                         place_text(&twin->place));
    }
    if (ir->component_count == MAX_COMPONENTS) {
        return line_fail(l, "more than %d components", MAX_COMPONENTS);
    }
    ir->components =
        xrealloc(ir->components, (ir->component_count + 1) * sizeof(ir->components[0]));
    struct ir_component *c = &ir->components[ir->component_count++];
    *c = (struct ir_component){
        .name = xstrndup(name, strlen(name)), .stack = 16384, .place = l->place};
    if (!take_elf(l, &c->elf) || !line_number(l, "stack", true, 1, MAX_STACK, &c->stack)) {
        return false;
    }
    c->stack = (c->stack + KAAL_PAGE_SIZE - 1) & ~(uint64_t)(KAAL_PAGE_SIZE - 1);
    return line_finish(l, "component <name> elf=<path> [stack=16K]");
}

static bool parse_kind(const struct line *l, const char *word, uint32_t *kind)
{
    for (uint32_t k = 1; k < ir_kind_count; k++) {
        if (strcmp(word, ir_kinds[k]) == 0) {
            *kind = k;
            return true;
        }
    }
    return line_fail(l,
                     "port kind '%s' is not supported. Known: calls serves notifies notified "
                     "sends receives irq caps",
                     word);
}

static bool parse_port(struct line *l)
{
    struct ir *ir = l->ir;
    if (ir->component_count == 0 || ir->instance_count > 0) {
        return line_fail(l, "a port follows its component, above all instances");
    }
    struct ir_component *c = &ir->components[ir->component_count - 1];
    if (l->place.at == NULL) {
        l->place.at = c->place.at;
    }
    const char *name;
    struct ir_port port = {0};
    if (!take_name(l, 1, sizeof(((struct kaal_system_port *)0)->name), &name)) {
        return false;
    }
    for (uint32_t i = 0; i < c->port_count; i++) {
        if (strcmp(c->ports[i].name, name) == 0) {
            return line_fail(l, "component '%s' has a port '%s' already", c->name, name);
        }
    }
    if (l->count < 3 || !parse_kind(l, l->words[2], &port.kind)) {
        return l->count < 3 ? line_fail(l, "port '%s' needs a kind", name) : false;
    }
    l->taken |= 1U << 2;
    if (c->port_count == KAAL_STARTUP_MAX_PORTS) {
        return line_fail(l, "component '%s' has more than %d ports", c->name,
                         KAAL_STARTUP_MAX_PORTS);
    }
    uint64_t slot = UINT64_MAX;
    if (!line_number(l, "slot", false, 0, KAAL_STARTUP_MAX_PORTS - 1, &slot)) {
        return false;
    }
    if (slot != c->port_count) {
        return line_fail(l, "port '%s' needs slot=%u: slots count from 0 in the order of the ports",
                         name, c->port_count);
    }
    port.optional = flag(l, "optional");
    port.name = xstrndup(name, strlen(name));
    c->ports = xrealloc(c->ports, (c->port_count + 1) * sizeof(c->ports[0]));
    c->ports[c->port_count++] = port;
    return line_finish(l, "port <name> <kind> slot=<n> [optional]");
}

struct ir_instance *ir_find_instance(const struct ir *ir, const char *name, size_t length)
{
    for (uint32_t i = 0; i < ir->instance_count; i++) {
        const char *s = ir->instances[i].name;
        if (strlen(s) == length && memcmp(s, name, length) == 0) {
            return &ir->instances[i];
        }
    }
    return NULL;
}

static bool parse_instance(struct line *l)
{
    struct ir *ir = l->ir;
    const char *name;
    if (!take_name(l, 1, KAAL_IMAGE_NAME_MAX, &name)) {
        return false;
    }
    const struct ir_instance *twin = ir_find_instance(ir, name, strlen(name));
    if (twin != NULL) {
        return line_fail(l, "there is an instance '%s' already, %s", name,
                         place_text(&twin->place));
    }
    const char *component = line_attribute(l, "component");
    if (component == NULL) {
        return line_fail(l, "instance '%s' needs component=<name>", name);
    }
    const struct ir_component *c = find_component(ir, component);
    if (c == NULL) {
        return line_fail(l, "instance '%s': there is no component '%s' above", name, component);
    }
    uint64_t prio = 100, budget = 10000, period = 10000;
    const uint64_t longest = 3600ULL * 1000 * 1000;
    if (!line_number(l, "prio", false, 0, KAAL_MAX_PRIORITY, &prio) ||
        !line_number(l, "budget", false, 1, longest, &budget) ||
        !line_number(l, "period", false, 1, longest, &period) ||
        !line_finish(l, "instance <name> component=<component> [prio=100] [budget=10000] "
                        "[period=10000]")) {
        return false;
    }
    if (budget > period) {
        return line_fail(l, "instance '%s': budget %llu us is longer than period %llu us", name,
                         (unsigned long long)budget, (unsigned long long)period);
    }
    if (ir->instance_count == MAX_INSTANCES) {
        return line_fail(l, "more than %d instances", MAX_INSTANCES);
    }
    ir->instances = xrealloc(ir->instances, (ir->instance_count + 1) * sizeof(ir->instances[0]));
    ir->instances[ir->instance_count++] = (struct ir_instance){
        .name = xstrndup(name, strlen(name)),
        .component = (uint32_t)(c - ir->components),
        .prio = (uint32_t)prio,
        .budget = budget,
        .period = period,
        .place = l->place,
        .first_port = ir->port_count,
    };
    ir->port_count += c->port_count;
    return true;
}

static bool parse_line(struct line *l)
{
    static const struct {
        const char *word;
        bool (*parse)(struct line *l);
    } forms[] = {
        {"root", parse_root},         {"component", parse_component}, {"port", parse_port},
        {"instance", parse_instance}, {"channel", ir_parse_channel},  {"ring", ir_parse_ring},
        {"grant", ir_parse_grant},
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (strcmp(l->words[0], forms[i].word) == 0) {
            return forms[i].parse(l);
        }
    }
    return line_fail(
        l, "'%s' is not supported. Known: root component port instance channel ring grant",
        l->words[0]);
}

/* Cuts the line at text into words in place, its at= apart. */
static bool split(struct line *l, char *text)
{
    l->count = 0;
    l->taken = 1;
    l->place.at = NULL;
    for (char *w; (w = next_word(&text)) != NULL;) {
        if (l->place.at == NULL && l->count > 0 && strncmp(w, "at=", 3) == 0 && w[3] != '\0') {
            l->place.at = w + 3;
            continue;
        }
        if (l->count == IR_MAX_WORDS) {
            return line_fail(l, "more than %d words", IR_MAX_WORDS);
        }
        l->words[l->count++] = w;
    }
    return true;
}

bool ir_parse(const char *path, const char *text, struct ir *out, struct error *e)
{
    *out = (struct ir){.path = path, .text = xstrndup(text, strlen(text))};
    struct line l = {.ir = out, .e = e};
    bool ok = true, started = false;
    for (char *at = out->text; ok && at != NULL;) {
        char *end = strchr(at, '\n');
        if (end != NULL) {
            *end++ = '\0';
        }
        l.place.line++;
        ok = split(&l, at);
        if (ok && l.count > 0) {
            if (started) {
                ok = parse_line(&l);
            } else if (l.count != 2 || strcmp(l.words[0], "kaal") != 0) {
                ok = line_fail(&l, "a system description begins with 'kaal 1'");
            } else if (strcmp(l.words[1], "1") != 0) {
                ok = line_fail(&l, "this tool reads 'kaal 1', not 'kaal %s'", l.words[1]);
            }
            started = true;
        }
        at = end;
    }
    if (ok && !started) {
        l.place = (struct place){.line = 1};
        ok = line_fail(&l, "a system description begins with 'kaal 1'");
    }
    if (ok && out->root == NULL) {
        l.place.at = NULL;
        ok = line_fail(&l, "there is no root task: root elf=<path>");
    }
    return ok && ir_check_connected(out, e);
}

void ir_free(struct ir *ir)
{
    for (uint32_t i = 0; i < ir->component_count; i++) {
        struct ir_component *c = &ir->components[i];
        for (uint32_t p = 0; p < c->port_count; p++) {
            free(c->ports[p].name);
        }
        free(c->ports);
        free(c->name);
        free(c->elf);
    }
    for (uint32_t i = 0; i < ir->instance_count; i++) {
        free(ir->instances[i].name);
    }
    free(ir->components);
    free(ir->instances);
    free(ir->channels);
    free(ir->rings);
    free(ir->grants);
    free(ir->root);
    free(ir->text);
    *ir = (struct ir){0};
}
