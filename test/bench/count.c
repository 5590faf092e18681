/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU plugin: instructions of booting, and of each measured operation by
 * function of the kernel.
 *
 *   -plugin libcount.so,symbols=FILE,report=FILE,entry=ADDRESS
 *           [,program=FILE,samples=N]
 *
 * symbols, program: the output of "llvm-nm --numeric-sort" for the kernel, and
 * for the program that calls bench_measure() (helpers.S), N times for each
 * operation. entry: the loader's first instruction. The kernel alone runs in
 * the upper half of the address space. The report (JSON) has "boot_loader" and
 * "boot_kernel", from the first instruction of either to the root task's first,
 * and for each operation, in order, of its last sample: the kernel's instructions,
 * by function too; the isb and TLB maintenance instructions among them; and the
 * distinct lines of 64 bytes that it read or wrote, up to 511.
 *
 * An operation that enters the kernel twice, once from each of two threads, has
 * "ways", one for each entry: the lines that it read or wrote, but for those with
 * the two threads' registers, each with what it is, the function that came to it
 * first, and whether it was written.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"
#include "ways.h"

/* ---- What is used of QEMU's plugin interface, version 4 ---------------------- */

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS = 0 };
typedef void (*tb_callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*exec_callback)(unsigned vcpu, void *data);
typedef void (*access_callback)(unsigned vcpu, uint32_t info, uint64_t vaddr, void *data);
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_RW = 3 };
unsigned qemu_plugin_mem_size_shift(uint32_t info);
bool qemu_plugin_mem_is_store(uint32_t info);
typedef void (*exit_callback)(qemu_plugin_id_t id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_callback callback);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_callback callback,
                                            enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, access_callback callback,
                                      enum qemu_plugin_cb_flags flags, enum qemu_plugin_mem_rw rw,
                                      void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, exit_callback callback, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *dest, size_t length);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

__attribute__((visibility("default"))) int qemu_plugin_version = 4;
__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv);

/* ---- Counting ---------------------------------------------------------------------- */

enum { OPERATIONS_MAX = 256, FUNCTIONS_MAX = 40, LINES_MAX = 511 };

static uint64_t entry, measure_begin, measure_end;
static unsigned samples = 1, sample_count;
static uint64_t loader_count, kernel_count;
static enum { RESET, LOADER, KERNEL, BOOTED } stage;
static bool is_measuring;
static bool in_kernel;
static unsigned isb_count, tlbi_count, line_count;
static uint64_t lines[LINES_MAX];

static struct way ways[WAYS];
static unsigned entries; /* of the kernel in this sample */

static struct operation {
    unsigned total, isb, tlbi, lines;
    struct way ways[WAYS];
    bool has_ways;
    int count;
    struct {
        const char *name;
        unsigned used;
    } functions[FUNCTIONS_MAX];
} operations[OPERATIONS_MAX];
static unsigned operation_count;
static char report[1024];

/* The way that goes on, or NULL. */
static struct way *this_way(void)
{
    return is_measuring && entries >= 1 && entries <= WAYS ? &ways[entries - 1] : NULL;
}

static int more_used(const void *a, const void *b)
{
    const struct symbol *x = *(struct symbol *const *)a, *y = *(struct symbol *const *)b;
    return x->used != y->used ? (x->used < y->used ? 1 : -1) : strcmp(x->name, y->name);
}

/* The functions that were used, the most used ones first. */
static void keep_operation(void)
{
    static struct symbol *order[SYMBOLS_MAX];
    int used = 0;
    struct operation *o = &operations[operation_count];
    *o = (struct operation){.isb = isb_count, .tlbi = tlbi_count, .lines = line_count};
    memcpy(o->ways, ways, sizeof(ways));
    o->has_ways = entries == WAYS && ways_are_two(ways);
    for (int i = 0; i < functions.count; i++) {
        if (functions.all[i].used > 0) {
            order[used++] = &functions.all[i];
            o->total += functions.all[i].used;
        }
    }
    qsort(order, (size_t)used, sizeof(order[0]), more_used);
    for (; o->count < used && o->count < FUNCTIONS_MAX; o->count++) {
        o->functions[o->count].name = order[o->count]->name;
        o->functions[o->count].used = order[o->count]->used;
    }
}

static void end_sample(void)
{
    is_measuring = false;
    if (++sample_count % samples == 0 && operation_count < OPERATIONS_MAX) {
        keep_operation();
        operation_count++;
    }
}

static void write_report(qemu_plugin_id_t id, void *data)
{
    FILE *f = open_file(report, "w");
    (void)id;
    (void)data;
    fprintf(f, "{\"boot_loader\": %" PRIu64 ", \"boot_kernel\": %" PRIu64 ",\n \"operations\": [",
            loader_count + kernel_count, kernel_count);
    for (unsigned i = 0; i < operation_count; i++) {
        const struct operation *o = &operations[i];
        fprintf(f,
                "%s\n  {\"total\": %u, \"isb\": %u, \"tlbi\": %u, \"lines\": %u, \"functions\": [",
                i == 0 ? "" : ",", o->total, o->isb, o->tlbi, o->lines);
        for (int j = 0; j < o->count; j++) {
            fprintf(f, "%s{\"name\": \"%s\", \"instructions\": %u}", j == 0 ? "" : ", ",
                    o->functions[j].name, o->functions[j].used);
        }
        fprintf(f, "]");
        if (o->has_ways) {
            fprintf(f, ", \"ways\": ");
            ways_write(f, o->ways);
        }
        fprintf(f, "}");
    }
    fprintf(f, "]}\n");
    fclose(f);
}

