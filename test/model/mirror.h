/* SPDX-License-Identifier: Apache-2.0 */
/* The model, started in the state that the kernel boots into, and its state
 * as records. */
#pragma once
#include "model.h"
#include "view.h"

extern struct model *model;

/* As the kernel just booted (kernel_start()). */
void model_start(void);

/* Of the slots and mappings that kernel_scan() found; what the model has
 * beyond them shows in numbers of children and queues. */
void model_view(struct view *v, bool with_buffers);

/* Where the model's thread has its IPC buffer, or 0. */
uint64_t model_buffer(uint64_t tcb);
