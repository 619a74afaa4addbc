/* SPDX-License-Identifier: MIT */
/* Which GPUs a package serves: the rules, asked for every kind of GPU in the catalogue. */
#include <string.h>

#include "base/error.h"
#include "judge/judge.h"

/* Could the package be on a Jetson, whose processor is an ARM? */
static bool fits_integrated(const gm_package *package)
{
    for (size_t i = 0; i < package->libraries.count; i++) {
        const char *arch = package->libraries.items[i].arch;
        if (arch && strcmp(arch, gm_cpu_token(GM_CPU_AARCH64)))
            return false;
    }
    return true;
}

/* Variants of code ("sm_90a") are no GPUs. */
static bool is_gpu(const gm_sm *sm, bool integrated)
{
    return sm->target.suffix == 0 && (integrated || !sm->tegra);
}

static gm_service *add_service(gm_arena *arena, gm_services *services, const gm_sm *sm)
{
    gm_service *service = GM_PUSH(arena, services);
    if (service)
        *service = (gm_service){.target = sm->target,
                                .architecture = sm->architecture,
                                .gpus = sm->gpus,
                                .integrated = sm->tegra,
                                .released = sm->first_toolkit};
    return service;
}

/* What a finding says is missing: the feature, or the library that has no name for one. */
static void add_lack(gm_arena *arena, gm_service *service, const gm_finding *finding)
{
    const gm_arg *feature = NULL;
    for (size_t i = 0; i < finding->args.count; i++)
        if (!strcmp(finding->args.items[i].name, "feature"))
            feature = &finding->args.items[i];
    if (feature && feature->is_message && strcmp(feature->text, "feature.unnamed"))
        gm_args_message(arena, &service->lacks, "feature", feature->text);
    else
        gm_args_text(arena, &service->lacks, "library", gm_args_find(&finding->args, "file_name"));
}

static void add_lacks(gm_arena *arena, gm_service *service, const gm_finding_list *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].code == GM_CODE_MISSING_FEATURE)
            add_lack(arena, service, &findings->items[i]);
}

static bool has_nvidia_code(const gm_package *package)
{
    for (size_t i = 0; i < package->libraries.count; i++) {
        const gm_library *library = &package->libraries.items[i];
        for (size_t k = 0; k < library->images.count; k++)
            if (gm_target_vendor(&library->images.items[k].target) == GM_VENDOR_NVIDIA)
                return true;
    }
    return false;
}

/* Nothing in the package is for the GPU: alone, it is no part of anything that runs there. */
static bool is_empty_for(const gm_package *package, const gm_device_outcome *outcome)
{
    bool asked = false;
    for (size_t i = 0; i < package->libraries.count; i++) {
        const gm_library *library = &package->libraries.items[i];
        if (library->opaque || !library->selected || gm_library_module_count(library) == 0)
            continue;
        asked = true;
        if (outcome->libraries[i].coverage != GM_COVERAGE_NONE)
            return false;
    }
    return asked;
}

static void take_outcome(const gm_package *package, const gm_device_outcome *outcome,
                         gm_service *service)
{
    bool empty = outcome->verdict == GM_VERDICT_PARTLY && is_empty_for(package, outcome);
    service->verdict = empty ? GM_VERDICT_NO : outcome->verdict;
    service->reasons = outcome->reasons;
    service->lacking = outcome->lacking;
    if (empty) {
        service->lacks = (gm_args){0};
        service->lacking = 0;
    }
}

/* Asks the rules about one GPU, in the arena `work`: what is said of one kind of GPU is said of no
 * other, and of many libraries that is much. */
static bool serve(const gm_catalog *catalog, const gm_package *package, gm_os os, gm_arena *work,
                  gm_arena *arena, gm_service *service)
{
    const gm_judge_options options = {.assume_driver = true, .findings_max = GM_SERVICE_LACKS};
    gm_result result = {.machine = {.os = os, .gpus = GM_KNOWN}};
    gm_package *judged = GM_PUSH(work, &result.packages);
    gm_device *device = GM_PUSH(work, &result.machine.devices);
    if (!judged || !device)
        return false;
    *judged = *package;
    judged->installed = true; /* system and Python are not the question */
    memset(&judged->outcomes, 0, sizeof judged->outcomes);
    *device =
        (gm_device){.vendor = GM_VENDOR_NVIDIA, .targets = {service->target}, .target_count = 1};
    if (!gm_judge(catalog, &result, &options, work))
        return false;
    add_lacks(arena, service, &result.findings);
    take_outcome(judged, &judged->outcomes.items[0], service);
    return !gm_arena_failed(work); /* else something may be missing */
}

bool gm_serve(const gm_catalog *catalog, const gm_package *package, gm_os os, gm_arena *arena,
              gm_services *ret_services)
{
    bool integrated = fits_integrated(package);
    gm_sm sm;
    *ret_services = (gm_services){0};
    if (!has_nvidia_code(package))
        return true;
    for (size_t i = 0; gm_catalog_sm_at(catalog, i, &sm); i++) {
        if (!is_gpu(&sm, integrated))
            continue;
        gm_service *service = add_service(arena, ret_services, &sm);
        gm_arena *work = gm_arena_under(arena);
        bool served = service && work && serve(catalog, package, os, work, arena, service);
        gm_arena_free(work);
        if (!served)
            return false;
    }
    return true;
}
