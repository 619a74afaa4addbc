/* SPDX-License-Identifier: MIT */
/* Looks into the payload of an image: what it says of itself. */
#ifndef GM_GPUCODE_PAYLOAD_H
#define GM_GPUCODE_PAYLOAD_H

#include "base/arena.h"
#include "base/bytes.h"
#include "model/code.h"

/* Payloads of more bytes, unpacked, are not looked into: memory is bounded. */
#define GM_PAYLOAD_RAW_MAX    ((uint64_t)32 << 20)
#define GM_PAYLOAD_STORED_MAX ((uint64_t)16 << 20)

/* Is it worth looking into the payload of this image? Its kind says something and its sizes are
 * within bounds. */
bool gm_payload_readable(const gm_image *image);

/* Looks into the payload whose stored bytes are `stored`. `*ret_payload` is NULL when it cannot be
 * unpacked or is not what its image says; false without memory. */
bool gm_payload_read(const gm_image *image, gm_span stored, gm_arena *arena,
                     const gm_payload **ret_payload);

/* Does the payload belong to another target than `target`? */
bool gm_payload_disagrees(const gm_payload *payload, const gm_target *target);

#endif
