/* SPDX-License-Identifier: MIT */
/* Packages that are built against torch: which release goes with a build of it. */
#include "advise/trial.h"

#include <string.h>

#include "model/codelist.h"

bool gm_extension_known(const gm_catalog *catalog, const char *name)
{
    for (size_t i = 0; i < gm_catalog_extension_count(catalog); i++) {
        gm_extension extension;
        gm_catalog_extension(catalog, i, &extension);
        if (!strcmp(extension.name, name))
            return true;
    }
    return false;
}

/* Are all words of `requires` met by the build and its companions? */
static bool requirements_met(const gm_extension *extension, const gm_build *build, gm_arena *arena)
{
    for (const char *at = extension->requires; at && *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        const char *word = gm_arena_text_n(arena, at, size);
        gm_spec spec;
        if (!word || gm_spec_parse(word, arena, &spec, NULL) != GM_OK)
            return false;
        bool itself = !strcmp(spec.name, build->name);
        const char *version = itself ? build->release : gm_build_companion(build, spec.name);
        /* Companions that the build does not come with are the package's own to bring. */
        if ((itself || version) && !gm_spec_allows(&spec, version))
            return false;
        at += size;
    }
    return true;
}

bool gm_extension_of(const gm_catalog *catalog, const gm_build *build, const gm_spec *spec,
                     gm_arena *arena, gm_extension *ret_extension)
{
    for (size_t i = gm_catalog_extension_count(catalog); i-- > 0;) {
        gm_catalog_extension(catalog, i, ret_extension);
        if (!strcmp(ret_extension->name, spec->name) && ret_extension->code &&
            ret_extension->os == build->os && ret_extension->cpu == build->cpu &&
            gm_extension_is_for(ret_extension, build->cuda) &&
            gm_spec_allows(spec, ret_extension->release) &&
            requirements_met(ret_extension, build, arena))
            return true;
    }
    return false;
}

bool gm_extension_package(const gm_catalog *catalog, const gm_extension *extension,
                          const gm_build *build, gm_arena *arena, gm_package *package)
{
    bool made = gm_catalog_extension_package(catalog, extension, arena, package);
    package->variant = build->variant;
    package->cuda = build->cuda;
    return made;
}
