/* SPDX-License-Identifier: MIT */
/* Text that somebody pastes into `explain`. */
#include "fuzz.h"

#include "explain/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gm_explanation told = {0};
    gm_error error;
    gm_arena *arena = gm_arena_new((size_t)64 << 20);
    gm_lang lang = size % 2;
    gm_status status =
        gm_explain_read(gm_catalog_builtin(), (const char *)data, size, lang, arena, &told, &error);
    fuzz_require(status == GM_OK || status == GM_USAGE);
    if (status == GM_OK)
        gm_explain_examples(&told, &told.machine, gm_catalog_builtin(), lang, arena);
    gm_arena_free(arena);
    return 0;
}
