/* SPDX-License-Identifier: Apache-2.0 */
/* The packed system and the programs in it: what is right is read, what is
 * wrong in any one place is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loader/elf.h"
#include "loader/payload.h"
#include "loader_fail.h"

#define LOW  UINT64_C(0x1000)
#define HIGH UINT64_C(0x800000000000)

struct file_header {
    unsigned char ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct program_header {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct program {
    struct file_header h;
    struct program_header p[3];
    unsigned char bytes[1000];
};

static struct program sample(void)
{
    struct program f = {
        .h = {.ident = {0x7f, 'E', 'L', 'F', 2, 1, 1},
              .type = 2,
              .machine = 183,
              .entry = 0x400010,
              .phoff = 64,
              .phentsize = 56,
              .phnum = 3},
        .p = {{1, ELF_PF_R | ELF_PF_X, offsetof(struct program, bytes), 0x400000, 0, 100, 100,
               4096},
              {0x6474e551, ELF_PF_R | ELF_PF_W, 0, 0, 0, 0, 0, 16},
              {1, ELF_PF_R | ELF_PF_W, offsetof(struct program, bytes) + 100, 0x401020, 0, 900,
               5000, 4096}},
    };
    for (unsigned i = 0; i < sizeof(f.bytes); i++) {
        f.bytes[i] = (unsigned char)(i + 1);
    }
    return f;
}

static void attempt_elf(const void *file, uint64_t size, struct elf_image *out)
{
    void *exact = malloc(size + (size == 0)); /* the sanitizer watches its end */
    memcpy(exact, file, size);
    ATTEMPT(elf_read("test", exact, size, LOW, HIGH, out));
    free(exact);
}

static void elf_right(void **state)
{
    (void)state;
    struct program f = sample();
    struct elf_image image;
    attempt_elf(&f, sizeof(f), &image);
    assert_null(loader_error);
    assert_int_equal(image.entry, 0x400010);
    assert_int_equal(image.segment_count, 2);
    const struct elf_segment *s = &image.segments[1];
    assert_int_equal(s->page_vaddr, 0x401000);
    assert_int_equal(s->page_bytes, 0x2000);
    assert_int_equal(s->flags, ELF_PF_R | ELF_PF_W);
    unsigned char *to = malloc(0x2000);
    memset(to, 0xee, 0x2000);
    elf_load(&f, s, to);
    for (unsigned i = 0; i < 0x2000; i++) {
        assert_int_equal(to[i], i >= 0x20 && i < 0x20 + 900 ? f.bytes[100 + i - 0x20] : 0);
    }
    free(to);
}

static void test_b23_elf_every_length(void **state)
{
    (void)state;
    struct program f = sample();
    struct elf_image image;
    for (uint64_t size = 0; size < sizeof(f); size++) {
        attempt_elf(&f, size, &image);
        assert_non_null(loader_error);
    }
}

#define REFUSE(change, text)                         \
    do {                                             \
        struct program f = sample();                 \
        struct elf_image image;                      \
        change;                                      \
        attempt_elf(&f, sizeof(f), &image);          \
        assert_non_null(loader_error);               \
        assert_non_null(strstr(loader_error, text)); \
    } while (0)

