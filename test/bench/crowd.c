/* SPDX-License-Identifier: Apache-2.0 */
#include "scaling.h"

enum { CROWD_BITS = 26, TABLE_BITS = 15 };

unsigned crowd_size;
static unsigned block, used;
static kaal_cptr_t table;

void crowd_begin(unsigned count)
{
    crowd_size = count;
    used = 0;
    must(block_alloc(CROWD_BITS, &block), "memory");
    table = empty_slot();
    crowd_retype(KAAL_OBJ_CNODE, TABLE_BITS, table);
}

void crowd_end(void)
{
    block_free(block);
}

kaal_cptr_t crowd_table(void)
{
    return table;
}

void crowd_retype(enum kaal_object_type type, unsigned bits, kaal_cptr_t slot)
{
    const struct kaal_slots dest = {.root = KAAL_ROOT_CNODE, .offset = slot, .count = 1};
    must(sys_retype(block_untyped(block), type, bits, &dest), "retype");
}

void crowd_add(enum kaal_object_type type)
{
    const struct kaal_slots dest = {.root = table, .offset = used++, .count = 1};
    must(sys_retype(block_untyped(block), type, 0, &dest), "retype");
}

struct kaal_slot crowd_slot(unsigned index)
{
    return (struct kaal_slot){.root = table, .index = index, .depth = TABLE_BITS};
}

void crowd_add_copy(kaal_cptr_t cap)
{
    const struct kaal_slot src = slot_of(cap), dest = crowd_slot(used++);
    must(sys_cnode_copy(&dest, &src, KAAL_RIGHTS_ALL), "copy");
}

void crowd_mint(kaal_cptr_t cap)
{
    const struct kaal_slot src = slot_of(cap);
    for (unsigned i = 0; i < crowd_size; i++) {
        const struct kaal_slot dest = crowd_slot(i);
        must(sys_cnode_mint(&dest, &src, KAAL_RIGHTS_ALL, i + 1), "mint");
    }
}

void crowd_add_moved(kaal_cptr_t cap)
{
    crowd_put_back(used++, cap);
}

void crowd_take(unsigned index, kaal_cptr_t slot)
{
    const struct kaal_slot src = crowd_slot(index), dest = slot_of(slot);
    must(sys_cnode_move(&dest, &src), "move");
}

void crowd_put_back(unsigned index, kaal_cptr_t slot)
{
    const struct kaal_slot src = slot_of(slot), dest = crowd_slot(index);
    must(sys_cnode_move(&dest, &src), "move");
}

kaal_cptr_t crowd_cspace(void)
{
    const struct kaal_slot root = slot_of(KAAL_ROOT_CNODE), far = slot_of(table);
    const kaal_cptr_t top = make(KAAL_OBJ_CNODE, 1);
    const struct kaal_slot zero = {.root = top, .index = 0, .depth = 1};
    const struct kaal_slot one = {.root = top, .index = 1, .depth = 1};
    must(sys_cnode_mint(&zero, &root, KAAL_RIGHTS_ALL,
                        kaal_guard(0, KAAL_CPTR_BITS - 1 - KAAL_ROOT_CNODE_RADIX)),
         "guard");
    must(
        sys_cnode_mint(&one, &far, KAAL_RIGHTS_ALL, kaal_guard(0, KAAL_CPTR_BITS - 1 - TABLE_BITS)),
        "guard");
    return top;
}

kaal_cptr_t crowd_pointer(unsigned index)
{
    return 1ULL << (KAAL_CPTR_BITS - 1) | index;
}
