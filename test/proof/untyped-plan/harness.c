/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retype arithmetic, for every type, every 64-bit size argument, every untyped
 * of 2^4 to 2^47 bytes and every watermark: what is accepted lies aligned
 * inside the region behind the watermark, what is refused does not fit, and
 * nothing wraps or shifts too far.
 */
#include "object/object.h"
#include "object/untyped.h"

unsigned nondet_unsigned(void);
word_t nondet_word(void);
bool nondet_bool(void);

void harness(void)
{
    const enum cap_type type = (enum cap_type)nondet_unsigned();
    const word_t size = nondet_word(), count = nondet_word();
    const unsigned region_bits = nondet_unsigned();
    const bool has_children = nondet_bool();
    word_t min, max, bytes_left;

    __CPROVER_assume(type >= CAP_UNTYPED && type <= CAP_PAGE);
    const bool size_ok = object_size_ok(type, size, &min, &max);
    __CPROVER_assert(min <= max && max <= 47, "bounds of sizes");
    __CPROVER_assert(!size_ok || size == 0 || (size >= min && size <= max), "size in its bounds");
    __CPROVER_assume(size_ok);
    const unsigned bits = object_bits(type, size);
    __CPROVER_assert(bits >= 4 && bits <= 47, "bytes of an object");

    __CPROVER_assume(region_bits >= 4 && region_bits <= 47);
    __CPROVER_assume(count >= 1 && count <= KAAL_RETYPE_MAX);
    const word_t total = (word_t)1 << region_bits;
    struct cap cap = cap_untyped(NULL, region_bits, nondet_bool());
    cap_untyped_set_watermark(&cap, nondet_word());
    const word_t watermark = cap_untyped_watermark(&cap);
    __CPROVER_assume(watermark <= total);

    struct untyped_plan plan = {.type = type, .size = size, .bits = bits, .count = count};
    const enum kaal_err err = untyped_plan(&cap, has_children, &plan, &bytes_left);

    const word_t used = has_children ? watermark : 0;
    const word_t mask = ((word_t)1 << bits) - 1, bytes = count << bits;
    if (err == KAAL_OK) {
        __CPROVER_assert((plan.start & mask) == 0, "aligned");
        __CPROVER_assert(plan.start >= used, "behind the watermark");
        __CPROVER_assert(plan.start - used <= mask, "no memory left out");
        __CPROVER_assert(plan.start <= total && bytes <= total - plan.start, "inside");
        __CPROVER_assert(plan.watermark == plan.start + bytes, "watermark at the end");
        __CPROVER_assert(plan.watermark > used, "progress");
    } else {
        const word_t start = (used + mask) & ~mask;
        __CPROVER_assert(err == KAAL_ERR_NOT_ENOUGH_MEMORY, "the only error");
        __CPROVER_assert(start > total || bytes > total - start, "it does not fit");
        __CPROVER_assert(bytes_left == total - used, "bytes left");
    }
}
