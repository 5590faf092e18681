/* SPDX-License-Identifier: Apache-2.0 */
/* Among capabilities, objects and mappings. */
#include "scaling.h"

#include <kaal/broker/mapping.h>

enum { READ_WRITE = 3, VICTIMS = 8 };

#define CROWD_PAGES 0x7300000000

static kaal_cptr_t some_cap, work;
static unsigned victim;

static void delete_slot(struct kaal_slot slot)
{
    must(sys_cnode_delete(&slot), "delete");
}

static void delete_work(void)
{
    delete_slot(slot_of(work));
}

static void revoke(void)
{
    const struct kaal_slot slot = slot_of(some_cap);
    must(sys_cnode_revoke(&slot), "revoke");
}

static void copy(struct kaal_slot dest, struct kaal_slot src)
{
    must(sys_cnode_copy(&dest, &src, KAAL_RIGHTS_ALL), "copy");
}

/* ---- Copies of one endpoint: the newest is the first of the siblings --------------- */

static void make_endpoint(void)
{
    some_cap = empty_slot();
    work = empty_slot();
    crowd_retype(KAAL_OBJ_ENDPOINT, 0, some_cap);
}

static void add_copies(void)
{
    for (unsigned i = 0; i < crowd_size; i++) {
        crowd_add_copy(some_cap);
    }
}

static void fill_copies(unsigned count)
{
    (void)count;
    make_endpoint();
    add_copies();
}

static void delete_first(void)
{
    delete_slot(crowd_slot(crowd_size - 1));
}

static void copy_first(void)
{
    copy(crowd_slot(crowd_size - 1), slot_of(some_cap));
}

static void delete_middle(void)
{
    delete_slot(crowd_slot(crowd_size / 2));
}

/* A copy of a copy comes behind it. */
static void copy_middle(void)
{
    copy(crowd_slot(crowd_size / 2), crowd_slot(crowd_size / 2 + 1));
}

static void delete_last(void)
{
    delete_slot(crowd_slot(0));
}

static void copy_last(void)
{
    copy(crowd_slot(0), crowd_slot(1));
}

static void copy_work(void)
{
    copy(slot_of(work), slot_of(some_cap));
}

static void move(kaal_cptr_t to, kaal_cptr_t from)
{
    const struct kaal_slot dest = slot_of(to), src = slot_of(from);
    must(sys_cnode_move(&dest, &src), "move");
}

static void move_original(void)
{
    move(work, some_cap);
}

static void move_original_back(void)
{
    move(some_cap, work);
}

static void delete_original(void)
{
    delete_slot(slot_of(some_cap));
}

/* Its copies are children of the Untyped then. */
static void restore_original(void)
{
    for (unsigned i = 0; i < crowd_size; i++) {
        delete_slot(crowd_slot(i));
    }
    crowd_retype(KAAL_OBJ_ENDPOINT, 0, some_cap);
    for (unsigned i = 0; i < crowd_size; i++) {
        copy(crowd_slot(i), slot_of(some_cap));
    }
}

static const struct scaling_op copies_ops[] = {
    {"delete_copy_first", .op = {.run = delete_first, .after = copy_first}},
    {"delete_copy_middle", .op = {.run = delete_middle, .after = copy_middle}},
    {"delete_copy_last", .op = {.run = delete_last, .after = copy_last}},
    {"copy", .op = {.run = copy_work, .after = delete_work}},
    {"move_original", .op = {.run = move_original, .after = move_original_back}},
    {"delete_original", .op = {.run = delete_original, .after = restore_original}},
    {0},
};

/* ---- Endpoints of one Untyped, eight more in their middle -------------------------- */

static void fill_endpoints(unsigned count)
{
    work = empty_slot();
    for (unsigned i = 0; i < count + VICTIMS; i++) {
        crowd_add(KAAL_OBJ_ENDPOINT);
    }
    victim = count / 2;
}

static void delete_victim(void)
{
    delete_slot(crowd_slot(victim++));
}

static void retype_endpoint(void)
{
    crowd_retype(KAAL_OBJ_ENDPOINT, 0, work);
}

