/* SPDX-License-Identifier: MIT */
#include "catalog/catalog.h"

#include <string.h>

#include "catalog/internal.h"
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

static const char *source_text(const gm_row_source *row, gm_arena *arena)
{
    return gm_arena_printf(arena, "data/%s: %s", row->table, row->source);
}

bool gm_catalog_build_package(const gm_catalog *catalog, const gm_build *build, gm_arena *arena,
                              gm_package *package)
{
    gm_build_library others[8];
    size_t count =
        gm_catalog_build_libraries(catalog, build, others, sizeof others / sizeof *others);
    *package =
        (gm_package){.name = build->name,
                     .version = gm_arena_printf(arena, "%s+%s", build->release, build->variant),
                     .variant = build->variant,
                     .cuda = build->cuda,
                     .build_row = build->place + 1,
                     .evidence = GM_EVIDENCE_CATALOG,
                     .origin = build->code && *build->code ? GM_ORIGIN_EMBEDDED : GM_ORIGIN_UNKNOWN,
                     .brings_math = build->cuda.count > 0,
                     .source = source_text(&build->row, arena),
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
                            .source = source_text(&extension->row, arena),
                            .confidence = extension->row.confidence};
    return package->source && add_library(catalog, package, extension->name, extension->code,
                                          GM_ROLE_CORE, NULL, arena);
}

const char *gm_catalog_extension_asks(const gm_catalog *catalog, const char *name,
                                      const char *release, gm_arena *arena)
{
    gm_extension extension;
    for (size_t i = 0; i < gm_catalog_extension_count(catalog); i++) {
        gm_catalog_extension(catalog, i, &extension);
        if (!strcmp(extension.name, name) && !strcmp(extension.release, release))
            return asks_of(&extension, arena);
    }
    return NULL;
}

static bool add_code_of(const gm_catalog *catalog, const gm_build *build, gm_arena *arena,
                        gm_package *package)
{
    package->variant = build->variant;
    package->cuda = build->cuda;
    package->evidence = GM_EVIDENCE_CATALOG;
    package->source = source_text(&build->row, arena);
    package->confidence = GM_CONFIDENCE_MEDIUM;
    if (!package->source || !build->code || !*build->code)
        return package->source != NULL;
    package->origin = GM_ORIGIN_EMBEDDED;
    return add_library(catalog, package, package->name, build->code, GM_ROLE_CORE, NULL, arena);
}

bool gm_catalog_companion_package(const gm_catalog *catalog, const char *name, const char *release,
                                  const char *variant, gm_os os, gm_cpu cpu, gm_arena *arena,
                                  gm_package *package)
{
    gm_build build;
    gm_package_row row;
    const char *owner = gm_catalog_companion_owner(catalog, name, release);
    package->asks = gm_catalog_extension_asks(catalog, name, release, arena);
    package->linked = package->asks != NULL;
    if (!owner || !gm_catalog_package(catalog, name, &row) || row.origin != GM_ORIGIN_EMBEDDED)
        return true;
    package->linked = true;
    if (!package->asks)
        package->asks = gm_arena_printf(arena, "%s==%s", TORCH, owner);
    bool found = variant ? gm_catalog_build_find(catalog, TORCH, owner, variant, os, cpu, &build)
                         : gm_catalog_default_build(catalog, TORCH, owner, os, cpu, &build);
    return package->asks && (!found || add_code_of(catalog, &build, arena, package));
}
