/* SPDX-License-Identifier: Apache-2.0 */
#include "ir.h"

#include <ctype.h>
#include <kaal/abi/startup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS      16
#define MAX_COMPONENTS (KAAL_IMAGE_MAX_ENTRIES - 3) /* kernel, root task, system table */
#define MAX_INSTANCES  1024
#define MAX_CHANNELS   65536
#define MAX_STACK      (1U << 30)

static const char *const kinds[] = {
    [KAAL_PORT_CALLS] = "calls",
    [KAAL_PORT_SERVES] = "serves",
    [KAAL_PORT_NOTIFIES] = "notifies",
    [KAAL_PORT_NOTIFIED] = "notified",
};

/* One line, cut into words. Attributes (key=value) are taken by attribute(). */
struct line {
    struct ir *ir;
    struct error *e;
    unsigned number;
    char *words[MAX_WORDS];
    unsigned count;
    uint32_t taken; /* bit i: words[i] has been used */
};

static bool line_fail(const struct line *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static bool line_fail(const struct line *l, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return set_error(l->e, "%s:%u: %s", l->ir->path, l->number, text);
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

/* The value of key=, or NULL. */
static const char *attribute(struct line *l, const char *key)
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

/* A decimal number low..high with, if scaled, an optional K or M. */
static bool number(struct line *l, const char *key, bool scaled, uint64_t low, uint64_t high,
                   uint64_t *value)
{
    const char *text = attribute(l, key);
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

/* Every word must have been understood. */
static bool finish(struct line *l, const char *known)
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
    const char *elf = attribute(l, "elf");
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
        return line_fail(l, "there is a root task already, line %u", l->ir->root_line);
    }
    l->ir->root_line = l->number;
    return take_elf(l, &l->ir->root) && finish(l, "root elf=<path>");
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
        return line_fail(l, "there is a component '%s' already, line %u", name, twin->line);
    }
    if (ir->component_count == MAX_COMPONENTS) {
        return line_fail(l, "more than %d components", MAX_COMPONENTS);
    }
    ir->components =
        xrealloc(ir->components, (ir->component_count + 1) * sizeof(ir->components[0]));
    struct ir_component *c = &ir->components[ir->component_count++];
    *c = (struct ir_component){
        .name = xstrndup(name, strlen(name)), .stack = 16384, .line = l->number};
    if (!take_elf(l, &c->elf) || !number(l, "stack", true, 1, MAX_STACK, &c->stack)) {
        return false;
    }
    c->stack = (c->stack + KAAL_PAGE_SIZE - 1) & ~(uint64_t)(KAAL_PAGE_SIZE - 1);
    return finish(l, "component <name> elf=<path> [stack=16K]");
}

static bool parse_kind(const struct line *l, const char *word, uint32_t *kind)
{
    for (uint32_t k = 1; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        if (strcmp(word, kinds[k]) == 0) {
            *kind = k;
            return true;
        }
    }
    return line_fail(l, "port kind '%s' is not supported. Known: calls serves notifies notified",
                     word);
}