static const struct scaling_op endpoints_ops[] = {
    {"delete_endpoint", .op = {.run = delete_victim}},
    {"retype_endpoint", .op = {.run = retype_endpoint, .after = delete_work}},
    {0},
};

/* ---- Everything at once ------------------------------------------------------------ */

static void fill_nothing(unsigned count)
{
    (void)count;
    make_endpoint();
}

static void copy_all(void)
{
    for (unsigned i = 0; i < crowd_size; i++) {
        copy(crowd_slot(i), slot_of(some_cap));
    }
}

static void mint_all(void)
{
    crowd_mint(some_cap);
}

static const struct scaling_op derived_ops[] = {
    {"revoke_badged", .op = {.before = mint_all, .run = revoke}},
    {"revoke_copies", .op = {.before = copy_all, .run = revoke}},
    {0},
};

static void fill_untyped(unsigned count)
{
    (void)count;
    some_cap = empty_slot();
    crowd_retype(KAAL_OBJ_UNTYPED, 20, some_cap);
}

static void retype_all(void)
{
    for (unsigned i = 0; i < crowd_size; i++) {
        const struct kaal_slots dest = {.root = crowd_table(), .offset = i, .count = 1};
        must(sys_retype(some_cap, KAAL_OBJ_ENDPOINT, 0, &dest), "retype");
    }
}

static const struct scaling_op untyped_ops[] = {
    {"revoke_untyped", .op = {.before = retype_all, .run = revoke}},
    {0},
};

/* A CNode of the least number of slots that suffices. */
static unsigned cnode_bits;

static void fill_cnode(unsigned count)
{
    make_endpoint();
    for (cnode_bits = 1; 1U << cnode_bits < count; cnode_bits++) {
    }
}

static void make_cnode(void)
{
    crowd_retype(KAAL_OBJ_CNODE, cnode_bits, work);
    for (unsigned i = 0; i < crowd_size; i++) {
        copy((struct kaal_slot){.root = work, .index = i, .depth = cnode_bits}, slot_of(some_cap));
    }
}

static const struct scaling_op cnode_ops[] = {
    {"delete_cnode", .op = {.before = make_cnode, .run = delete_work}},
    {0},
};

/* CNodes, each in the slot "nested_in" of the next. */
static unsigned nested_in;

static void make_nest(void)
{
    const kaal_cptr_t inner = some_cap;
    crowd_retype(KAAL_OBJ_CNODE, 1, work);
    for (unsigned i = 1; i < crowd_size; i++) {
        move(inner, work);
        crowd_retype(KAAL_OBJ_CNODE, 1, work);
        const struct kaal_slot src = slot_of(inner);
        const struct kaal_slot dest = {.root = work, .index = nested_in, .depth = 1};
        must(sys_cnode_move(&dest, &src), "move");
    }
}

static void nest_in_first(void)
{
    nested_in = 0;
}

static void nest_in_last(void)
{
    nested_in = 1;
}

static void fill_slots(unsigned count)
{
    (void)count;
    some_cap = empty_slot();
    work = empty_slot();
}

static const struct scaling_op nest_ops[] = {
    {"delete_nest_first", .op = {.start = nest_in_first, .before = make_nest, .run = delete_work}},
    {"delete_nest_last", .op = {.start = nest_in_last, .before = make_nest, .run = delete_work}},
    {0},
};

/* ---- Lookup: poll by a pointer through a CNode that is full ------------------------ */

static kaal_cptr_t far_cap;

static void fill_cspace(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        crowd_add(KAAL_OBJ_NOTIFICATION);
    }
    must(sys_tcb_set_space(KAAL_ROOT_TCB, KAAL_ROOT_NULL, crowd_cspace(), 0, KAAL_ROOT_VSPACE),
         "CSpace");
    far_cap = crowd_pointer(count - 1);
}

static void poll_far(void)
{
    (void)sys_poll(far_cap, NULL);
}

static void signal_far(void)
{
    sys_signal(far_cap);
}

