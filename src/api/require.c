/* SPDX-License-Identifier: MIT */
/* The CI gate of `scan --require`: module by module, on a device of each required target. */
#include "api/require.h"

#include "api/run.h"
#include "catalog/catalog.h"
#include "judge/judge.h"

/* What the judge's rules say of one module on a device; `device` may have a suffix, which is no
 * property of devices. Any driver will do. */
static gm_cover cover_of(const gm_catalog *catalog, const gm_library *library,
                         const gm_module *module, const gm_target *device)
{
    const gm_driver any_driver = {0};
    gm_target plain = *device;
    gm_library one = *library;
    plain.kind = plain.kind == GM_TARGET_COMPUTE ? GM_TARGET_SM : plain.kind;
    plain.suffix = 0;
    one.modules.items = (gm_module *)module;
    one.modules.count = 1;
    return gm_cover_library(catalog, &one, &plain, &any_driver, GM_OS_LINUX, (gm_version){{0}, 0});
}

/* PTX, with the required suffix, that compiles for a required compute_XY. */
static bool has_ptx(const gm_catalog *catalog, const gm_library *library, const gm_module *module,
                    const gm_target *target)
{
    for (size_t i = 0; i < module->image_count; i++) {
        const gm_image *image = &library->images.items[module->first_image + i];
        gm_module alone = *module;
        alone.first_image += i;
        alone.image_count = 1;
        if (image->kind == GM_IMAGE_PTX && image->target.suffix == target->suffix &&
            (gm_target_equal(&image->target, target) ||
             cover_of(catalog, library, &alone, target).ptx > 0))
            return true;
    }
    return false;
}

/* A linked module compiles anew from the PTX of its parts: all of them must have some. */
static bool parts_have_ptx(const gm_catalog *catalog, const gm_library *library,
                           const gm_target *target)
{
    bool any = false;
    for (size_t i = 0; i < library->modules.count; i++) {
        const gm_module *module = &library->modules.items[i];
        if (module->registration != GM_MODULE_PRELINKED)
            continue;
        if (!has_ptx(catalog, library, module, target))
            return false;
        any = true;
    }
    return any;
}

static bool has_exactly(const gm_library *library, const gm_module *module, const gm_target *target)
{
    for (size_t i = 0; i < module->image_count; i++)
        if (gm_target_equal(&library->images.items[module->first_image + i].target, target))
            return true;
    return false;
}

static bool module_serves(const gm_catalog *catalog, const gm_library *library,
                          const gm_module *module, const gm_image *required, bool *ret_for_others)
{
    *ret_for_others = false;
    if (required->kind == GM_IMAGE_PTX)
        return has_ptx(catalog, library, module, &required->target) ||
               (module->registration == GM_MODULE_LINKED &&
                parts_have_ptx(catalog, library, &required->target));
    if (required->target.suffix)
        return has_exactly(library, module, &required->target);
    gm_cover cover = cover_of(catalog, library, module, &required->target);
    *ret_for_others = cover.other_gpus > 0;
    return cover.sass > 0;
}

/* Known by its name, whatever package it came in. */
static bool dispatches_itself(const gm_catalog *catalog, const gm_library *library)
{
    gm_library_row row;
    return gm_catalog_library(catalog, NULL, library->path, &row) && row.self_dispatching;
}

static bool check_entry(const gm_catalog *catalog, const gm_library *library,
                        const gm_image *required, gm_arena *arena, gm_finding_list *findings)
{
    size_t served = 0, missing = 0;
    const gm_module *first = NULL;
    for (size_t i = 0; i < library->modules.count; i++) {
        const gm_module *module = &library->modules.items[i];
        bool for_others;
        if (!gm_module_counts(module))
            continue;
        if (module_serves(catalog, library, module, required, &for_others)) {
            served++;
        } else if (!for_others) {
            missing++;
            first = first ? first : module;
        }
    }
    if (served && (!missing || dispatches_itself(catalog, library)))
        return true;
    gm_finding *finding =
        gm_finding_add(arena, findings, GM_CODE_REQUIRE_NOT_MET, GM_SEVERITY_ERROR);
    if (!finding)
        return false;
    char target[GM_TARGET_TEXT];
    gm_args_text(arena, &finding->args, "library", library->path);
    gm_args_text(arena, &finding->args, "target", gm_target_format(&required->target, target));
    gm_args_number(arena, &finding->args, "served", (int64_t)served);
    gm_args_number(arena, &finding->args, "modules", (int64_t)gm_library_module_count(library));
    gm_finding_evidence(arena, finding, gm_args_find(&finding->args, "library"),
                        first ? first->offset : GM_OFFSET_NONE, NULL, NULL);
    return false;
}

bool gm_require_check(const gm_catalog *catalog, const gm_library *library,
                      const gm_library *required, gm_arena *arena, gm_finding_list *findings)
{
    bool met = true;
    for (size_t i = 0; i < required->images.count; i++)
        met = check_entry(catalog, library, &required->images.items[i], arena, findings) && met;
    return met;
}
