/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flattened devicetree, read once and turned into typed, range-checked
 * values. Nothing in it is believed: any bytes yield values or are refused (see
 * check.h), and nothing outside the blob is accessed.
 *
 * Node and property names: Devicetree Specification v0.4 and the bindings that
 * devicetree.c cites. Pure C with libfdt, tested and fuzzed on the host.
 */
#pragma once
#include <stdint.h>

#include "memory.h"

/* A blob is at most this long, as for Linux. */
#define DEVICETREE_MAX_BYTES (2U << 20)

/* Checks header and structure of the blob, of which room bytes may be read, at
 * least 8. Shortens it in place, in its header, to what is used of it:
 * emulators leave most of a megabyte empty at its end. Returns the size that is
 * left. blob: a multiple of 8. */
uint32_t devicetree_check(void *blob, uint64_t room);

/* The machine's name for people. Pre: devicetree_check(). */
const char *devicetree_model(const void *blob);

/* Reads cores, PSCI, interrupt controller, timer and console into *bp (all
 * other fields are left alone) and adds memory and reserved ranges to *map.
 *
 * boot_mpidr: affinity of this core, which becomes core 0. bp->timer_hz is 0
 * unless the devicetree overrides CNTFRQ_EL0, and bp->console_kind is
 * KAAL_CONSOLE_NONE unless /chosen/stdout-path names a console that the kernel
 * knows. Pre: devicetree_check(). */
void devicetree_read(const void *blob, uint64_t boot_mpidr, struct kaal_boot_params *bp,
                     struct memory_map *map);
