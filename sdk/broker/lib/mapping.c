/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/broker/mapping.h>

#include <kaal/untyped.h>

enum { MAX_MISSING_TABLES = 3 };

static struct arena *copy_arena;
static uint64_t copy_vaddr;

kaal_err_t map_page(struct arena *arena, kaal_cptr_t page, kaal_cptr_t vspace, uint64_t vaddr,
                    uint64_t rights, uint64_t attrs)
{
    kaal_err_t err = sys_page_map(page, vspace, vaddr, rights, attrs);
    for (int i = 0; err == KAAL_ERR_FAILED_LOOKUP && i < MAX_MISSING_TABLES; i++) {
        kaal_cptr_t table;
        err = arena_object(arena, KAAL_OBJ_PAGE_TABLE, 0, &table);
        if (err == KAAL_OK) {
            err = sys_pt_map(table, vspace, vaddr);
        }
        if (err == KAAL_OK) {
            err = sys_page_map(page, vspace, vaddr, rights, attrs);
        }
    }
    return err;
}

void copy_init(struct arena *arena, uint64_t vaddr)
{
    copy_arena = arena;
    copy_vaddr = vaddr;
}

kaal_err_t copy_to_page(kaal_cptr_t page, uint64_t offset, const void *data, uint64_t bytes,
                        int is_code)
{
    kaal_err_t err = map_page(copy_arena, page, KAAL_ROOT_VSPACE, copy_vaddr,
                              KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, KAAL_MAP_CACHED);
    if (err != KAAL_OK) {
        return err;
    }
    __builtin_memcpy((void *)(copy_vaddr + offset), data, bytes);
    if (is_code) {
        err = sys_page_unify(page, 0, KAAL_PAGE_SIZE);
    }
    const kaal_err_t unmap_err = sys_page_unmap(page);
    return err != KAAL_OK ? err : unmap_err;
}

kaal_err_t map_device(struct arena *arena, uint64_t paddr, uint64_t vaddr)
{
    unsigned block;
    kaal_err_t err =
        block_alloc_device(paddr & ~(uint64_t)(KAAL_PAGE_SIZE - 1), KAAL_PAGE_BITS, &block);
    if (err != KAAL_OK) {
        return err;
    }
    struct arena registers = {.block = block, .first_slot = slots_alloc(1), .slot_count = 1};
    kaal_cptr_t page;
    err = registers.first_slot == 0
              ? KAAL_ERR_NOT_ENOUGH_MEMORY
              : arena_object(&registers, KAAL_OBJ_PAGE, KAAL_PAGE_BITS, &page);
    return err != KAAL_OK ? err
                          : map_page(arena, page, KAAL_ROOT_VSPACE, vaddr,
                                     KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, 0);
}
