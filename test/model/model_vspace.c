/* SPDX-License-Identifier: Apache-2.0 */
/* Address spaces: tables of 512 entries on four levels, identifiers. */
#include "model_state.h"

enum { UNIFY_MAX = 64 * 1024 };

/* log2 of the bytes that an entry of a table on this level covers. */
static unsigned level_bits(unsigned level)
{
    return 39 - 9 * level;
}

static struct entry *entry_at(const struct model *m, int table, uint64_t vaddr, unsigned level)
{
    return &object_at(m, table)->u.table.entry[(vaddr >> level_bits(level)) & 511];
}

struct entry *vspace_walk(const struct model *m, int vspace, uint64_t vaddr, unsigned *level)
{
    const unsigned want = *level;
    int table = vspace;
    for (*level = 0;; ++*level) {
        struct entry *e = entry_at(m, table, vaddr, *level);
        if (*level == want || e->table == 0) {
            return e;
        }
        table = e->table;
    }
}

int vspace_of(const struct model *m, uint32_t asid)
{
    const int pool = asid == 0 ? 0 : m->pool[asid / MODEL_TABLE_ENTRIES];
    return pool == 0 ? 0 : object_at(m, pool)->u.pool.vspace[asid % MODEL_TABLE_ENTRIES];
}

static unsigned page_level(unsigned size_bits)
{
    return (39 - size_bits) / 9;
}

/* The entry through which this capability has its page mapped; NULL: none. */
static struct entry *page_entry(const struct model *m, const struct cap *cap)
{
    const struct object *page = object_at(m, cap->object);
    const int vspace = vspace_of(m, cap->asid);
    if (vspace == 0) {
        return NULL;
    }
    unsigned level = page_level(page->size_bits);
    const unsigned want = level;
    struct entry *e = vspace_walk(m, vspace, cap->where, &level);
    return level == want && e->page && e->paddr == page->paddr ? e : NULL;
}

void page_unmap(struct model *m, struct cap *cap)
{
    struct entry *e = page_entry(m, cap);
    if (e != NULL) {
        *e = (struct entry){0};
    }
    cap->asid = 0;
    cap->where = 0;
}

void table_unmap(struct model *m, int table)
{
    struct object *o = object_at(m, table);
    const int vspace = vspace_of(m, o->u.table.asid);
    if (vspace != 0) {
        unsigned level = o->u.table.level - 1;
        struct entry *e = vspace_walk(m, vspace, o->u.table.vaddr, &level);
        if (e->table == table) {
            *e = (struct entry){0};
        }
    }
    for (unsigned i = 0; i < MODEL_TABLE_ENTRIES; i++) {
        o->u.table.entry[i] = (struct entry){0};
    }
    o->u.table.asid = 0;
    o->u.table.vaddr = 0;
}

void vspace_forget(struct model *m, int vspace)
{
    const uint32_t asid = object_at(m, vspace)->u.table.asid;
    if (vspace_of(m, asid) == vspace) {
        object_at(m, m->pool[asid / MODEL_TABLE_ENTRIES])
            ->u.pool.vspace[asid % MODEL_TABLE_ENTRIES] = 0;
    }
}

void pool_forget(struct model *m, int pool)
{
    const struct object *o = object_at(m, pool);
    for (unsigned i = 0; i < MODEL_TABLE_ENTRIES; i++) {
        if (o->u.pool.vspace[i] != 0) {
            struct object *vspace = object_at(m, o->u.pool.vspace[i]);
            vspace->u.table.asid = 0;
            vspace->u.table.lost = true;
        }
    }
    m->pool[o->u.pool.index] = 0;
}

static const struct cap *cap_of(const struct model *m, struct ref ref)
{
    return &slot_at(m, ref)->cap;
}

static bool usable_vspace(const struct model *m, const struct cap *cap)
{
    return cap->type == KAAL_OBJ_VSPACE && object_at(m, cap->object)->u.table.asid != 0;
}

static struct result table_map(struct model *m, int caller, int table, const struct message *msg)
{
    struct object *o = object_at(m, table);
    const struct cap *vspace = cap_of(m, msg->cap[0]);
    const uint64_t vaddr = message_word(m, caller, 0);
    if (o->u.table.asid != 0) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 0);
    }
    if (!usable_vspace(m, vspace)) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
    }
    if (vaddr >= KAAL_USER_TOP) {
        return result_err1(KAAL_ERR_INVALID_ARGUMENT, 0);
    }
    unsigned level = 2; /* the entry that would hold a table of the last level */
    struct entry *e = vspace_walk(m, vspace->object, vaddr, &level);
    if (e->table != 0 || e->page) {
        return result_err(KAAL_ERR_DELETE_FIRST);
    }
    e->table = table;
    o->u.table.asid = object_at(m, vspace->object)->u.table.asid;
    o->u.table.level = level + 1;
    o->u.table.vaddr = vaddr >> level_bits(level) << level_bits(level);
    return result_ok();
}

