/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Planted faults. The tests build variants of init ("twins") that each lack
 * one protection, to show that the attack it stops would succeed without it.
 * init itself has none of them.
 */
#pragma once

#ifndef INIT_TWIN_TEXT_WRITABLE
#define INIT_TWIN_TEXT_WRITABLE 0 /* code is mapped writable */
#endif
#ifndef INIT_TWIN_STACK_EXEC
#define INIT_TWIN_STACK_EXEC 0 /* stacks are mapped executable */
#endif
#ifndef INIT_TWIN_MAP_NULL
#define INIT_TWIN_MAP_NULL 0 /* page 0 is mapped, and holds a return instruction */
#endif
#ifndef INIT_TWIN_POWER_FOR_ALL
#define INIT_TWIN_POWER_FOR_ALL 0 /* every component's console takes power's calls */
#endif
