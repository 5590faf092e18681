/* SPDX-License-Identifier: Apache-2.0 */
/* libfdt includes <stdlib.h>; what the loader links of it needs nothing. */
#pragma once
#include <stddef.h>
