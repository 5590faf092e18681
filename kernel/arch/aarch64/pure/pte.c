/* SPDX-License-Identifier: Apache-2.0 */
/* The seam's page-table entries, on the real machine and in host tests alike. */
#include "pte.h"

#include "arch/arch.h"

inline __attribute__((always_inline)) pte_t arch_pte_page(paddr_t paddr, unsigned level,
                                                          word_t rights, word_t attrs)
{
    return pte_page(paddr, level, rights, attrs, !KAAL_CFG_WXN);
}

pte_t arch_pte_table(paddr_t table)
{
    return pte_table(table);
}

bool arch_pte_is_table(pte_t pte, unsigned level)
{
    return pte_is_table(pte, level);
}

bool arch_pte_is_page(pte_t pte, unsigned level)
{
    return pte_is_page(pte, level);
}

paddr_t arch_pte_paddr(pte_t pte)
{
    return pte_paddr(pte);
}

bool arch_pte_is_writable(pte_t pte)
{
    return pte_is_writable(pte);
}

bool arch_pte_is_cached(pte_t pte)
{
    return pte_is_cached(pte);
}
