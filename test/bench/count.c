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
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- Symbols --------------------------------------------------------------------- */

enum {
    SYMBOLS_MAX = 4096,
    NAME_BYTES = 64,
    OPERATIONS_MAX = 256,
    FUNCTIONS_MAX = 40,
    LINES_MAX = 511
};

struct symbol {
    uint64_t address;
    char name[NAME_BYTES];
    unsigned used; /* instructions since the sample began */
};

static struct symbol symbols[SYMBOLS_MAX];
static int symbol_count;

static FILE *open_file(const char *path, const char *mode)
{
    FILE *f = fopen(path, mode);
    if (f == NULL) {
        fprintf(stderr, "count: cannot open %s\n", path);
        exit(2);
    }
    return f;
}

static bool next_symbol(FILE *f, struct symbol *s)
{
    char line[256], kind;
    while (fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, "%" SCNx64 " %c %63s", &s->address, &kind, s->name) == 3 &&
            (kind == 't' || kind == 'T') && s->name[0] != '$') {
            return true;
        }
    }
    return false;
}

static void read_symbols(const char *path)
{
    FILE *f = open_file(path, "r");
    while (symbol_count < SYMBOLS_MAX && next_symbol(f, &symbols[symbol_count])) {
        symbol_count++;
    }
    fclose(f);
}

static uint64_t address_in(const char *path, const char *name)
{
    FILE *f = open_file(path, "r");
    struct symbol s;
    while (next_symbol(f, &s)) {
        if (strcmp(s.name, name) == 0) {
            fclose(f);
            return s.address;
        }
    }
    fprintf(stderr, "count: %s has no %s\n", path, name);
    exit(2);
}

/* The function an address lies in: the last that begins at or below it. */
static struct symbol *symbol_at(uint64_t address)
{
    int low = 0, high = symbol_count;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        if (symbols[middle].address <= address) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &symbols[low];
}

/* ---- Counting ---------------------------------------------------------------------- */

static uint64_t entry, measure_begin, measure_end;
static unsigned samples = 1, sample_count;
static uint64_t loader_count, kernel_count;
static enum { RESET, LOADER, KERNEL, BOOTED } stage;
static bool is_measuring;
static unsigned isb_count, tlbi_count, line_count;
static uint64_t lines[LINES_MAX];

static struct operation {
    unsigned total, isb, tlbi, lines;
    int count;
    struct {
        const char *name;
        unsigned used;
    } functions[FUNCTIONS_MAX];
} operations[OPERATIONS_MAX];
static unsigned operation_count;
static char report[1024];

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
    for (int i = 0; i < symbol_count; i++) {
        if (symbols[i].used > 0) {
            order[used++] = &symbols[i];
            o->total += symbols[i].used;
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
        fprintf(f, "]}");
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

static void run(unsigned vcpu, void *data)
{
    const uint64_t address = (uint64_t)(uintptr_t)data;
    (void)vcpu;
    if (stage != BOOTED) {
        run_booting(address);
    } else if (is_kernel(address)) {
        symbol_at(address)->used += is_measuring;
    } else if (address == measure_begin) {
        is_measuring = true;
        isb_count = tlbi_count = line_count = 0;
        for (int i = 0; i < symbol_count; i++) {
            symbols[i].used = 0;
        }
    } else if (address == measure_end && is_measuring) {
        end_sample();
    }
}

static void count_one(unsigned vcpu, void *data)
{
    (void)vcpu;
    *(unsigned *)data += is_measuring;
}

static void touch(unsigned vcpu, uint32_t info, uint64_t vaddr, void *data)
{
    const uint64_t line = vaddr / 64;
    (void)vcpu;
    (void)info;
    (void)data;
    for (unsigned i = 0; i < line_count; i++) {
        if (lines[i] == line) {
            return;
        }
    }
    if (is_measuring && line_count < LINES_MAX) {
        lines[line_count++] = line;
    }
}

/* isb, and TLBI: Arm ARM C6.2.133 and C5.5. */
static void translate_kernel(struct qemu_plugin_insn *insn)
{
    uint32_t code = 0;
    qemu_plugin_insn_data(insn, &code, sizeof(code));
    if (code == 0xd5033fdf) {
        qemu_plugin_register_vcpu_insn_exec_cb(insn, count_one, QEMU_PLUGIN_CB_NO_REGS, &isb_count);
    } else if ((code & 0xfff8f000) == 0xd5088000) {
        qemu_plugin_register_vcpu_insn_exec_cb(insn, count_one, QEMU_PLUGIN_CB_NO_REGS,
                                               &tlbi_count);
    }
    if (measure_begin != 0) {
        qemu_plugin_register_vcpu_mem_cb(insn, touch, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
                                         NULL);
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
            translate_kernel(insn);
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
            read_symbols(value);
        } else if ((value = value_of(argv[i], "program=")) != NULL) {
            measure_begin = address_in(value, "bench_measure");
            measure_end = address_in(value, "bench_measured");
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
    if (symbol_count == 0 || report[0] == '\0' || entry == 0) {
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
