/* SPDX-License-Identifier: Apache-2.0 */
/* Packed images: loader, then the payload of kaal/abi/image.h. */
#pragma once
#include "ir.h"

/*
 * Builds the image of the system: loader.bin padded to whole pages, then the
 * payload (kernel, root task, system table if there is an instance, components).
 * The arm64 Image header's image_size becomes the size of the whole.
 * The caller frees out->data.
 */
bool image_pack(const struct ir *ir, const char *loader_path, const char *kernel_path,
                struct bytes *out, struct error *e);

/* Finds and verifies the payload of an image: bounds, checksum, kinds, every
 * ELF, the system table. *payload points into image. */
bool image_check(const struct bytes *image, const struct kaal_image_header **payload,
                 struct error *e);
