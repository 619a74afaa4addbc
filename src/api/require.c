/* SPDX-License-Identifier: MIT */
/* The CI gate of `scan --require`: module by module, on a device of each required target. */
#include "api/require.h"

#include <inttypes.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/catalog.h"
#include "judge/judge.h"
#include "model/codelist.h"

/* ---- the list ---- */

static bool is_separator(char c)
{
    return gm_ascii_is_space(c) || c == ',' || c == ';';
}

static bool add_target(gm_run *run, gm_library *list, const gm_target *target)
{
    gm_image *image = GM_PUSH(run->arena, &list->images);
    if (!image)
        return false;
    image->kind = target->kind == GM_TARGET_GFX     ? GM_IMAGE_HSACO
                  : target->kind == GM_TARGET_INTEL ? GM_IMAGE_SPIRV
                                                    : GM_IMAGE_SASS;
    image->target = *target;
    return true;
}

gm_status gm_require_read(gm_run *run, const char *text, gm_require *ret_require)
{
    gm_library *list = &ret_require->list;
    gm_status status = GM_OK;
    *ret_require = (gm_require){.libraries = 0};
    for (const char *at = text; status == GM_OK; at += strcspn(at, " \t\r\n,;")) {
        gm_gpu gpu;
        while (is_separator(*at))
            at++;
        if (!*at)
            break;
        size_t size = gm_catalog_gpu_at(run->catalog, at, strlen(at), &gpu);
        if (size && (!at[size] || is_separator(at[size]))) {
            for (unsigned i = 0; i < gpu.target_count; i++)
                if (!add_target(run, list, &gpu.targets[i]))
                    return gm_run_no_memory(run);
            at += size;
            continue;
        }
        const char *word = gm_arena_text_n(run->arena, at, strcspn(at, " \t\r\n,;"));
        status = word ? gm_code_list_parse(word, gm_catalog_intel_targets(run->catalog), run->arena,
                                           list, &run->error)
                      : gm_run_no_memory(run);
    }
    if (status == GM_OK && list->images.count == 0)
        status = gm_fail(&run->error, GM_USAGE, "bad-code", "", GM_OFFSET_NONE);
    return status;
}

/* ---- one module ---- */

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

/* ---- one library ---- */

/* How the modules of a library stand to one entry. */
struct tally {
    size_t served, missing;
    const gm_module *first; /* that lacks it */
};

static struct tally count_modules(const gm_catalog *catalog, const gm_library *library,
                                  const gm_image *entry)
{
    struct tally tally = {0, 0, NULL};
    const gm_module *other = NULL; /* made for other GPUs: a lack where all are */
    for (size_t i = 0; i < library->modules.count; i++) {
        const gm_module *module = &library->modules.items[i];
        bool for_others;
        if (!gm_module_counts(module))
            continue;
        if (module_serves(catalog, library, module, entry, &for_others)) {
            tally.served++;
        } else if (!for_others) {
            tally.missing++;
            tally.first = tally.first ? tally.first : module;
        } else if (!other) {
            other = module;
        }
    }
    if (!tally.first && !tally.served)
        tally.first = other;
    return tally;
}

/* Misses beyond the limit of findings are counted only. */
static bool is_full(gm_run *run)
{
    gm_finding_list *findings = &run->result.findings;
    bool full = findings->count >= run->context.limits.findings;
    findings->dropped += full;
    return full;
}

static gm_finding *add_miss(gm_run *run, const char *variant, const gm_image *entry)
{
    char target[GM_TARGET_TEXT];
    gm_finding_list *findings = &run->result.findings;
    gm_finding *finding =
        gm_finding_add(run->arena, findings, GM_CODE_REQUIRE_NOT_MET, GM_SEVERITY_ERROR);
    if (!finding)
        return NULL;
    finding->variant = variant;
    if (entry)
        gm_args_text(run->arena, &finding->args, "target",
                     gm_target_format(&entry->target, target));
    return finding;
}

