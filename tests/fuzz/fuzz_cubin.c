/* SPDX-License-Identifier: MIT */
#include "fuzz.h"
#include "gpucode/cubin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gm_span bytes = {data, size};
    gm_damage_list damage = {.limit = 100};
    gm_image image = {0};
    gm_error error;
    gm_arena *arena = gm_arena_new(0);
    gm_source *source = gm_source_memory(bytes);
    gm_reader *reader = gm_reader_new(source);
    gm_cubin_has_code(bytes);
    gm_cubin_read(reader, size, arena, &image, &damage, &error);
    gm_reader_free(reader);
    gm_source_close(source);
    gm_arena_free(arena);
    fuzz_scan(bytes);
    return 0;
}
