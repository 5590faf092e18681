/* SPDX-License-Identifier: Apache-2.0 */
/* libfdt includes <stdlib.h> and uses nothing of it. */
#pragma once
