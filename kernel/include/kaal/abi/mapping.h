/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of a page mapping: word 2 of the PAGE MAP invocation. */
#ifndef KAAL_ABI_MAPPING_H
#define KAAL_ABI_MAPPING_H

#define KAAL_MAP_CACHED  1 /* normal write-back memory; else device-nGnRnE */
#define KAAL_MAP_EXECUTE 2 /* may be executed; refused together with write */

#endif
