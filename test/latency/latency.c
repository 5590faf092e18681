/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU plugin: how many instructions the kernel executes with interrupts
 * masked, without looking whether one is pending.
 *
 *   -plugin liblatency.so,symbols=FILE,report=FILE[,blind=on]
 *
 * symbols: the output of "llvm-nm --numeric-sort kernel.elf". The kernel runs
 * in the upper half of the address space with interrupts masked. A span begins
 * when it is entered, or where it asks for pending interrupts (reads ISR_EL1) or
 * wakes from idling (wfi), and ends at the next of these, or when the kernel is
 * left, or with the run. Booting, up to the first instruction of user space, is
 * not counted. blind: as if the kernel never asked for pending interrupts.
 *
 * The report (JSON) has how often user space was left for the kernel, the number
 * of spans, the longest, the 99.9th percentile, the lengths as [length, number],
 * and the ten worst, one for each operation: named by the invocation it
 * performs, else by the function that takes most of it, of which there may be
 * several then, that differ in the block that takes most ("at"). It is written when the
 * emulator ends by itself, or gets SIGTERM, which this handles in its place: an
 * emulator that waits for an interrupt that never comes does not.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- What is used of QEMU's plugin interface, version 4 ---------------------- */

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS = 0 };
typedef void (*tb_callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*exec_callback)(unsigned vcpu, void *data);
typedef void (*exit_callback)(qemu_plugin_id_t id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_callback callback);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, exec_callback callback,
                                          enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_callback callback,
                                            enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, exit_callback callback, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *dest, size_t length);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

__attribute__((visibility("default"))) int qemu_plugin_version = 4;
__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv);

/* ---- Symbols --------------------------------------------------------------------- */

enum { SYMBOLS_MAX = 4096, NAME_BYTES = 64 };

struct symbol {
    uint64_t address;
    char name[NAME_BYTES];
    unsigned used; /* instructions in this span */
};

static struct symbol symbols[SYMBOLS_MAX];
static int symbol_count;
static uint64_t vectors, start;

static uint64_t address_of(const char *name)
{
    for (int i = 0; i < symbol_count; i++) {
        if (strcmp(symbols[i].name, name) == 0) {
            return symbols[i].address;
        }
    }
    fprintf(stderr, "latency: the kernel has no symbol %s\n", name);
    exit(2);
}

static void read_symbols(const char *path)
{
    char line[256], kind;
    FILE *f = path == NULL ? NULL : fopen(path, "r");
    if (f == NULL) {
        fprintf(stderr, "latency: no symbols\n");
        exit(2);
    }
    while (fgets(line, sizeof(line), f) != NULL && symbol_count < SYMBOLS_MAX) {
        struct symbol *s = &symbols[symbol_count];
        if (sscanf(line, "%" SCNx64 " %c %63s", &s->address, &kind, s->name) == 3 &&
            (kind == 't' || kind == 'T') && s->name[0] != '$') {
            symbol_count++;
        }
    }
    fclose(f);
    vectors = address_of("arch_vectors");
    start = address_of("kernel_start");
}

/* The function an address lies in: the last that begins at or below it. */
static int symbol_at(uint64_t address)
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
    return low;
}

/* ---- Spans ------------------------------------------------------------------------ */

enum {
    HISTOGRAM = 65536,
    WORST = 10,
    TOUCHED_MAX = 512,
    BLOCKS_MAX = 8192,
    VECTORS_BYTES = 0x1000,
    VECTOR = 0x80
};

struct block {
    uint64_t address;
    unsigned instructions;
    int symbol;
    unsigned used; /* instructions in this span */
};

struct span {
    uint64_t length;
    uint64_t at; /* block that takes most of it */
    int name;    /* of what it does */
    int began;   /* function it begins in */
    int most;    /* function that takes most of it */
    unsigned most_used;
    bool is_invocation;
};

static unsigned long histogram[HISTOGRAM];
static unsigned long span_count, entry_count;
static struct span worst[WORST];
static struct span now;
static int touched[TOUCHED_MAX];
static int touched_count;
static struct block *blocks[BLOCKS_MAX]; /* of this span */
static int block_count;
static bool in_kernel, has_booted, is_blind;
static int operation = -1; /* invocation handler of this kernel entry */

/* Of one operation? */
static bool is_same(const struct span *a, const struct span *b)
{
    return a->name == b->name && (a->is_invocation || a->at == b->at);
}

