/* SPDX-License-Identifier: MIT */
/* A table of --data: its name in the first line, then its text. */
#include "fuzz.h"

#include <string.h>

#include "catalog/overlay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const gm_catalog *catalog = NULL;
    gm_error error = {0};
    gm_arena *arena = gm_arena_new((size_t)64 << 20);
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t first = end ? (size_t)(end - data) : size;
    char *name = fuzz_text(arena, (gm_span){data, first});
    if (end && gm_catalog_has_table(name)) {
        gm_table_file file = {name, name, (const char *)end + 1, size - first - 1};
        gm_status status = gm_catalog_overlay(&file, 1, arena, &catalog, &error);
        fuzz_require(status == GM_OK ? catalog != NULL : status == GM_USAGE && error.code);
    }
    gm_arena_free(arena);
    return 0;
}
