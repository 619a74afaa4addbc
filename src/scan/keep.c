/* SPDX-License-Identifier: MIT */
#include "scan/keep.h"

#include <string.h>

void gm_keep_begin(gm_keep *keep, gm_arena *arena, size_t limit_bytes)
{
    *keep = (gm_keep){.arena = arena, .limit_blocks = limit_bytes / GM_KEEP_BLOCK};
}

bool gm_keep_add(gm_keep *keep, uint64_t offset, gm_span block)
{
    if (keep->blocks.count && keep->blocks.items[keep->blocks.count - 1].offset >= offset)
        return true;
    if (keep->blocks.count >= keep->limit_blocks) {
        keep->over_limit = true;
        return true;
    }
    uint8_t *copy = gm_arena_alloc(keep->arena, block.size ? block.size : 1);
    gm_keep_block *kept = copy ? GM_PUSH(keep->arena, &keep->blocks) : NULL;
    if (!kept)
        return false;
    if (block.size)
        memcpy(copy, block.data, block.size);
    *kept = (gm_keep_block){offset, block.size, copy};
    return true;
}

/* Index of the first block that ends behind `offset`. */
static size_t block_from(const gm_keep *keep, uint64_t offset)
{
    size_t low = 0, high = keep->blocks.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (keep->blocks.items[middle].offset + GM_KEEP_BLOCK <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static gm_status read_kept(gm_source *source, uint64_t offset, void *buffer, size_t size,
                           size_t *got, gm_error *reterr)
{
    gm_keep *keep = source->state;
    (void)reterr;
    *got = 0;
    if (offset >= source->size_bytes)
        return GM_OK;
    if (size > source->size_bytes - offset)
        size = (size_t)(source->size_bytes - offset);
    memset(buffer, 0, size);
    *got = size;
    uint64_t end = offset + size;
    for (size_t i = block_from(keep, offset); i < keep->blocks.count; i++) {
        const gm_keep_block *block = &keep->blocks.items[i];
        if (block->offset >= end)
            break;
        uint64_t from = block->offset > offset ? block->offset : offset;
        uint64_t to = block->offset + block->bytes < end ? block->offset + block->bytes : end;
        if (from < to)
            memcpy((uint8_t *)buffer + (from - offset), block->data + (from - block->offset),
                   (size_t)(to - from));
    }
    return GM_OK;
}

static void close_kept(gm_source *source)
{
    (void)source;
}

gm_source *gm_keep_source(gm_keep *keep, uint64_t file_bytes)
{
    keep->source = (gm_source){
        .read = read_kept, .close = close_kept, .size_bytes = file_bytes, .state = keep};
    return &keep->source;
}
