/* SPDX-License-Identifier: MIT */
/* What is kept of a stream: whole blocks of it, in ascending order, readable at any offset
 * afterwards. Everything else reads as zeros, as the holes of a sparse file do. */
#ifndef GM_SCAN_KEEP_H
#define GM_SCAN_KEEP_H

#include "base/arena.h"
#include "base/source.h"

#define GM_KEEP_BLOCK ((size_t)4096)

typedef struct gm_keep_block {
    uint64_t offset; /* multiple of GM_KEEP_BLOCK */
    size_t bytes;    /* less than a block only at the end of the stream */
    const uint8_t *data;
} gm_keep_block;

typedef struct gm_keep {
    gm_arena *arena;
    GM_LIST(gm_keep_block) blocks;
    size_t limit_blocks;
    bool over_limit; /* something that should have been kept was not */
    gm_source source;
} gm_keep;

/* Keeps at most `limit_bytes`, in memory of `arena`. */
void gm_keep_begin(gm_keep *keep, gm_arena *arena, size_t limit_bytes);

/* Copies the block at `offset` (a multiple of GM_KEEP_BLOCK, not less than that of the last call);
 * the block kept last is not copied again. False without memory. */
bool gm_keep_add(gm_keep *keep, uint64_t offset, gm_span block);

/* The random source over the blocks; `file_bytes` is the size of the stream. Closing it does
 * nothing, it lives as long as `keep`. */
gm_source *gm_keep_source(gm_keep *keep, uint64_t file_bytes);

#endif