static void test_b23_elf_wrong(void **state)
{
    (void)state;
    REFUSE(f.h.ident[0] = 0, "not a 64-bit AArch64");
    REFUSE(f.h.ident[4] = 1, "not a 64-bit AArch64");
    REFUSE(f.h.ident[5] = 2, "not a 64-bit AArch64");
    REFUSE(f.h.machine = 62, "not a 64-bit AArch64");
    REFUSE(f.h.type = 3, "not linked at a fixed address");
    REFUSE(f.h.phentsize = 32, "program headers outside");
    REFUSE(f.h.phnum = 60, "program headers outside");
    REFUSE(f.h.phoff = UINT64_MAX - 8, "program headers outside");
    REFUSE(f.p[1].type = 2, "dynamic linker");
    REFUSE(f.p[1].type = 3, "dynamic linker");
    REFUSE(f.p[0].offset = UINT64_MAX - 10, "segment outside the file");
    REFUSE((f.p[2].filesz = 901, f.p[2].memsz = 5000), "segment outside the file");
    REFUSE(f.p[0].memsz = 99, "larger in the file");
    REFUSE((f.p[0].memsz = UINT64_MAX - 0x400000), "address space");
    REFUSE(f.p[0].memsz = UINT64_MAX, "address space");
    REFUSE(f.p[0].vaddr = 0, "address space");
    REFUSE((f.p[2].vaddr = HIGH - 100), "address space");
    REFUSE(f.p[0].flags = 7, "writable and executable");
    REFUSE(f.p[2].vaddr = 0x400064, "sharing a page");
    REFUSE(f.p[2].vaddr = 0x3f0000, "not ascending");
    REFUSE(f.p[0].memsz = 0x1021, "sharing a page");
    REFUSE(f.h.entry = 0, "no entry point");
    REFUSE(f.h.entry = 0x400012, "no entry point");
    REFUSE(f.h.entry = 0x400064, "no entry point");
    REFUSE(f.h.entry = 0x401020, "no entry point");
    REFUSE(f.h.phnum = 0, "no entry point");
}

static void elf_too_many_segments(void **state)
{
    (void)state;
    struct {
        struct file_header h;
        struct program_header p[KAAL_BOOT_MAX_SEGMENTS + 1];
    } f = {.h = sample().h};
    struct elf_image image;
    f.h.phnum = KAAL_BOOT_MAX_SEGMENTS + 1;
    for (unsigned i = 0; i <= KAAL_BOOT_MAX_SEGMENTS; i++) {
        f.p[i] =
            (struct program_header){1, ELF_PF_R | ELF_PF_X, 0, 0x400000 + i * 4096, 0, 64, 64, 0};
    }
    attempt_elf(&f, sizeof(f), &image);
    assert_non_null(strstr(loader_error, "more than 6"));
    f.p[3].memsz = f.p[3].filesz = 0; /* an empty one is none */
    attempt_elf(&f, sizeof(f), &image);
    assert_null(loader_error);
    assert_int_equal(image.segment_count, KAAL_BOOT_MAX_SEGMENTS);
}

/* A payload of one page: kernel, root task, a component and a system table. */
struct packed {
    _Alignas(64) struct {
        uint32_t magic, version, abi, entry_count;
        uint64_t size, checksum;
    } h; /* struct kaal_image_header */
    struct kaal_image_entry e[4];
    unsigned char rest[4096 - 32 - 4 * 64];
};

static void sign(struct packed *p)
{
    uint32_t words[sizeof(*p) / 4];
    p->h.checksum = 0;
    memcpy(words, p, sizeof(words));
    p->h.checksum = kaal_image_checksum(words, sizeof(words) / sizeof(words[0]));
}

static void fill(struct packed *p)
{
    memset(p, 0, sizeof(*p));
    p->h.magic = KAAL_IMAGE_MAGIC;
    p->h.version = KAAL_IMAGE_VERSION;
    p->h.abi = KAAL_ABI;
    p->h.entry_count = 4;
    p->h.size = sizeof(*p);
    for (uint32_t i = 0; i < 4; i++) {
        p->e[i] = (struct kaal_image_entry){.kind = i + 1, .offset = 320 + i * 64, .size = 10};
        memcpy(p->e[i].name, "name", 4);
    }
}

static void attempt_payload(const struct packed *p, uint64_t room, struct payload *out)
{
    unsigned char *exact = aligned_alloc(64, sizeof(*p));
    memcpy(exact, p, sizeof(*p));
    ATTEMPT(payload_check(exact, room, out));
    assert_memory_equal(exact, p, sizeof(*p)); /* the checksum is put back */
    free(exact);
}