static bool is_kernel(uint64_t address)
{
    return address >> 48 == 0xffff;
}

static void run_booting(uint64_t address)
{
    if (stage == RESET && address == entry) {
        stage = LOADER;
    } else if (stage == LOADER && is_kernel(address)) {
        stage = KERNEL;
    } else if (stage == KERNEL && !is_kernel(address)) {
        stage = BOOTED;
        write_report(0, NULL); /* whoever only boots is stopped without exit */
    }
    loader_count += stage == LOADER;
    kernel_count += stage == KERNEL;
}

static void run_kernel(uint64_t address)
{
    struct way *w;
    if (!is_measuring) {
        return;
    }
    entries += !in_kernel;
    symbol_at(&functions, address)->used++;
    w = this_way();
    if (w != NULL) {
        w->instructions++;
    }
}

static void run(unsigned vcpu, void *data)
{
    const uint64_t address = (uint64_t)(uintptr_t)data;
    (void)vcpu;
    if (stage != BOOTED) {
        run_booting(address);
    } else if (is_kernel(address)) {
        run_kernel(address);
    } else if (address == measure_begin) {
        is_measuring = true;
        isb_count = tlbi_count = line_count = entries = 0;
        memset(ways, 0, sizeof(ways));
        for (int i = 0; i < functions.count; i++) {
            functions.all[i].used = 0;
        }
    } else if (address == measure_end && is_measuring) {
        end_sample();
    }
    in_kernel = is_kernel(address);
}

static void count_isb(unsigned vcpu, void *data)
{
    struct way *w = this_way();
    (void)vcpu;
    (void)data;
    isb_count += is_measuring;
    if (w != NULL) {
        w->isb++;
    }
}

static void count_tlbi(unsigned vcpu, void *data)
{
    struct way *w = this_way();
    (void)vcpu;
    (void)data;
    tlbi_count += is_measuring;
    if (w != NULL) {
        w->tlbi++;
    }
}

static void touch_line(uint64_t line)
{
    for (unsigned i = 0; i < line_count; i++) {
        if (lines[i] == line) {
            return;
        }
    }
    if (line_count < LINES_MAX) {
        lines[line_count++] = line;
    }
}

static void touch(unsigned vcpu, uint32_t info, uint64_t vaddr, void *data)
{
    const uint64_t end = vaddr + (1U << qemu_plugin_mem_size_shift(info));
    struct way *w = this_way();
    (void)vcpu;
    if (!is_measuring) {
        return;
    }
    /* Word by word: the last may begin in the line before. */
    for (uint64_t word = vaddr & ~(uint64_t)7; word < end; word += 8) {
        touch_line(word / LINE_BYTES);
        if (w != NULL) {
            way_touch(w, word, (uint64_t)(uintptr_t)data, qemu_plugin_mem_is_store(info));
        }
    }
}

/* isb, and TLBI: Arm ARM C6.2.133 and C5.5. */
static void translate_kernel(struct qemu_plugin_insn *insn, uint64_t address)
{
    uint32_t code = 0;
    qemu_plugin_insn_data(insn, &code, sizeof(code));
    if (code == 0xd5033fdf) {
        qemu_plugin_register_vcpu_insn_exec_cb(insn, count_isb, QEMU_PLUGIN_CB_NO_REGS, NULL);
    } else if ((code & 0xfff8f000) == 0xd5088000) {
        qemu_plugin_register_vcpu_insn_exec_cb(insn, count_tlbi, QEMU_PLUGIN_CB_NO_REGS, NULL);
    }
    if (measure_begin != 0) {
        qemu_plugin_register_vcpu_mem_cb(insn, touch, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
                                         (void *)(uintptr_t)address);
    }
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        const uint64_t address = qemu_plugin_insn_vaddr(insn);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, run, QEMU_PLUGIN_CB_NO_REGS,
                                               (void *)(uintptr_t)address);
        if (is_kernel(address)) {
            translate_kernel(insn, address);
        }
    }
}

static const char *value_of(const char *argument, const char *name)
{
    const size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 ? argument + length : NULL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        const char *value;
        if ((value = value_of(argv[i], "symbols=")) != NULL) {
            symbols_read(value);
        } else if ((value = value_of(argv[i], "program=")) != NULL) {
            measure_begin = symbol_in(value, "bench_measure");
            measure_end = symbol_in(value, "bench_measured");
        } else if ((value = value_of(argv[i], "report=")) != NULL) {
            snprintf(report, sizeof(report), "%s", value);
        } else if ((value = value_of(argv[i], "entry=")) != NULL) {
            entry = strtoull(value, NULL, 0);
        } else if ((value = value_of(argv[i], "samples=")) != NULL && atoi(value) > 0) {
            samples = (unsigned)atoi(value);
        } else {
            fprintf(stderr, "count: unknown argument %s\n", argv[i]);
            return -1;
        }
    }
    if (functions.count == 0 || report[0] == '\0' || entry == 0) {
        fprintf(stderr, "count: symbols, report and entry are needed\n");
        return -1;
    }
    remove(report); /* an old one must not pass for this run's */
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    if (measure_begin != 0) {
        qemu_plugin_register_atexit_cb(id, write_report, NULL);
    }
    return 0;
}