static struct result page_map(struct model *m, int caller, struct ref target,
                              const struct message *msg)
{
    struct cap *cap = &slot_at(m, target)->cap;
    const struct object *page = object_at(m, cap->object);
    const struct cap *vspace = cap_of(m, msg->cap[0]);
    const uint64_t vaddr = message_word(m, caller, 0);
    const uint64_t attributes = message_word(m, caller, 2);
    const uint64_t bytes = (uint64_t)1 << page->size_bits;
    uint64_t rights = message_word(m, caller, 1) & cap->rights;
    rights &= KAAL_RIGHT_READ | KAAL_RIGHT_WRITE;
    if (!usable_vspace(m, vspace)) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
    }
    const uint32_t asid = object_at(m, vspace->object)->u.table.asid;
    if (vaddr >= KAAL_USER_TOP || bytes > KAAL_USER_TOP - vaddr) {
        return result_err1(KAAL_ERR_INVALID_ARGUMENT, 0);
    }
    if (vaddr % bytes != 0) {
        return result_err1(KAAL_ERR_ALIGNMENT, 0);
    }
    if (cap->asid != 0 && cap->asid != asid) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
    }
    if (cap->asid != 0 && cap->where != vaddr) {
        return result_err1(KAAL_ERR_INVALID_ARGUMENT, 0);
    }
    if ((attributes & ~(uint64_t)(KAAL_MAP_CACHED | KAAL_MAP_EXECUTE)) != 0 ||
        (cap->device && attributes != 0)) {
        return result_err1(KAAL_ERR_INVALID_ARGUMENT, 2);
    }
    if ((rights & KAAL_RIGHT_WRITE) != 0 && (attributes & KAAL_MAP_EXECUTE) != 0) {
        return result_err1(KAAL_ERR_INVALID_ARGUMENT, 1);
    }
    unsigned level = page_level(page->size_bits);
    const unsigned want = level;
    struct entry *e = vspace_walk(m, vspace->object, vaddr, &level);
    if (level < want && !e->page) {
        return result_lookup(false, level_bits(level), KAAL_LOOKUP_MISSING_CAP);
    }
    const bool own = cap->asid != 0 && level == want && e->page && e->paddr == page->paddr;
    if (!own && (e->page || e->table != 0)) {
        return result_err(KAAL_ERR_DELETE_FIRST);
    }
    if ((rights & KAAL_RIGHT_READ) == 0) {
        rights = 0;
    }
    *e = (struct entry){0, page->paddr, true, (uint8_t)rights, (uint8_t)attributes, cap->device};
    cap->asid = asid;
    cap->where = vaddr;
    return result_ok();
}

/* `end` of a cache call on bytes of which `most` is the first behind. */
static struct result check_end(uint64_t start, uint64_t end, uint64_t most)
{
    const uint64_t limit = most - start < UNIFY_MAX ? most : start + UNIFY_MAX;
    return end <= start || end > limit ? result_range(1, start + 1, limit) : result_ok();
}

static struct result page_cache(struct model *m, int caller, const struct cap *cap, uint64_t label)
{
    const uint64_t bytes = (uint64_t)1 << object_at(m, cap->object)->size_bits;
    const uint64_t start = message_word(m, caller, 0);
    if (label == KAAL_INV_PAGE_INVALIDATE && (cap->rights & KAAL_RIGHT_WRITE) == 0) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 0);
    }
    if (cap->device) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (start >= bytes) {
        return result_range(0, 0, bytes - 1);
    }
    return check_end(start, message_word(m, caller, 1), bytes);
}

static struct result vspace_cache(struct model *m, int caller, const struct cap *cap,
                                  uint64_t label)
{
    const uint64_t start = message_word(m, caller, 0);
    if (!usable_vspace(m, cap)) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 0);
    }
    if (start >= KAAL_USER_TOP) {
        return result_err1(KAAL_ERR_INVALID_ARGUMENT, 0);
    }
    unsigned level = 3;
    const struct entry *e = vspace_walk(m, cap->object, start, &level);
    const unsigned bits = level_bits(level);
    if (!e->page) {
        return result_lookup(false, bits, KAAL_LOOKUP_MISSING_CAP);
    }
    if ((e->attributes & KAAL_MAP_CACHED) == 0) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (label == KAAL_INV_VSPACE_INVALIDATE && (e->rights & KAAL_RIGHT_WRITE) == 0) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    return check_end(start, message_word(m, caller, 1), ((start >> bits) + 1) << bits);
}