static void keep_if_worst(const struct span *span)
{
    int place = -1;
    for (int i = 0; i < WORST; i++) {
        if (worst[i].length > 0 && is_same(&worst[i], span)) {
            place = i;
            break;
        }
        if (place < 0 || worst[i].length < worst[place].length) {
            place = i;
        }
    }
    if (span->length > worst[place].length) {
        worst[place] = *span;
    }
}

static void forget_span(void)
{
    for (int i = 0; i < touched_count; i++) {
        symbols[touched[i]].used = 0;
    }
    for (int i = 0; i < block_count; i++) {
        blocks[i]->used = 0;
    }
    touched_count = block_count = 0;
    now.length = 0;
}

/* What takes most of the span. */
static void find_most(void)
{
    unsigned most = 0;
    now.most_used = 0;
    for (int i = 0; i < touched_count; i++) {
        if (symbols[touched[i]].used > now.most_used) {
            now.most_used = symbols[touched[i]].used;
            now.most = touched[i];
        }
    }
    for (int i = 0; i < block_count; i++) {
        if (blocks[i]->used > most) {
            most = blocks[i]->used;
            now.at = blocks[i]->address;
        }
    }
    now.is_invocation = operation >= 0;
    now.name = now.is_invocation ? operation : now.most;
}

static void end_span(void)
{
    if (now.length > 0 && has_booted) {
        find_most();
        histogram[now.length < HISTOGRAM ? now.length : HISTOGRAM - 1]++;
        span_count++;
        keep_if_worst(&now);
    }
    forget_span();
}

/* ---- SIGTERM ---------------------------------------------------------------------- */

static sem_t terminated;

static void on_terminate(int number)
{
    (void)number;
    sem_post(&terminated);
}

/* QEMU installs its own handler before the processor runs, and after the plugins
 * are there. */
static void take_terminate(void)
{
    static bool is_taken;
    const struct sigaction action = {.sa_handler = on_terminate};
    if (!is_taken) {
        is_taken = true;
        sigaction(SIGTERM, &action, NULL);
    }
}

/* Set when the report is to be written: nothing may change any more. */
static atomic_bool is_stopping;

static void stop_if_asked(void)
{
    while (atomic_load_explicit(&is_stopping, memory_order_relaxed)) {
        pause();
    }
}

/* ---- Execution ---------------------------------------------------------------------- */

/* An instruction that asks for interrupts, or waits for one. */
struct look {
    struct block *block;
    unsigned behind; /* instructions of the block behind it */
};

static void run_user(unsigned vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    stop_if_asked();
    if (in_kernel) {
        end_span();
        in_kernel = false;
        has_booted = true;
        operation = -1;
    }
}

static void lengthen(struct block *b, unsigned instructions)
{
    if (symbols[b->symbol].used == 0 && touched_count < TOUCHED_MAX) {
        touched[touched_count++] = b->symbol;
    }
    if (b->used == 0 && block_count < BLOCKS_MAX) {
        blocks[block_count++] = b;
    }
    symbols[b->symbol].used += instructions;
    b->used += instructions;
    now.began = now.length == 0 ? b->symbol : now.began;
    now.length += instructions;
}

static void run_kernel(unsigned vcpu, void *data)
{
    struct block *b = (struct block *)data;
    (void)vcpu;
    stop_if_asked();
    if (b->address == start) {
        forget_span();
        has_booted = false;
    } else if (b->address - vectors < VECTORS_BYTES && b->address % VECTOR == 0) {
        end_span();
        operation = -1;
    }
    entry_count += !in_kernel && has_booted;
    in_kernel = true;
    if (operation < 0 && strstr(symbols[b->symbol].name, "_inv_") != NULL) {
        operation = b->symbol;
    }
    lengthen(b, b->instructions);
}

/* Its block has been counted as a whole. */
static void run_look(unsigned vcpu, void *data)
{
    const struct look *l = (const struct look *)data;
    (void)vcpu;
    symbols[l->block->symbol].used -= l->behind;
    l->block->used -= l->behind;
    now.length -= l->behind;
    end_span();
    if (l->behind > 0) {
        lengthen(l->block, l->behind);
    }
}

