/* SPDX-License-Identifier: MIT */
/* Where torch is to be replaced, what came with it or was built against it has to follow. */
#include <string.h>

#include "advise/propose.h"
#include "base/text.h"

static bool is_extension(const gm_adviser *a, const char *name)
{
    return gm_extension_known(a->catalog, name) && !gm_is_companion(name);
}

bool gm_want_beside(gm_adviser *a, gm_advise_options *options)
{
    const gm_package_list *here = &a->result->packages;
    size_t asked = a->options->spec_count;
    gm_spec *specs = gm_arena_array(a->arena, asked + here->count + 1, sizeof *specs);
    if (!specs)
        return false;
    *options = *a->options;
    options->specs = specs;
    for (size_t i = 0; i < asked; i++)
        specs[i] = a->options->specs[i];
    /* Commands of a table install what they install. */
    for (size_t i = 0; i < here->count && !gm_advise_has_commands(options->installer); i++) {
        const char *name = here->items[i].name;
        if (strcmp(name, a->torch->name) && gm_advise_knows(a->catalog, name))
            specs[options->spec_count++] = (gm_spec){.name = name};
    }
    a->options = options;
    return true;
}

bool gm_want_no_extensions(gm_adviser *a, gm_advise_options *options)
{
    gm_spec *specs = gm_arena_array(a->arena, options->spec_count + 1, sizeof *specs);
    gm_text left = GM_TEXT_INIT;
    size_t kept = 0;
    for (size_t i = 0; specs && i < options->spec_count; i++) {
        const char *name = options->specs[i].name;
        if (is_extension(a, name))
            gm_text_addf(&left, "%s%s", left.size ? ", " : "", name);
        else
            specs[kept++] = options->specs[i];
    }
    if (left.failed)
        gm_arena_fail(a->arena);
    a->left = left.size ? gm_arena_text(a->arena, left.data) : NULL;
    gm_text_free(&left);
    if (!a->left)
        return false;
    options->specs = specs;
    options->spec_count = kept;
    return true;
}
