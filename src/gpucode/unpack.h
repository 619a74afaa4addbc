/* SPDX-License-Identifier: MIT */
/* Unpacks payloads of images. Without the libraries (unpack_none.c) nothing can be unpacked, which
 * is an answer as good as that of damaged bytes: what they hold is unknown. */
#ifndef GM_GPUCODE_UNPACK_H
#define GM_GPUCODE_UNPACK_H

#include "base/bytes.h"
#include "model/code.h"

/* Can this be unpacked at all? What is not compressed can. */
bool gm_unpack_can(gm_compression compression);

/* Unpacks `packed` into `out`, which has room for `size` bytes; how many came of it, 0 for bytes
 * that cannot be unpacked. */
size_t gm_unpack(gm_compression compression, gm_span packed, uint8_t *out, size_t size);

/* The size that a frame of zstd declares for what is in it; 0 when `head` begins with none, or it
 * declares none. */
uint64_t gm_unpack_declared(gm_span head);

/* Unpacks a frame of zstd piece by piece, as it comes by. */
typedef struct gm_unpacker gm_unpacker;
gm_unpacker *gm_unpacker_new(uint8_t *out, size_t room); /* NULL without memory or library */
void gm_unpacker_free(gm_unpacker *unpacker);

typedef enum gm_unpacked { GM_UNPACK_MORE, GM_UNPACK_END, GM_UNPACK_BROKEN } gm_unpacked;

/* Takes a piece; `*ret_used` of it belong to the frame, `*ret_made` bytes are there so far. */
gm_unpacked gm_unpacker_take(gm_unpacker *unpacker, gm_span piece, size_t *ret_used,
                             size_t *ret_made);

#endif
