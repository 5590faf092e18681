/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flattened devicetree, read once and turned into typed, range-checked
 * values. Nothing in it is believed: any bytes yield values or an error text,
 * never an access outside the blob.
 *
 * Node and property names: Devicetree Specification v0.4 and the bindings that
 * devicetree.c cites. Pure C with libfdt, tested and fuzzed on the host.
 */
#pragma once
#include <stdint.h>

#include "memory.h"

/* A blob is at most this long, as for Linux. */
#define DEVICETREE_MAX_BYTES (2U << 20)

/* The length that the first 8 bytes of blob claim, or 0 when they do not begin
 * a devicetree of acceptable length. blob: a multiple of 8. */
uint32_t devicetree_size(const void *blob);

/* Checks header and structure of size bytes, see libfdt's fdt_check_full(). */
const char *devicetree_check(const void *blob, uint32_t size);

/* Shortens the blob in place, in its header, to what is used of it; emulators
 * leave most of a megabyte empty at its end. Returns the new size.
 * Pre: devicetree_check(). */
uint32_t devicetree_trim(void *blob, uint32_t size);

/* The machine's name for people. Pre: devicetree_check(). */
const char *devicetree_model(const void *blob);

/* Reads cores, PSCI, interrupt controller, timer and console into *bp (all
 * other fields are left alone) and appends memory and reserved ranges to *map,
 * not normalised.
 *
 * boot_mpidr: affinity of this core, which becomes core 0. bp->timer_hz is 0
 * unless the devicetree overrides CNTFRQ_EL0, and bp->console_kind is
 * KAAL_CONSOLE_NONE unless /chosen/stdout-path names a console that the kernel
 * knows. Pre: devicetree_check(). */
const char *devicetree_read(const void *blob, uint64_t boot_mpidr, struct kaal_boot_params *bp,
                            struct memory_map *map);
