/* SPDX-License-Identifier: MIT */
#include "catalog/catalog.h"

#include <string.h>

#include "model/codelist.h"

static bool add_library(const gm_catalog *catalog, gm_package *package, const char *path,
                        const char *code, gm_role role, const char *feature, gm_arena *arena)
{
    gm_library *library = GM_PUSH(arena, &package->libraries);
    if (!library)
        return false;
    library->path = path;
    library->format = "list";
    library->package = package->name;
    library->role = role;
    library->feature = feature;
    library->selected = true;
    library->complete = true;
    return !code || !*code ||
           gm_code_list_parse(code, gm_catalog_intel_targets(catalog), arena, library, NULL) ==
               GM_OK;
}

bool gm_catalog_build_package(const gm_catalog *catalog, const gm_build *build, gm_arena *arena,
                              gm_package *package)
{
    gm_build_library others[8];
    size_t count =
        gm_catalog_build_libraries(catalog, build, others, sizeof others / sizeof *others);
    *package = (gm_package){
        .name = build->name,
        .version = gm_arena_printf(arena, "%s+%s", build->release, build->variant),
        .variant = build->variant,
        .cuda = build->cuda,
        .evidence = GM_EVIDENCE_CATALOG,
        .origin = build->code && *build->code ? GM_ORIGIN_EMBEDDED : GM_ORIGIN_UNKNOWN,
        .brings_math = build->cuda.count > 0,
        .source = gm_arena_printf(arena, "data/%s: %s", build->row.table, build->row.source),
        .confidence = build->row.confidence};
    if (!package->version || !package->source ||
        !add_library(catalog, package, build->name, build->code, GM_ROLE_CORE, NULL, arena))
        return false;
    for (size_t i = 0; i < count; i++) {
        gm_library_row row = {0};
        gm_catalog_library(catalog, build->name, others[i].path, &row);
        if (!add_library(catalog, package, others[i].path, others[i].code, row.role, row.feature,
                         arena))
            return false;
    }
    return true;
}

/* What an extension asks of the package that has builds: the first word of what it requires. */
static const char *asks_of(const gm_extension *extension, gm_arena *arena)
{
    const char *word = extension->requires ? extension->requires : "";
    size_t name = strcspn(word, "=<>!~ ");
    const char *owner = gm_arena_text_n(arena, word, name);
    bool asks = owner && word[name] && word[name] != ' ' && gm_catalog_has_builds(owner);
    return asks ? gm_arena_text_n(arena, word, strcspn(word, " ")) : NULL;
}

bool gm_catalog_extension_package(const gm_catalog *catalog, const gm_extension *extension,
                                  gm_arena *arena, gm_package *package)
{
    *package = (gm_package){.name = extension->name,
                            .version = extension->release,
                            .cuda = extension->cuda,
                            .asks = asks_of(extension, arena),
                            .linked = true,
                            .evidence = GM_EVIDENCE_CATALOG,
                            .origin = GM_ORIGIN_EMBEDDED,
                            .confidence = extension->row.confidence};
    return add_library(catalog, package, extension->name, extension->code, GM_ROLE_CORE, NULL,
                       arena);
}
