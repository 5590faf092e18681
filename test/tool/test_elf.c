/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "elf_file.h"
#include "make_elf.h"

#include <kaal/boot_params.h>

static bool check(struct small_elf *s, size_t size, enum elf_role role, struct error *e)
{
    /* An exact copy, so that reading behind its end is found. */
    struct bytes b = {malloc(size), size};
    memcpy(b.data, s, size);
    bool ok = elf_check(&b, role, "component 'x'", e);
    free(b.data);
    return ok;
}

static void accepts_a_program(void **state)
{
    (void)state;
    struct small_elf s;
    struct error e;
    make_elf(&s, 0x400000);
    assert_true(check(&s, sizeof(s), ELF_COMPONENT, &e));
    assert_true(check(&s, sizeof(s), ELF_ROOT, &e));
    make_elf(&s, KAAL_KERNEL_BASE);
    assert_true(check(&s, sizeof(s), ELF_KERNEL, &e));
}

static void no_prefix_is_a_program(void **state)
{
    (void)state;
    struct small_elf s;
    struct error e;
    make_elf(&s, 0x400000);
    for (size_t n = 0; n < 0x2080; n++) {
        assert_false(check(&s, n, ELF_COMPONENT, &e));
    }
}

#define REFUSES(change, role, message)                 \
    do {                                               \
        struct small_elf s;                            \
        struct error e = {.text = ""};                 \
        make_elf(&s, 0x400000);                        \
        change;                                        \
        assert_false(check(&s, sizeof(s), role, &e));  \
        if (strstr(e.text, message) == NULL) {         \
            fail_msg("%s: said: %s", #change, e.text); \
        }                                              \
    } while (0)

static void refuses_what_cannot_be_loaded(void **state)
{
    (void)state;
    REFUSES(s.h.e_ident[0] = 0, ELF_COMPONENT, "is not an ELF file");
    REFUSES(s.h.e_ident[EI_CLASS] = ELFCLASS32, ELF_COMPONENT, "64-bit Arm");
    REFUSES(s.h.e_machine = EM_X86_64, ELF_COMPONENT, "was it compiled for this host?");
    REFUSES(s.h.e_type = ET_DYN, ELF_COMPONENT, "is not a static executable");
    REFUSES(s.h.e_phnum = 0, ELF_COMPONENT, "no valid program headers");
    REFUSES(s.h.e_phoff = UINT64_MAX, ELF_COMPONENT, "no valid program headers");
    REFUSES(s.h.e_phoff = ELF_BYTES - 1, ELF_COMPONENT, "no valid program headers");
    REFUSES(s.h.e_entry = 0, ELF_COMPONENT, "component 'x' has no entry point: nothing defines");
    REFUSES(s.h.e_entry = 0x401000, ELF_COMPONENT, "component 'x' has no entry point: 0x401000");
    REFUSES(s.h.e_entry = 0x400100, ELF_COMPONENT, "has no entry point");
    REFUSES(s.p[0].p_flags |= PF_W, ELF_COMPONENT, "0x400000 is writable and executable");
    REFUSES(s.p[0].p_filesz = 0x101, ELF_COMPONENT, "is cut off");
    REFUSES(s.p[1].p_offset = UINT64_MAX - 4095, ELF_COMPONENT, "is cut off");
    REFUSES(s.p[1].p_vaddr = 0x401010, ELF_COMPONENT, "-z max-page-size");
    REFUSES(s.p[1].p_vaddr = 0x400000, ELF_COMPONENT, "two segments share the page 0x400000");
    REFUSES(s.p[0].p_memsz = 0x1001, ELF_COMPONENT, "two segments share the page 0x401000");
    REFUSES(s.p[1].p_vaddr = 0, ELF_COMPONENT, "lies outside");
    REFUSES(s.p[1].p_vaddr = KAAL_USER_TOP, ELF_COMPONENT, "lies outside");
    REFUSES(s.p[1].p_memsz = UINT64_MAX, ELF_COMPONENT, "lies outside");
    REFUSES((void)s, ELF_KERNEL, "lies outside 0xffffffff80000000");
    REFUSES(s.note[5] = 77, ELF_COMPONENT,
            "K050 component 'x' was built for KaaL ABI 77, this kernel has ABI ");
    REFUSES(s.note[5] = 77, ELF_COMPONENT, ": rebuild it with KaaL " KAAL_VERSION);
    REFUSES(s.p[3].p_type = PT_NULL, ELF_ROOT, "has no KaaL ABI note");
    REFUSES(s.note[3] = 0, ELF_ROOT, "has no KaaL ABI note");
    REFUSES(s.p[3].p_offset = UINT64_MAX, ELF_ROOT, "has no KaaL ABI note");
    REFUSES(s.p[2].p_type = PT_INTERP, ELF_COMPONENT, "is dynamically linked");
    REFUSES(s.p[2].p_type = PT_DYNAMIC, ELF_COMPONENT, "is dynamically linked");
}

static void stripping_keeps_what_is_loaded(void **state)
{
    (void)state;
    struct small_elf s;
    struct error e;
    make_elf(&s, 0x400000);
    struct bytes b = {(uint8_t *)&s, sizeof(s)};
    elf_strip(&b);
    assert_int_equal(b.size, 0x2080);
    assert_int_equal(s.h.e_shoff, 0);
    assert_int_equal(s.h.e_shnum, 0);
    assert_true(check(&s, b.size, ELF_COMPONENT, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_a_program),
        cmocka_unit_test(no_prefix_is_a_program),
        cmocka_unit_test(refuses_what_cannot_be_loaded),
        cmocka_unit_test(stripping_keeps_what_is_loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
