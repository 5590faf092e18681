/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "image.h"
#include "make_elf.h"

#include <kaal/boot_params.h>

static char dir[] = "/tmp/kaal-test-XXXXXX";

static const char *path(const char *name)
{
    static char buffers[4][128];
    static unsigned next;
    char *b = buffers[next++ % 4];
    snprintf(b, sizeof(buffers[0]), "%s/%s", dir, name);
    return b;
}

static void put(const char *name, const void *data, size_t size)
{
    struct error e;
    assert_true(write_file(path(name), data, size, &e));
}

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL) {
        return -1;
    }
    struct small_elf s;
    make_elf(&s, KAAL_KERNEL_BASE);
    put("kernel.elf", &s, sizeof(s));
    make_elf(&s, 0x400000);
    put("root.elf", &s, sizeof(s));
    s.h.e_entry = 0;
    put("noentry.elf", &s, sizeof(s));
    uint8_t loader[4096 + 512] = {0};
    uint64_t size = sizeof(loader);
    memcpy(loader + 16, &size, 8);
    memcpy(loader + 56, "ARM\x64", 4);
    put("loader.bin", loader, sizeof(loader));
    size++;
    memcpy(loader + 16, &size, 8);
    put("short.bin", loader, sizeof(loader));
    loader[56] = 'B';
    put("plain.bin", loader, sizeof(loader));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"kernel.elf", "root.elf",  "noentry.elf",
                                        "loader.bin", "short.bin", "plain.bin"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        unlink(path(names[i]));
    }
    return rmdir(dir);
}

static bool pack(const char *text, const char *loader, const char *kernel, struct bytes *out,
                 struct error *e)
{
    struct ir ir;
    bool ok = ir_parse(path("sys.kaal"), text, &ir, e) &&
              image_pack(&ir, path(loader), path(kernel), out, e);
    ir_free(&ir);
    return ok;
}

#define SYSTEM                                                                                  \
    "kaal 1\nroot elf=root.elf\n"                                                               \
    "component srv elf=root.elf stack=32K\nport ctl serves slot=0\n"                            \
    "component cli elf=root.elf\nport srv calls slot=0\nport x notified slot=1 optional\n"      \
    "instance server component=srv prio=200\ninstance client component=cli budget=1 period=3\n" \
    "channel client.srv server.ctl\n"

static void layout_is_the_contract(void **state)
{
    (void)state;
    struct bytes b;
    struct error e;
    assert_true(pack(SYSTEM, "loader.bin", "kernel.elf", &b, &e));
    assert_int_equal(b.size % 4096, 0);
    uint64_t size;
    memcpy(&size, b.data + 16, 8);
    assert_int_equal(size, b.size);

    const struct kaal_image_header *h = (void *)(b.data + 8192); /* 4608 bytes, padded */
    assert_int_equal(h->magic, KAAL_IMAGE_MAGIC);
    assert_int_equal(h->version, KAAL_IMAGE_VERSION);
    assert_int_equal(h->abi, KAAL_ABI);
    assert_int_equal(h->size, b.size - 8192);
    assert_int_equal(h->entry_count, 5);
    static const uint32_t kinds[] = {KAAL_IMAGE_KERNEL, KAAL_IMAGE_ROOT, KAAL_IMAGE_SYSTEM,
                                     KAAL_IMAGE_COMPONENT, KAAL_IMAGE_COMPONENT};
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(h->entries[i].kind, kinds[i]);
        assert_int_equal(h->entries[i].offset % KAAL_IMAGE_DATA_ALIGN, 0);
    }
    assert_string_equal(h->entries[3].name, "srv");
    assert_memory_equal((uint8_t *)h + h->entries[3].offset, ELFMAG, SELFMAG);

    const struct kaal_system *s = (void *)((uint8_t *)h + h->entries[2].offset);
    assert_int_equal(s->magic, KAAL_SYSTEM_MAGIC);
    assert_int_equal(s->instance_count, 2);
    assert_int_equal(s->port_count, 3);
    assert_int_equal(s->channel_count, 1);
    const struct kaal_system_instance *in = (void *)(s + 1);
    assert_string_equal(in[0].name, "server");
    assert_int_equal(in[0].component, 3);
    assert_int_equal(in[0].priority, 200);
    assert_int_equal(in[0].stack_bytes, 32768);
    assert_int_equal(in[1].component, 4);
    assert_int_equal(in[1].budget_us, 1);
    assert_int_equal(in[1].period_us, 3);
    assert_int_equal(in[1].first_port, 1);
    assert_int_equal(in[1].port_count, 2);
    const struct kaal_system_port *p = (void *)(in + 2);
    assert_string_equal(p[2].name, "x");
    assert_int_equal(p[2].kind, KAAL_PORT_NOTIFIED);
    assert_int_equal(p[2].optional, 1);
    const struct kaal_system_channel *c = (void *)(p + 3);
    assert_int_equal(c->from, 1);
    assert_int_equal(c->to, 0);

    const struct kaal_image_header *found;
    assert_true(image_check(&b, &found, &e));
    assert_ptr_equal(found, h);
    free(b.data);
}

