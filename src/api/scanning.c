/* SPDX-License-Identifier: MIT */
/* One library after the other is read, listed, and forgotten but for what a package comes to. */
#include "api/scanning.h"

#include "api/installed.h"
#include "scan/scan.h"

/* The package that an installed file belongs to, listed once. */
static const gm_package *owning_package(gm_scanning *scanning, const gm_installed *owner)
{
    gm_run *run = scanning->run;
    gm_package_list *packages = &run->result.packages;
    gm_package_row row;
    for (size_t i = 0; i < packages->count; i++)
        if (packages->items[i].path == owner->path)
            return &packages->items[i];
    bool known = gm_catalog_package(run->catalog, owner->name, &row);
    gm_package *package = GM_PUSH(run->arena, packages);
    if (package)
        gm_installed_package(run, owner, known ? &row : NULL, package);
    return package;
}

static gm_status survey_library(gm_scanning *scanning, const gm_library *library,
                                const gm_installed *owner)
{
    gm_run *run = scanning->run;
    const gm_package_list *packages = &run->result.packages;
    const gm_package *package = NULL;
    if (owner)
        package = owning_package(scanning, owner);
    else if (library->package) /* of the wheel that was named last */
        package = &packages->items[packages->count - 1];
    if (owner && !package)
        return gm_run_no_memory(run);
    gm_survey_group *group = gm_survey_group_of(run, &scanning->survey, package, scanning->path);
    gm_status status = group ? gm_survey_add(run, group, library) : gm_run_no_memory(run);
    if (status == GM_OK && scanning->require && gm_library_module_count(library) > 0)
        status = gm_require_library(run, scanning->require, package, library);
    return status;
}

static gm_status take_library(void *user, const gm_library *library, gm_arena *arena)
{
    gm_scanning *scanning = user;
    gm_run *run = scanning->run;
    gm_finding_list *findings = &run->result.findings;
    size_t modules = gm_library_module_count(library);
    if (gm_arena_failed(arena)) /* something may be missing from the library's findings */
        return gm_run_no_memory(run);
    bool matters = library->modules.count || library->findings.count;
    if (matters && gm_owners_wait(&scanning->owners) != GM_OK)
        return GM_MEMORY;
    scanning->totals.files++;
    for (size_t i = 0; i < library->findings.count; i++) {
        if (findings->count >= run->context.limits.findings)
            findings->dropped++;
        else if (!gm_finding_copy(run->arena, findings, &library->findings.items[i]))
            return gm_run_no_memory(run);
    }
    scanning->totals.complete = scanning->totals.complete && library->complete;
    if (library->modules.count == 0) {
        scanning->totals.without_code++;
        return GM_OK;
    }
    scanning->totals.libraries++;
    scanning->totals.modules += modules;
    scanning->totals.images += library->images.count;
    for (size_t i = 0; i < library->images.count && !scanning->totals.ptx; i++)
        scanning->totals.ptx = library->images.items[i].kind == GM_IMAGE_PTX;
    const gm_installed *owner =
        library->package ? NULL : gm_owner_of(&scanning->owners, library->path);
    gm_library named = *library;
    named.package = owner ? owner->name : library->package;
    gm_status status = survey_library(scanning, &named, owner);
    if (status == GM_OK && scanning->list)
        status = scanning->list(scanning->user, &named, arena);
    return status;
}

static void count_unopened(void *user, size_t count)
{
    gm_scanning *scanning = user;
    scanning->totals.files += count;
    scanning->totals.without_code += count;
}

static gm_status take_package(void *user, const gm_package *package, gm_error *reterr)
{
    gm_scanning *scanning = user;
    (void)reterr;
    return gm_run_keep_package(scanning->run, package);
}

gm_status gm_scanning_path(gm_scanning *scanning, const char *path)
{
    gm_run *run = scanning->run;
    gm_scan_path_options options = {.forward_only = scanning->forward_only,
                                    .deep = scanning->deep,
                                    .package = take_package,
                                    .unopened = count_unopened};
    scanning->path = path;
    gm_status status = gm_owners_begin(run, path, &scanning->owners);
    if (status == GM_OK)
        status = gm_scan_path(&run->context, path, &options, take_library, scanning, &run->error);
    gm_status owners = gm_owners_wait(&scanning->owners);
    if (status == GM_OK)
        status = owners;
    scanning->totals.complete = scanning->totals.complete && status == GM_OK;
    return status;
}

void gm_scanning_note_end(gm_scanning *scanning)
{
    gm_run *run = scanning->run;
    gm_finding *finding =
        gm_finding_add(run->arena, &run->result.findings, GM_CODE_UNREADABLE, GM_SEVERITY_ERROR);
    char *reason = finding ? gm_arena_printf(run->arena, "unreadable.%s", run->error.code) : NULL;
    if (!reason)
        return;
    gm_args_text(run->arena, &finding->args, "file", scanning->path);
    gm_args_message(run->arena, &finding->args, "reason", reason);
}