static const struct scaling_op cspace_ops[] = {
    {"poll", .op = {.run = poll_far}},
    {"signal", .op = {.run = signal_far, .after = poll_far}},
    {0},
};

/* ---- Pages mapped in one address space --------------------------------------------- */

static kaal_cptr_t vspace;

static void map_crowd_page(kaal_cptr_t page, unsigned index)
{
    must(map_page(&bench_arena, page, vspace, CROWD_PAGES + (uint64_t)index * KAAL_PAGE_SIZE,
                  READ_WRITE, KAAL_MAP_CACHED),
         "map");
}

static void fill_pages(unsigned count)
{
    work = empty_slot();
    vspace = KAAL_ROOT_VSPACE;
    for (unsigned i = 0; i < count; i++) {
        crowd_retype(KAAL_OBJ_PAGE, KAAL_PAGE_BITS, work);
        map_crowd_page(work, i);
        crowd_add_moved(work);
    }
    crowd_take(count / 2, work);
}

static void unmap_work(void)
{
    must(sys_page_unmap(work), "unmap");
}

static void map_work(void)
{
    map_crowd_page(work, crowd_size / 2);
}

static const struct scaling_op pages_ops[] = {
    {"map", .op = {.before = unmap_work, .run = map_work}},
    {"unmap", .op = {.run = unmap_work, .after = map_work}},
    {0},
};

/* ---- An address space with pages --------------------------------------------------- */

static void fill_bare_pages(unsigned count)
{
    work = empty_slot();
    vspace = empty_slot();
    for (unsigned i = 0; i < count; i++) {
        crowd_retype(KAAL_OBJ_PAGE, KAAL_PAGE_BITS, work);
        crowd_add_moved(work);
    }
}

/* Pages that were mapped in one that died can be mapped anew when unmapped. */
static void make_vspace(void)
{
    crowd_retype(KAAL_OBJ_VSPACE, 0, vspace);
    must(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace), "ASID");
    for (unsigned i = 0; i < crowd_size; i++) {
        crowd_take(i, work);
        must(sys_page_unmap(work), "unmap");
        map_crowd_page(work, i);
        crowd_put_back(i, work);
    }
}

static void delete_vspace(void)
{
    delete_slot(slot_of(vspace));
}

static const struct scaling_op vspace_ops[] = {
    {"delete_vspace", .op = {.before = make_vspace, .run = delete_vspace}},
    {0},
};

/* ---- Copies of one page, each of them mapped --------------------------------------- */

static void map_copies(void)
{
    for (unsigned i = 0; i < crowd_size; i++) {
        copy(slot_of(work), slot_of(some_cap));
        map_crowd_page(work, i);
        crowd_put_back(i, work);
    }
}

static void make_page(unsigned count)
{
    (void)count;
    some_cap = empty_slot();
    work = empty_slot();
    vspace = KAAL_ROOT_VSPACE;
    crowd_retype(KAAL_OBJ_PAGE, KAAL_PAGE_BITS, some_cap);
}

static void fill_mapped(unsigned count)
{
    make_page(count);
    map_copies();
    crowd_take(count / 2, work);
}

static void remap_copy(void)
{
    copy(slot_of(work), crowd_slot(crowd_size / 2 + 1));
    map_work();
}

static const struct scaling_op mapped_ops[] = {
    {"unmap_copy", .op = {.run = unmap_work, .after = map_work}},
    {"delete_mapped_copy", .op = {.run = delete_work, .after = remap_copy}},
    {0},
};

static const struct scaling_op mappings_ops[] = {
    {"revoke_mapped", .op = {.before = map_copies, .run = revoke}},
    {0},
};

const struct scaling_crowd object_crowds[] = {
    {fill_copies, copies_ops},   {fill_endpoints, endpoints_ops}, {fill_nothing, derived_ops},
    {fill_untyped, untyped_ops}, {fill_cnode, cnode_ops},         {fill_cspace, cspace_ops},
    {fill_pages, pages_ops},     {fill_mapped, mapped_ops},       {make_page, mappings_ops},
    {fill_slots, nest_ops},      {fill_bare_pages, vspace_ops},   {0},
};