static void *new_memory(size_t bytes)
{
    void *memory = calloc(1, bytes);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

/* "mrs x?, isr_el1" and "wfi": Arm ARM (DDI 0487) D19.2 and C6.2. */
static bool is_look(const struct qemu_plugin_insn *insn)
{
    uint32_t code = 0;
    qemu_plugin_insn_data(insn, &code, sizeof(code));
    return ((code & 0xffffffe0) == 0xd538c100 && !is_blind) || code == 0xd503207f;
}

static void translate_kernel(struct qemu_plugin_tb *tb, uint64_t address)
{
    const unsigned count = (unsigned)qemu_plugin_tb_n_insns(tb);
    struct block *b = new_memory(sizeof(*b));
    *b = (struct block){.address = address, .instructions = count, .symbol = symbol_at(address)};
    qemu_plugin_register_vcpu_tb_exec_cb(tb, run_kernel, QEMU_PLUGIN_CB_NO_REGS, b);
    for (unsigned i = 0; i < count; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        if (is_look(insn)) {
            struct look *l = new_memory(sizeof(*l));
            *l = (struct look){b, count - 1 - i};
            qemu_plugin_register_vcpu_insn_exec_cb(insn, run_look, QEMU_PLUGIN_CB_NO_REGS, l);
        }
    }
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    const uint64_t address = qemu_plugin_tb_vaddr(tb);
    (void)id;
    take_terminate();
    if (address >> 48 == 0xffff) {
        translate_kernel(tb, address);
    } else {
        qemu_plugin_register_vcpu_tb_exec_cb(tb, run_user, QEMU_PLUGIN_CB_NO_REGS, NULL);
    }
}

/* ---- Report --------------------------------------------------------------------------- */

static unsigned percentile(unsigned long per_mille)
{
    unsigned long below = 0;
    for (unsigned i = 0; i < HISTOGRAM; i++) {
        below += histogram[i];
        if (below * 1000 >= span_count * per_mille) {
            return i;
        }
    }
    return HISTOGRAM - 1;
}

static int longer(const void *a, const void *b)
{
    const uint64_t x = ((const struct span *)a)->length, y = ((const struct span *)b)->length;
    return x < y ? 1 : x > y ? -1 : 0;
}

static void write_histogram(FILE *f)
{
    const char *comma = "";
    for (unsigned i = 0; i < HISTOGRAM; i++) {
        if (histogram[i] > 0) {
            fprintf(f, "%s[%u, %lu]", comma, i, histogram[i]);
            comma = ", ";
        }
    }
}

static void write_report(qemu_plugin_id_t id, void *data)
{
    FILE *f = fopen((const char *)data, "w");
    (void)id;
    if (f == NULL) {
        fprintf(stderr, "latency: %s cannot be written\n", (const char *)data);
        return;
    }
    end_span();
    qsort(worst, WORST, sizeof(worst[0]), longer);
    fprintf(f,
            "{\"entries\": %lu, \"spans\": %lu, \"longest\": %" PRIu64
            ", \"p999\": %u, \"worst\": [\n",
            entry_count, span_count, worst[0].length, percentile(999));
    for (int i = 0; i < WORST && worst[i].length > 0; i++) {
        fprintf(f,
                "  %s{\"operation\": \"%s\", \"instructions\": %" PRIu64
                ", \"began_in\": \"%s\", \"most_in\": \"%s\", \"most\": %u, \"at\": \"%#" PRIx64
                "\"}\n",
                i == 0 ? "" : ",", symbols[worst[i].name].name, worst[i].length,
                symbols[worst[i].began].name, symbols[worst[i].most].name, worst[i].most_used,
                worst[i].at);
    }
    fprintf(f, "], \"lengths\": [");
    write_histogram(f);
    fprintf(f, "]}\n");
    fclose(f);
}

/* The processor's thread comes to stop_if_asked() at once, or waits for an
 * interrupt; it cannot be asked which, so it gets some time. */
static void *end_when_terminated(void *path)
{
    while (sem_wait(&terminated) != 0) {
    }
    atomic_store(&is_stopping, true);
    usleep(20000);
    write_report(0, path);
    _exit(0);
}

static bool start_ending_thread(char *path)
{
    pthread_t thread;
    return sem_init(&terminated, 0, 0) == 0 &&
           pthread_create(&thread, NULL, end_when_terminated, path) == 0;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
    const char *symbol_file = NULL;
    static char report[1024];
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "symbols=", 8) == 0) {
            symbol_file = argv[i] + 8;
        } else if (strncmp(argv[i], "report=", 7) == 0) {
            snprintf(report, sizeof(report), "%s", argv[i] + 7);
        } else if (strcmp(argv[i], "blind=on") == 0) {
            is_blind = true;
        } else {
            fprintf(stderr, "latency: unknown argument %s\n", argv[i]);
            return -1;
        }
    }
    read_symbols(symbol_file);
    remove(report); /* an old one must not pass for this run's */
    if (!start_ending_thread(report)) {
        fprintf(stderr, "latency: no thread\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, write_report, report);
    return 0;
}
