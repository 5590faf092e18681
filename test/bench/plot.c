/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plot <scaling.json> <scaling-rules.json> <out.svg>
 * Cost over number of objects, both axes logarithmic: a panel for each way of
 * growing, a line for each operation. Reads the form that scaling-report.cmake
 * and scaling-rules.json have, one object a line, and no other.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPS = 100, SIZES = 4, PANELS = 3, NAME = 40, LINE = 400 };

/* In pixels. */
static const double width = 1380, height = 640, top = 78, plot_height = 486, plot_width = 220;
static const double panel_width = 450, left_margin = 76, label_gap = 34, label_height = 17;

struct op {
    char name[NAME];
    char grows[NAME];
    double cost[SIZES];
    unsigned count;
    double label; /* where it is, from the top */
};

struct panel {
    const char *grows, *title;
    double low, high; /* powers of ten */
    double left;
};

static struct op ops[MAX_OPS];
static unsigned op_count;

static const char *const colours[] = {"#1b5fa8", "#b3261e", "#1a7a3c", "#7a3fa0",
                                      "#a85a00", "#0b7285", "#555555", "#a0155e"};

static _Noreturn void fail(const char *what, const char *name)
{
    fprintf(stderr, "plot: %s: %s\n", name, what);
    exit(1);
}

static FILE *open_or_fail(const char *name, const char *mode)
{
    FILE *file = fopen(name, mode);
    if (file == NULL) {
        fail(strerror(errno), name);
    }
    return file;
}

/* ---- Reading ------------------------------------------------------------------------- */

static struct op *op_named(const char *name)
{
    for (unsigned i = 0; i < op_count; i++) {
        if (strcmp(ops[i].name, name) == 0) {
            return &ops[i];
        }
    }
    if (op_count == MAX_OPS) {
        fail("too many operations", name);
    }
    struct op *op = &ops[op_count++];
    (void)snprintf(op->name, sizeof(op->name), "%s", name);
    return op;
}

static void read_costs(const char *file_name)
{
    char line[LINE], name[NAME];
    double objects, cost;
    FILE *file = open_or_fail(file_name, "r");
    while (fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, " {\"op\": \"%39[^\"]\", \"objects\": %lf, \"kernel_instructions\": %lf",
                   name, &objects, &cost) != 3) {
            continue;
        }
        struct op *op = op_named(name);
        if (op->count == SIZES || objects != pow(10, op->count + 1) || cost < 1) {
            fail("not 10, 100, 1000 and 10000 objects", name);
        }
        op->cost[op->count++] = cost;
    }
    (void)fclose(file);
}

static void read_rules(const char *file_name)
{
    char line[LINE], name[NAME];
    FILE *file = open_or_fail(file_name, "r");
    while (fgets(line, sizeof(line), file) != NULL) {
        const char *grows = strstr(line, "\"grows\": \"");
        if (grows != NULL && sscanf(line, " {\"op\": \"%39[^\"]\"", name) == 1) {
            (void)sscanf(grows, "\"grows\": \"%39[^\"]\"", op_named(name)->grows);
        }
    }
    (void)fclose(file);
}

/* ---- Drawing -------------------------------------------------------------------------- */

static double x_of(const struct panel *p, unsigned size)
{
    return p->left + plot_width * size / (SIZES - 1);
}

static double y_of(const struct panel *p, double cost)
{
    return top + plot_height * (p->high - log10(cost)) / (p->high - p->low);
}

static void text(FILE *out, double x, double y, const char *anchor, const char *colour,
                 const char *words)
{
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>\n", x, y,
            anchor, colour, words);
}

static void line(FILE *out, double x1, double y1, double x2, double y2, const char *style)
{
    fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2,
            style);
}

/* 1234567 as "1,234,567". */
static void with_commas(double number, char *words, size_t size)
{
    char digits[NAME];
    const int length = snprintf(digits, sizeof(digits), "%.0f", number);
    size_t at = 0;
    for (int i = 0; i < length && at + 2 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            words[at++] = ',';
        }
        words[at++] = digits[i];
    }
    words[at] = '\0';
}

static void draw_grid(FILE *out, const struct panel *p)
{
    static const unsigned marks[] = {1, 2, 5};
    char words[NAME];
    for (int power = (int)floor(p->low); power <= (int)ceil(p->high); power++) {
        for (unsigned i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
            const double cost = marks[i] * pow(10, power), at = log10(cost);
            const bool is_close = p->high - p->low > 3; /* powers of ten alone */
            if (at < p->low - 1e-9 || at > p->high + 1e-9 || (is_close && i > 0)) {
                continue;
            }
            const double y = y_of(p, cost);
            line(out, p->left, y, p->left + plot_width, y, "stroke=\"#d5d5d5\"");
            with_commas(cost, words, sizeof(words));
            text(out, p->left - 8, y + 4, "end", "#333333", words);
        }
    }
    for (unsigned size = 0; size < SIZES; size++) {
        const double x = x_of(p, size);
        line(out, x, top, x, top + plot_height, "stroke=\"#d5d5d5\"");
        with_commas(pow(10, size + 1), words, sizeof(words));
        text(out, x, top + plot_height + 20, "middle", "#333333", words);
    }
    text(out, p->left + plot_width / 2.0, top + plot_height + 44, "middle", "#333333",
         "objects (n)");
}

static int by_last_cost(const void *a, const void *b)
{
    const struct op *x = *(const struct op *const *)a, *y = *(const struct op *const *)b;
    const double left = x->cost[SIZES - 1], right = y->cost[SIZES - 1];
    return left != right ? (left < right ? 1 : -1) : strcmp(x->name, y->name);
}