static bool tell_miss(gm_run *run, const gm_package *package, const gm_library *library,
                      const gm_image *entry, const struct tally *tally)
{
    const gm_module *first = tally->first;
    if (is_full(run))
        return true;
    gm_finding *finding = add_miss(run, first && first->section ? "module" : NULL, entry);
    if (!finding)
        return false;
    gm_args *args = &finding->args;
    gm_args_text(run->arena, args, "library", library->path);
    gm_args_number(run->arena, args, "served", (int64_t)tally->served);
    gm_args_number(run->arena, args, "modules", (int64_t)gm_library_module_count(library));
    if (first) {
        gm_args_number(run->arena, args, "missing", (int64_t)tally->missing);
        gm_args_number(run->arena, args, "module", first - library->modules.items);
        gm_args_text(run->arena, args, "section", first->section);
        gm_args_text(run->arena, args, "offset",
                     gm_arena_printf(run->arena, "0x%" PRIx64, first->offset));
    }
    if (package)
        gm_finding_about(run->arena, finding, package->name, -1);
    gm_finding_evidence(run->arena, finding, gm_args_find(args, "library"),
                        first ? first->offset : GM_OFFSET_NONE, NULL, NULL);
    return true;
}

/* Its kernels are not where code is read: said, and not held against it. */
static bool tell_opaque(gm_run *run, const gm_library *library)
{
    if (is_full(run))
        return true;
    gm_finding *finding =
        gm_finding_add(run->arena, &run->result.findings, GM_CODE_UNKNOWN_CODE, GM_SEVERITY_NOTE);
    if (!finding)
        return false;
    finding->variant = "opaque";
    gm_args_text(run->arena, &finding->args, "library", library->path);
    return true;
}

static gm_required_builds *builds_of(gm_run *run, gm_require *require, const gm_package *package)
{
    for (size_t i = 0; i < require->builds.count; i++)
        if (!strcmp(require->builds.items[i].package, package->name))
            return &require->builds.items[i];
    gm_required_builds *builds = GM_PUSH(run->arena, &require->builds);
    if (!builds)
        return NULL;
    builds->package = package->name;
    builds->version = package->version;
    builds->served = gm_arena_array(run->arena, require->list.images.count, sizeof(bool));
    return builds->served ? builds : NULL;
}

gm_status gm_require_library(gm_run *run, gm_require *require, const gm_package *package,
                             const gm_library *library)
{
    gm_library_row row = {.role = GM_ROLE_OTHER};
    gm_required_builds *builds = NULL;
    bool told = true;
    /* Where the package is not known, the name of the file says what it is. */
    gm_catalog_library(run->catalog, package ? package->name : NULL, library->path, &row);
    require->libraries++;
    if (row.opaque)
        return tell_opaque(run, library) ? GM_OK : gm_run_no_memory(run);
    if (package && row.select && row.release.count) {
        builds = builds_of(run, require, package);
        if (!builds)
            return gm_run_no_memory(run);
        builds->count++;
    }
    for (size_t i = 0; told && i < require->list.images.count; i++) {
        const gm_image *entry = &require->list.images.items[i];
        struct tally tally = count_modules(run->catalog, library, entry);
        bool met = tally.served && (!tally.missing || row.self_dispatching);
        if (builds) {
            builds->served[i] = builds->served[i] || met;
        } else if (!met) {
            require->missed = true;
            told = tell_miss(run, package, library, entry, &tally);
        }
    }
    return told ? GM_OK : gm_run_no_memory(run);
}

static bool finish_builds(gm_run *run, gm_require *require, const gm_required_builds *builds)
{
    for (size_t i = 0; i < require->list.images.count; i++) {
        if (builds->served[i])
            continue;
        require->missed = true;
        if (is_full(run))
            continue;
        gm_finding *finding = add_miss(run, "builds", &require->list.images.items[i]);
        if (!finding)
            return false;
        gm_args_text(run->arena, &finding->args, "package",
                     gm_arena_printf(run->arena, "%s %s", builds->package, builds->version));
        gm_args_number(run->arena, &finding->args, "builds", (int64_t)builds->count);
        gm_finding_about(run->arena, finding, builds->package, -1);
    }
    return true;
}

gm_status gm_require_finish(gm_run *run, gm_require *require)
{
    bool told = true;
    for (size_t i = 0; told && i < require->builds.count; i++)
        told = finish_builds(run, require, &require->builds.items[i]);
    if (require->libraries == 0) {
        require->missed = true;
        told = add_miss(run, "nothing", NULL) != NULL;
    }
    return told ? GM_OK : gm_run_no_memory(run);
}