static struct result make_pool(struct model *m, int caller, const struct message *msg)
{
    const uint64_t depth = message_word(m, caller, 1);
    const struct ref ut = msg->cap[0];
    unsigned index = 0;
    while (index < MODEL_POOLS && m->pool[index] != 0) {
        index++;
    }
    if (index == MODEL_POOLS) {
        return result_err(KAAL_ERR_DELETE_FIRST);
    }
    const struct cap *cap = cap_of(m, ut);
    if (cap->type != KAAL_OBJ_UNTYPED || cap->size_bits != KAAL_PAGE_BITS || cap->device) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
    }
    if (slot_at(m, ut)->children != 0) {
        return result_err(KAAL_ERR_REVOKE_FIRST);
    }
    if (depth < 1 || depth > KAAL_CPTR_BITS) {
        return result_range(1, 1, KAAL_CPTR_BITS);
    }
    const struct lookup at =
        cspace_walk(m, cap_of(m, msg->cap[1]), message_word(m, caller, 0), depth, true);
    if (at.ref.object == 0) {
        return result_lookup(false, at.bits, at.kind);
    }
    if (cap_of(m, at.ref)->type != MODEL_NULL) {
        return result_err(KAAL_ERR_DELETE_FIRST);
    }
    const uint64_t paddr = cap->where;
    slot_at(m, ut)->cap.data = KAAL_PAGE_SIZE;
    memory_zero(m, paddr, KAAL_PAGE_SIZE);
    const int pool = object_new(m, MODEL_ASID_POOL, paddr, KAAL_PAGE_BITS);
    object_at(m, pool)->u.pool.index = index;
    m->pool[index] = pool;
    const struct cap made = {.type = MODEL_ASID_POOL, .original = true, .object = pool};
    slot_fill(m, at.ref, &made, ut);
    return result_ok();
}

static struct result assign(struct model *m, int pool, const struct message *msg)
{
    const struct cap *cap = cap_of(m, msg->cap[0]);
    struct object *o = object_at(m, pool);
    if (cap->type != KAAL_OBJ_VSPACE || object_at(m, cap->object)->u.table.asid != 0 ||
        object_at(m, cap->object)->u.table.lost) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
    }
    unsigned i = o->u.pool.index == 0 ? 1 : 0; /* identifier 0 is nobody's */
    while (i < MODEL_TABLE_ENTRIES && o->u.pool.vspace[i] != 0) {
        i++;
    }
    if (i == MODEL_TABLE_ENTRIES) {
        return result_err(KAAL_ERR_DELETE_FIRST);
    }
    o->u.pool.vspace[i] = cap->object;
    object_at(m, cap->object)->u.table.asid = o->u.pool.index * MODEL_TABLE_ENTRIES + i;
    return result_ok();
}

struct result invoke_vspace(struct model *m, int caller, struct ref target,
                            const struct message *msg)
{
    struct cap *cap = &slot_at(m, target)->cap;
    switch (msg->label) {
    case KAAL_INV_PAGE_TABLE_MAP:
        return table_map(m, caller, cap->object, msg);
    case KAAL_INV_PAGE_TABLE_UNMAP:
        if (object_at(m, cap->object)->caps > 1) {
            return result_err(KAAL_ERR_REVOKE_FIRST);
        }
        table_unmap(m, cap->object);
        return result_ok();
    case KAAL_INV_PAGE_MAP:
        return page_map(m, caller, target, msg);
    case KAAL_INV_PAGE_UNMAP:
        page_unmap(m, cap);
        return result_ok();
    case KAAL_INV_PAGE_GET_ADDRESS:
        return result_ok1(object_at(m, cap->object)->paddr);
    case KAAL_INV_PAGE_UNIFY:
    case KAAL_INV_PAGE_CLEAN:
    case KAAL_INV_PAGE_INVALIDATE:
    case KAAL_INV_PAGE_CLEAN_INVALIDATE:
        return page_cache(m, caller, cap, msg->label);
    case KAAL_INV_ASID_CONTROL_MAKE_POOL:
        return make_pool(m, caller, msg);
    case KAAL_INV_ASID_POOL_ASSIGN:
        return assign(m, cap->object, msg);
    default:
        return vspace_cache(m, caller, cap, msg->label);
    }
}