static void root_alone_has_no_table(void **state)
{
    (void)state;
    struct bytes b;
    struct error e;
    const struct kaal_image_header *h;
    assert_true(pack("kaal 1\nroot elf=root.elf\n", "loader.bin", "kernel.elf", &b, &e));
    assert_true(image_check(&b, &h, &e));
    assert_int_equal(h->entry_count, 2);
    free(b.data);
}

static void packing_is_reproducible(void **state)
{
    (void)state;
    struct bytes a, b;
    struct error e;
    assert_true(pack(SYSTEM, "loader.bin", "kernel.elf", &a, &e));
    assert_true(pack(SYSTEM, "loader.bin", "kernel.elf", &b, &e));
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
    free(a.data);
    free(b.data);
}

static void every_damage_is_found(void **state)
{
    (void)state;
    struct bytes b;
    struct error e;
    const struct kaal_image_header *h;
    assert_true(pack("kaal 1\nroot elf=root.elf\n", "loader.bin", "kernel.elf", &b, &e));
    for (size_t i = 8192; i < b.size; i += 61) { /* a prime, so all offsets in a line come up */
        b.data[i] ^= 0x10;
        if (image_check(&b, &h, &e)) {
            fail_msg("byte %zu changed and nothing noticed", i);
        }
        b.data[i] ^= 0x10;
    }
    b.size -= 4096;
    assert_false(image_check(&b, &h, &e));
    assert_non_null(strstr(e.text, "cut off"));
    free(b.data);
}

static void refuses(const char *text, const char *loader, const char *kernel, const char *message)
{
    struct bytes b;
    struct error e = {.text = ""};
    assert_false(pack(text, loader, kernel, &b, &e));
    if (strstr(e.text, message) == NULL) {
        fail_msg("said: %s", e.text);
    }
}

static void refuses_bad_parts(void **state)
{
    (void)state;
    const char *ok = "kaal 1\nroot elf=root.elf\n";
    refuses(ok, "plain.bin", "kernel.elf", "is not an arm64 Image");
    refuses(ok, "short.bin", "kernel.elf", "its header says 4609");
    refuses(ok, "none.bin", "kernel.elf", "cannot open");
    refuses(ok, "loader.bin", "root.elf", "the kernel: the segment at 0x400000 lies outside");
    refuses(ok, "loader.bin", "plain.bin", "the kernel is not an ELF file");
    refuses("kaal 1\nroot elf=none.elf\n", "loader.bin", "kernel.elf", "sys.kaal:2: cannot open");
    refuses("kaal 1\nroot elf=noentry.elf\n", "loader.bin", "kernel.elf",
            "sys.kaal:2: the root task has no entry point");
    refuses("kaal 1\nroot elf=root.elf\ncomponent x elf=noentry.elf\n", "loader.bin", "kernel.elf",
            "sys.kaal:3: component 'x' has no entry point: nothing defines _start");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout_is_the_contract),  cmocka_unit_test(root_alone_has_no_table),
        cmocka_unit_test(packing_is_reproducible), cmocka_unit_test(every_damage_is_found),
        cmocka_unit_test(refuses_bad_parts),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