static bool parse_port(struct line *l)
{
    struct ir *ir = l->ir;
    if (ir->component_count == 0 || ir->instance_count > 0) {
        return line_fail(l, "a port follows its component, above all instances");
    }
    struct ir_component *c = &ir->components[ir->component_count - 1];
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
    if (!number(l, "slot", false, 0, KAAL_STARTUP_MAX_PORTS - 1, &slot)) {
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
    return finish(l, "port <name> <kind> slot=<n> [optional]");
}

static struct ir_instance *find_instance(const struct ir *ir, const char *name, size_t length)
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
    const struct ir_instance *twin = find_instance(ir, name, strlen(name));
    if (twin != NULL) {
        return line_fail(l, "there is an instance '%s' already, line %u", name, twin->line);
    }
    const char *component = attribute(l, "component");
    if (component == NULL) {
        return line_fail(l, "instance '%s' needs component=<name>", name);
    }
    const struct ir_component *c = find_component(ir, component);
    if (c == NULL) {
        return line_fail(l, "instance '%s': there is no component '%s' above", name, component);
    }
    uint64_t prio = 100, budget = 10000, period = 10000;
    const uint64_t longest = 3600ULL * 1000 * 1000;
    if (!number(l, "prio", false, 0, KAAL_MAX_PRIORITY, &prio) ||
        !number(l, "budget", false, 1, longest, &budget) ||
        !number(l, "period", false, 1, longest, &period) ||
        !finish(l, "instance <name> component=<component> [prio=100] [budget=10000] "
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
        .line = l->number,
        .first_port = ir->port_count,
    };
    ir->port_count += c->port_count;
    return true;
}

/* Resolves "<instance>.<port>" to its port and the port's number. */
static bool parse_end(const struct line *l, const char *word, const struct ir_port **port,
                      uint32_t *index)
{
    const struct ir *ir = l->ir;
    const char *dot = strchr(word, '.');
    if (dot == NULL || dot == word || dot[1] == '\0') {
        return line_fail(l, "'%s' is not <instance>.<port>", word);
    }
    const struct ir_instance *in = find_instance(ir, word, (size_t)(dot - word));
    if (in == NULL) {
        return line_fail(l, "K020 '%s': there is no instance '%.*s' above", word, (int)(dot - word),
                         word);
    }
    const struct ir_component *c = &ir->components[in->component];
    char list[512] = "";
    for (uint32_t i = 0; i < c->port_count; i++) {
        if (strcmp(c->ports[i].name, dot + 1) == 0) {
            *port = &c->ports[i];
            *index = in->first_port + i;
            return true;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof(list) - used, "%s%s (%s)", i > 0 ? ", " : "", c->ports[i].name,
                 kinds[c->ports[i].kind]);
    }
    return line_fail(l, "K020 '%s': component '%s' has no port '%s'. Its ports: %s", word, c->name,
                     dot + 1, c->port_count > 0 ? list : "none");
}

/* The end that starts a conversation may have one channel only. */
static bool is_active(uint32_t kind)
{
    return kind == KAAL_PORT_CALLS || kind == KAAL_PORT_NOTIFIES;
}

static bool parse_channel(struct line *l)
{
    struct ir *ir = l->ir;
    if (l->count != 3) {
        return line_fail(l, "Form: channel <instance>.<port> <instance>.<port>");
    }
    const char *from = l->words[1];
    const struct ir_port *a, *b;
    struct ir_channel c;
    if (!parse_end(l, from, &a, &c.from) || !parse_end(l, l->words[2], &b, &c.to)) {
        return false;
    }
    if (!is_active(a->kind)) {
        const struct ir_port *p = a;
        a = b;
        b = p;
        c = (struct ir_channel){c.to, c.from};
        from = l->words[2];
    }
    if (!is_active(a->kind) || b->kind != a->kind + 1) {
        return line_fail(l,
                         "K021 '%s' (%s) cannot be joined to '%s' (%s). A channel joins "
                         "calls->serves or notifies->notified",
                         l->words[1], kinds[from == l->words[1] ? a->kind : b->kind], l->words[2],
                         kinds[from == l->words[1] ? b->kind : a->kind]);
    }
    for (uint32_t i = 0; i < ir->channel_count; i++) {
        if (ir->channels[i].from == c.from) {
            return line_fail(l, "'%s' (%s) has a channel already", from, kinds[a->kind]);
        }
    }
    ir->channels = xrealloc(ir->channels, (ir->channel_count + 1) * sizeof(ir->channels[0]));
    ir->channels[ir->channel_count++] = c;
    return true;
}

static bool parse_line(struct line *l)
{
    static const struct {
        const char *word;
        bool (*parse)(struct line *l);
    } forms[] = {
        {"root", parse_root},         {"component", parse_component}, {"port", parse_port},
        {"instance", parse_instance}, {"channel", parse_channel},
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (strcmp(l->words[0], forms[i].word) == 0) {
            return forms[i].parse(l);
        }
    }
    return line_fail(l, "'%s' is not supported. Known: root component port instance channel",
                     l->words[0]);
}

/* K022: a port that is not optional is at an end of some channel. */
static bool check_connected(const struct ir *ir, struct error *e)
{
    bool *connected = xcalloc(ir->port_count, sizeof(bool));
    for (uint32_t i = 0; i < ir->channel_count; i++) {
        connected[ir->channels[i].from] = true;
        connected[ir->channels[i].to] = true;
    }
    bool ok = true;
    for (uint32_t i = 0; ok && i < ir->instance_count; i++) {
        const struct ir_instance *in = &ir->instances[i];
        const struct ir_component *c = &ir->components[in->component];
        for (uint32_t p = 0; ok && p < c->port_count; p++) {
            if (!connected[in->first_port + p] && !c->ports[p].optional) {
                const char *name = c->ports[p].name;
                ok = set_error(
                    e,
                    "%s:%u: K022 port '%s.%s' is not connected. Connect it with "
                    "kaal_channel(<system> %s.%s <inst>.<port>) or declare it %s:%s:optional",
                    ir->path, in->line, in->name, name, in->name, name, name,
                    kinds[c->ports[p].kind]);
            }
        }
    }
    free(connected);
    return ok;
}

/* Cuts the line at text into words in place. */
static bool split(struct line *l, char *text)
{
    l->count = 0;
    l->taken = 1;
    for (char *w; (w = next_word(&text)) != NULL;) {
        if (l->count == MAX_WORDS) {
            return line_fail(l, "more than %d words", MAX_WORDS);
        }
        l->words[l->count++] = w;
    }
    return true;
}

bool ir_parse(const char *path, const char *text, struct ir *out, struct error *e)
{
    *out = (struct ir){.path = path};
    char *copy = xstrndup(text, strlen(text));
    struct line l = {.ir = out, .e = e};
    bool ok = true, started = false;
    for (char *at = copy; ok && at != NULL;) {
        char *end = strchr(at, '\n');
        if (end != NULL) {
            *end++ = '\0';
        }
        l.number++;
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
    free(copy);
    if (ok && !started) {
        ok = set_error(e, "%s:1: a system description begins with 'kaal 1'", path);
    }
    if (ok && out->root == NULL) {
        ok = set_error(e, "%s:%u: there is no root task: root elf=<path>", path, l.number);
    }
    return ok && check_connected(out, e);
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
    free(ir->root);
    *ir = (struct ir){0};
}
