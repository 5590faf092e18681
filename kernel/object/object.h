/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every object type knows how to do, by type: how big it is, how one is
 * made, what a copy of a capability to it looks like, how it comes apart.
 */
#pragma once
#include "object/slot.h"

/* log2 of the bytes of an object, given the size argument of sys_retype.
 * Pre: object_size_ok(). */
unsigned object_bits(enum cap_type type, word_t size);

/* Is size acceptable for the type; if not, its least and greatest value. */
bool object_size_ok(enum cap_type type, word_t size, word_t *min, word_t *max);

/* The first capability to an object at memory. */
struct cap object_cap(enum cap_type type, void *memory, word_t size, bool is_device);

/*
 * The capability that a copy of slot's gets, not yet in any slot.
 * REVOKE_FIRST: an untyped with children. ILLEGAL_OPERATION: an address space
 * without ASID or an unmapped table, which exist once. Null for what cannot
 * be copied at all.
 */
enum kaal_err cap_derive(const struct slot *slot, struct cap *out);

/* Put what cap_derive() made of source's, perhaps with fewer rights or other
 * data, into an empty slot. */
void cap_insert_derived(struct slot *source, struct slot *slot, struct cap cap);

/* Leave only the rights in mask. */
struct cap cap_mask_rights(struct cap cap, word_t mask);

/*
 * Empty a slot. If it held the last capability to an object the object is
 * taken apart, with all that only it holds. Returns false if an interrupt
 * came in between: call again.
 */
bool slot_delete(struct slot *slot);

/* Delete all that is derived from slot. Returns false as slot_delete() does. */
bool slot_revoke(struct slot *slot);