#define BAD_PAYLOAD(change, text)                    \
    do {                                             \
        static struct packed p;                      \
        struct payload out;                          \
        fill(&p);                                    \
        change;                                      \
        sign(&p);                                    \
        attempt_payload(&p, sizeof(p), &out);        \
        assert_non_null(loader_error);               \
        assert_non_null(strstr(loader_error, text)); \
    } while (0)

static void payload_right(void **state)
{
    (void)state;
    static struct packed p;
    struct payload out;
    fill(&p);
    sign(&p);
    attempt_payload(&p, sizeof(p), &out);
    assert_null(loader_error);
    ATTEMPT(payload_check(&p, sizeof(p), &out));
    assert_ptr_equal(out.kernel, &p.e[0]);
    assert_ptr_equal(out.root, &p.e[1]);
    assert_ptr_equal(payload_data(&out, out.root), (unsigned char *)&p + 384);

    attempt_payload(&p, 31, &out);
    assert_non_null(strstr(loader_error, "no packed system"));
    attempt_payload(&p, 4095, &out);
    assert_non_null(strstr(loader_error, "larger than the memory"));
}

static void test_b23_payload_wrong(void **state)
{
    (void)state;
    BAD_PAYLOAD(p.h.magic = 0, "no packed system");
    BAD_PAYLOAD(p.h.version++, "another version");
    BAD_PAYLOAD(p.h.abi++, "another version");
    BAD_PAYLOAD(p.h.size = UINT64_MAX & ~UINT64_C(4095), "larger than the memory");
    BAD_PAYLOAD(p.h.size = 4088, "impossible");
    BAD_PAYLOAD(p.h.size = 0, "impossible");
    BAD_PAYLOAD(p.h.entry_count = 0, "impossible");
    BAD_PAYLOAD(p.h.entry_count = 64, "impossible");
    BAD_PAYLOAD(p.h.entry_count = UINT32_MAX, "impossible");
    BAD_PAYLOAD(p.e[1].offset = 256, "entry outside");
    BAD_PAYLOAD(p.e[1].offset = 321, "entry outside");
    BAD_PAYLOAD(p.e[1].offset = 4096 + 64, "entry outside");
    BAD_PAYLOAD(p.e[1].size = UINT64_MAX - 300, "entry outside");
    BAD_PAYLOAD(p.e[3].size = 4096, "entry outside");
    BAD_PAYLOAD(memset(p.e[2].name, 'x', KAAL_IMAGE_NAME_MAX), "without end");
    BAD_PAYLOAD(p.e[2].kind = 5, "unknown kind");
    BAD_PAYLOAD(p.e[2].kind = 0, "unknown kind");
    BAD_PAYLOAD(p.e[1].kind = KAAL_IMAGE_KERNEL, "two kernels");
    BAD_PAYLOAD(p.e[2].kind = KAAL_IMAGE_ROOT, "two kernels");
    BAD_PAYLOAD(p.e[2].kind = KAAL_IMAGE_SYSTEM, "two kernels");
    BAD_PAYLOAD(p.e[0].kind = KAAL_IMAGE_COMPONENT, "no kernel");
    BAD_PAYLOAD(p.e[1].kind = KAAL_IMAGE_COMPONENT, "no kernel");
}

/* Every single damaged byte is noticed. */
static void payload_every_byte(void **state)
{
    (void)state;
    static struct packed p;
    struct payload out;
    fill(&p);
    sign(&p);
    for (unsigned i = 0; i < sizeof(p); i++) {
        unsigned char *at = (unsigned char *)&p + i;
        *at ^= 0x5a;
        attempt_payload(&p, sizeof(p), &out);
        assert_non_null(loader_error);
        *at ^= 0x5a;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elf_right),          cmocka_unit_test(test_b23_elf_every_length),
        cmocka_unit_test(test_b23_elf_wrong), cmocka_unit_test(elf_too_many_segments),
        cmocka_unit_test(payload_right),      cmocka_unit_test(test_b23_payload_wrong),
        cmocka_unit_test(payload_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
