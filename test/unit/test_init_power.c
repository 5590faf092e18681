/* SPDX-License-Identifier: Apache-2.0 */
/* Where init finds a watchdog, and what it writes into its registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "loader_fail.h"
#include "sdk/broker/init/device.h"
#include "sdk/broker/init/watchdog.h"

/* ---- The devicetree ------------------------------------------------------------- */

static _Alignas(8) unsigned char blob[32768];

static void use(const char *path)
{
    static _Alignas(8) unsigned char file[16384];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_true(fread(file, 1, sizeof(file), f) > 1000);
    fclose(f);
    assert_int_equal(fdt_open_into(file, blob, sizeof(blob)), 0);
    const struct kaal_bootinfo bootinfo = {.devicetree = (uintptr_t)blob,
                                           .devicetree_bytes = sizeof(blob)};
    device_init(&bootinfo);
}

static int watchdog(void)
{
    return fdt_node_offset_by_compatible(blob, -1, "brcm,bcm2835-pm-wdt");
}

static bool found(uint64_t *paddr)
{
    bool result = false;
    *paddr = 0;
    ATTEMPT(result = device_watchdog(WATCHDOG_BYTES, paddr));
    assert_null(loader_error);
    return result;
}

/* 0x7e100000 on the bus of the peripherals, which begins at 0x7e000000, and at
 * 0xfe000000 for the processor. */
static void is_found_on_the_raspberry_pi(void **state)
{
    (void)state;
    uint64_t paddr;
    assert_false(found(&paddr)); /* no devicetree yet */
    use(RPI4_DTB);
    assert_true(found(&paddr));
    assert_int_equal(paddr, 0xfe100000);
    use(IMX8MP_DTB);
    assert_false(found(&paddr));
}

static void has_to_be_enabled(void **state)
{
    (void)state;
    uint64_t paddr;
    use(RPI4_DTB);
    assert_int_equal(fdt_setprop_string(blob, watchdog(), "status", "okay"), 0);
    assert_true(found(&paddr));
    assert_int_equal(fdt_setprop_string(blob, watchdog(), "status", "disabled"), 0);
    assert_false(found(&paddr));
}

static void registers_have_to_be_in_one_page(void **state)
{
    static const struct {
        uint32_t base, size;
        uint64_t paddr; /* 0: refused */
    } cases[] = {
        {0x7e100000, 0x28, 0xfe100000}, {0x7e100000, 0x27, 0}, {0x7e100000, 0, 0},
        {0x7e100fd8, 0x28, 0xfe100fd8}, {0x7e100fdc, 0x28, 0}, {0x7e100002, 0x28, 0},
        {0x10000000, 0x28, 0}, /* the bus has no such address */
    };
    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const fdt32_t reg[] = {cpu_to_fdt32(cases[i].base), cpu_to_fdt32(cases[i].size)};
        uint64_t paddr;
        use(RPI4_DTB);
        assert_int_equal(fdt_setprop(blob, watchdog(), "reg", reg, sizeof(reg)), 0);
        assert_int_equal(found(&paddr), cases[i].paddr != 0);
        if (cases[i].paddr != 0) {
            assert_int_equal(paddr, cases[i].paddr);
        }
    }
    uint64_t paddr;
    use(RPI4_DTB);
    assert_int_equal(fdt_delprop(blob, watchdog(), "reg"), 0);
    assert_false(found(&paddr));
}

/* ---- The registers ---------------------------------------------------------------- */

enum { RSTC = 0x1c / 4, RSTS = 0x20 / 4, WDOG = 0x24 / 4, REGISTERS = 0x28 / 4 };

/* As after a reset; RSTC and RSTS have bits that are not to be changed. */
static void reset(uint32_t *pm)
{
    memset(pm, 0, REGISTERS * sizeof(*pm));
    pm[RSTC] = 0x00000112;
    pm[RSTS] = 0x00001aaa | 0x004; /* the last boot was from partition 2 */
}

/* Each write has the password; nothing but the three registers changes. */
static void check(const uint32_t *pm, uint32_t partition)
{
    assert_int_equal(pm[RSTS], 0x5a000000 | 0x1aaa | partition);
    assert_int_equal(pm[RSTC], 0x5a000000 | 0x122); /* full reset */
    assert_int_equal(pm[WDOG] >> 24, 0x5a);
    const uint32_t ticks = pm[WDOG] & 0xffffff;
    assert_in_range(ticks, 65, 6553); /* of 1/65536 s: between 1 and 100 ms */
    for (unsigned i = 0; i < RSTC; i++) {
        assert_int_equal(pm[i], 0);
    }
}

static void power_off_halts(void **state)
{
    uint32_t pm[REGISTERS];
    (void)state;
    reset(pm);
    watchdog_power_off((uintptr_t)pm);
    check(pm, 0x555); /* partition 63 */
}

static void restart_boots_the_usual_partition(void **state)
{
    uint32_t pm[REGISTERS];
    (void)state;
    reset(pm);
    watchdog_restart((uintptr_t)pm);
    check(pm, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_found_on_the_raspberry_pi),      cmocka_unit_test(has_to_be_enabled),
        cmocka_unit_test(registers_have_to_be_in_one_page),  cmocka_unit_test(power_off_halts),
        cmocka_unit_test(restart_boots_the_usual_partition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