/* Labels as near to the ends of their lines as is possible without overlap: those
 * that would overlap stand in a row around the middle of their ends. */
static void place_labels(const struct panel *p, struct op **in, unsigned count)
{
    double middle[MAX_OPS], bottom = top + plot_height;
    unsigned size[MAX_OPS], rows = 0, at = 0;
    for (unsigned i = 0; i < count; i++) {
        /* Where the first of the row would be for this one to be at its end. */
        middle[rows] = y_of(p, in[i]->cost[SIZES - 1]) - label_height * i;
        size[rows++] = 1;
        while (rows > 1 && middle[rows - 2] > middle[rows - 1]) {
            const double sum =
                middle[rows - 2] * size[rows - 2] + middle[rows - 1] * size[rows - 1];
            rows--;
            size[rows - 1] += size[rows];
            middle[rows - 1] = sum / size[rows - 1];
        }
    }
    for (unsigned row = 0; row < rows; row++) {
        for (unsigned i = 0; i < size[row]; i++, at++) {
            in[at]->label = middle[row] + label_height * at;
        }
    }
    for (unsigned i = count; i-- > 0; bottom = in[i]->label - label_height) {
        in[i]->label = fmin(in[i]->label, bottom);
    }
    if (count > 0 && in[0]->label < top - label_height) {
        fail("too many operations for one panel", p->grows);
    }
}

static void draw_op(FILE *out, const struct panel *p, const struct op *op, const char *colour)
{
    char style[NAME * 2];
    const double end = y_of(p, op->cost[SIZES - 1]), right = p->left + plot_width;
    fprintf(out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" points=\"", colour);
    for (unsigned size = 0; size < SIZES; size++) {
        fprintf(out, "%.1f,%.1f ", x_of(p, size), y_of(p, op->cost[size]));
    }
    fprintf(out, "\"/>\n");
    for (unsigned size = 0; size < SIZES; size++) {
        fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\" fill=\"%s\"/>\n", x_of(p, size),
                y_of(p, op->cost[size]), colour);
    }
    (void)snprintf(style, sizeof(style), "stroke=\"%s\" stroke-width=\"0.7\"", colour);
    line(out, right + 4, end, right + label_gap - 4, op->label, style);
    text(out, right + label_gap, op->label + 4, "start", colour, op->name);
}

static void draw_panel(FILE *out, const struct panel *p)
{
    struct op *in[MAX_OPS];
    unsigned count = 0;
    for (unsigned i = 0; i < op_count; i++) {
        if (strcmp(ops[i].grows, p->grows) == 0) {
            in[count++] = &ops[i];
        }
    }
    qsort(in, count, sizeof(in[0]), by_last_cost);
    place_labels(p, in, count);
    fprintf(out, "<g font-size=\"15\" font-weight=\"bold\">\n");
    text(out, p->left, top - 28, "start", "#111111", p->title);
    fprintf(out, "</g>\n");
    draw_grid(out, p);
    for (unsigned i = 0; i < count; i++) {
        draw_op(out, p, in[i], colours[i % (sizeof(colours) / sizeof(colours[0]))]);
    }
}

/* log10 of the next mark of the axis below or above. */
static double mark_below(double cost)
{
    const double power = pow(10, floor(log10(cost))), digit = cost / power;
    return log10(power * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1));
}

static double mark_above(double cost)
{
    const double power = pow(10, floor(log10(cost))), digit = cost / power;
    return log10(power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10));
}

/* The least range, from mark to mark, that has all costs of the panel. */
static void set_range(struct panel *p)
{
    double low = INFINITY, high = 0;
    for (unsigned i = 0; i < op_count; i++) {
        for (unsigned size = 0; strcmp(ops[i].grows, p->grows) == 0 && size < SIZES; size++) {
            low = fmin(low, ops[i].cost[size]);
            high = fmax(high, ops[i].cost[size]);
        }
    }
    if (high == 0) {
        fail("no operation grows so", p->grows);
    }
    p->low = mark_below(low);
    p->high = mark_above(high);
}

/* So that their slopes can be compared. */
static void share_range(struct panel *a, struct panel *b)
{
    a->low = b->low = fmin(a->low, b->low);
    a->high = b->high = fmax(a->high, b->high);
}

static void draw(FILE *out)
{
    struct panel panels[PANELS] = {
        {.grows = "flat", .title = "flat: the same with any n"},
        {.grows = "log", .title = "log n: queues in order"},
        {.grows = "linear", .title = "linear: all n are touched"},
    };
    for (unsigned i = 0; i < PANELS; i++) {
        panels[i].left = left_margin + panel_width * i;
        set_range(&panels[i]);
    }
    share_range(&panels[0], &panels[1]);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
            "font-family=\"sans-serif\" font-size=\"13\">\n"
            "<rect width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\"/>\n",
            width, height, width, height);
    text(out, left_margin - 56, 24, "start", "#333333",
         "Instructions of the kernel, over the number of objects. Both axes are logarithmic.");
    for (unsigned i = 0; i < PANELS; i++) {
        draw_panel(out, &panels[i]);
    }
    fprintf(out, "</svg>\n");
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: plot <scaling.json> <scaling-rules.json> <out.svg>\n");
        return 2;
    }
    read_costs(argv[1]);
    read_rules(argv[2]);
    for (unsigned i = 0; i < op_count; i++) {
        if (ops[i].count != SIZES || ops[i].grows[0] == '\0') {
            fail("has not all sizes, or no rule", ops[i].name);
        }
    }
    FILE *out = open_or_fail(argv[3], "w");
    draw(out);
    if (fclose(out) != 0) {
        fail(strerror(errno), argv[3]);
    }
    return 0;
}
