/* SPDX-License-Identifier: MIT */
/* PTX text comes to the same list in one piece and in small ones. */
#include "fuzz.h"

#include <string.h>

#include "../unit/listing.h"
#include "gpucode/ptx.h"

static gm_text read_in_pieces(gm_source *memory, size_t piece)
{
    gm_context context = gm_context_defaults();
    gm_library library = {.complete = true};
    gm_error error;
    gm_text text = GM_TEXT_INIT;
    gm_arena *arena = gm_arena_new(0);
    gm_source *source = source_in_pieces(memory, piece, GM_OFFSET_NONE);
    gm_reader *reader = gm_reader_new(source);
    if (gm_ptx_read(&context, reader, arena, &library, &error) == GM_OK)
        listing_add(&text, &library);
    gm_text_addf(&text, "%zu images", library.images.count);
    gm_reader_free(reader);
    gm_source_close(source);
    gm_arena_free(arena);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gm_span bytes = {data, size};
    gm_source *memory = gm_source_memory(bytes);
    gm_text whole = read_in_pieces(memory, SIZE_MAX);
    gm_text pieces = read_in_pieces(memory, 7);
    fuzz_require(!strcmp(whole.data, pieces.data));
    gm_ptx_sniff(bytes);
    gm_text_free(&whole);
    gm_text_free(&pieces);
    gm_source_close(memory);
    return 0;
}
