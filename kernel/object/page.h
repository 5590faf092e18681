/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages: memory that user space can map. Each capability to a page is good for
 * one mapping and remembers where it is.
 */
#pragma once
#include "object/slot.h"

/* Level of the table entry that maps a page of so many bits. */
unsigned page_level(unsigned bits);

/* Remove the mapping that the slot's PAGE capability stands for, if there is
 * one. Does nothing for other capabilities. */
void page_unmap_if_mapped(struct slot *slot);
