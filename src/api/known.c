/* SPDX-License-Identifier: MIT */
#include "api/known.h"

#include <string.h>

#include "model/summary.h"

static bool take_needs(const char *text, gm_arena *arena, gm_library *library)
{
    while (*text) {
        size_t size = strcspn(text, " ");
        const char **place = GM_PUSH(arena, &library->needed);
        const char *name = place ? gm_arena_text_n(arena, text, size) : NULL;
        if (!name)
            return false;
        *place = name;
        text += size + (text[size] == ' ');
    }
    return true;
}

bool gm_known_library(const gm_catalog *catalog, const gm_recorded *recorded, uint64_t size_bytes,
                      gm_arena *arena, gm_library *ret_library)
{
    gm_scanned scanned;
    if (!recorded->sha256 || recorded->size_bytes != size_bytes ||
        !gm_catalog_scanned(catalog, recorded->sha256, size_bytes, &scanned))
        return false;
    *ret_library = (gm_library){.path = recorded->path,
                                .format = scanned.format,
                                .arch = scanned.arch,
                                .bytes = size_bytes,
                                .run_path = scanned.run_path,
                                .complete = true};
    return (!scanned.needs || take_needs(scanned.needs, arena, ret_library)) &&
           (!scanned.code || gm_summary_parse(scanned.code, arena, ret_library));
}
