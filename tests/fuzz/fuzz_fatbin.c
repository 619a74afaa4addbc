/* SPDX-License-Identifier: MIT */
/* The walk over one container at the start of the bytes, then the whole as a file. */
#include "fuzz.h"
#include "gpucode/fatbin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gm_span bytes = {data, size};
    gm_fatbin fatbin = {0};
    gm_fatbin_walk walk;
    gm_arena *arena = gm_arena_new(0);
    fuzz_require(gm_fatbin_find(bytes, 0) <= size);
    gm_fatbin_begin(&walk, &fatbin, 0, size);
    while (walk.state != GM_WALK_DONE) {
        uint64_t left = walk.need_offset < size ? size - walk.need_offset : 0;
        gm_span part =
            gm_span_part(bytes, walk.need_offset, left < walk.need_bytes ? left : walk.need_bytes);
        fuzz_require(gm_fatbin_feed(&walk, part, arena, 10000));
    }
    for (size_t i = 0; i < fatbin.entries.count; i++)
        fuzz_require(fatbin.entries.items[i].end <= size);
    gm_arena_free(arena);
    fuzz_scan(bytes);
    return 0;
}
