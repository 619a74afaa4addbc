/* SPDX-License-Identifier: MIT */
#include "advise/trial.h"

#include <string.h>

#include "base/lookup.h"

uint64_t gm_visible_mask(const gm_machine *machine)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < machine->devices.count && i < GM_TRIAL_DEVICES; i++)
        if (!machine->devices.items[i].hidden)
            mask |= (uint64_t)1 << i;
    return mask;
}

bool gm_has_tegra(const gm_catalog *catalog, const gm_machine *machine)
{
    for (size_t i = 0; i < machine->devices.count; i++) {
        gm_sm sm;
        if (machine->devices.items[i].target_count &&
            gm_catalog_sm(catalog, &machine->devices.items[i].targets[0], &sm) && sm.tegra)
            return true;
    }
    return false;
}

/* Place of a device by its index. */
static uint64_t device_bit(const gm_machine *machine, int index)
{
    for (size_t i = 0; i < machine->devices.count && i < GM_TRIAL_DEVICES; i++)
        if (machine->devices.items[i].index == index)
            return (uint64_t)1 << i;
    return 0;
}

static const char *const companions[] = {"torchvision", "torchaudio"};

const char *gm_build_companion(const gm_build *build, const char *name)
{
    if (!strcmp(name, companions[0]))
        return build->torchvision;
    return !strcmp(name, companions[1]) ? build->torchaudio : NULL;
}

bool gm_is_companion(const char *name)
{
    return !strcmp(name, companions[0]) || !strcmp(name, companions[1]);
}

/* Does it come in releases beside the build, or is it the build itself? */
static bool is_companion(const gm_build *build, const char *name)
{
    return !strcmp(name, build->name) || gm_is_companion(name);
}

/* The extensions that the user wants beside the build; false where one has no release that goes
 * with it. */
static bool add_extensions(const gm_catalog *catalog, const gm_build *build,
                           const gm_advise_options *options, gm_arena *arena,
                           gm_package_list *packages)
{
    for (size_t i = 0; i < options->spec_count; i++) {
        gm_extension extension;
        const gm_spec *spec = &options->specs[i];
        if (is_companion(build, spec->name))
            continue;
        gm_package *package = GM_PUSH(arena, packages);
        if (!package || !gm_extension_of(catalog, build, spec, arena, &extension) ||
            !gm_extension_package(catalog, &extension, build, arena, package))
            return false;
    }
    return true;
}

/* The packages as they are before they are judged. */
static bool copy_packages(gm_arena *arena, const gm_package_list *packages, gm_package_list *copies)
{
    for (size_t i = 0; i < packages->count; i++) {
        gm_package *copy = GM_PUSH(arena, copies);
        if (!copy)
            return false;
        *copy = packages->items[i];
        memset(&copy->outcomes, 0, sizeof copy->outcomes);
    }
    return true;
}

/* Where each package of the result runs: on those devices only does all of it. */
static void read_outcomes(const gm_machine *machine, const gm_result *result, gm_trial *trial)
{
    uint64_t beside = 0;
    trial->verdict = result->verdict;
    for (size_t k = 0; k < result->packages.count; k++) {
        const gm_package *package = &result->packages.items[k];
        uint64_t runs = 0, starts = 0;
        for (size_t i = 0; i < package->outcomes.count; i++) {
            const gm_device_outcome *outcome = &package->outcomes.items[i];
            uint64_t bit = device_bit(machine, outcome->device);
            runs |= outcome->verdict == GM_VERDICT_RUNS ? bit : 0;
            starts |= outcome->verdict <= GM_VERDICT_RUNS_JIT ? bit : 0;
            trial->limited = trial->limited || outcome->reasons.has[GM_CODE_DRIVER_MINOR_COMPAT];
            beside |= outcome->reasons.has[GM_CODE_OTHER_VENDOR] ? bit : 0;
        }
        trial->runs = k ? trial->runs & runs : runs;
        trial->starts = k ? trial->starts & starts : starts;
    }
    /* Another vendor's GPU beside one that is served stands in nobody's way. */
    trial->runs |= trial->runs ? beside : 0;
    trial->starts |= trial->starts ? beside : 0;
    trial->beside = beside != 0;
}

/* Judges what a trial installs; outcomes go to `scratch`. */
static bool judge_trial(const gm_catalog *catalog, const gm_machine *machine,
                        const gm_judge_options *judge, gm_arena *scratch, gm_trial *trial)
{
    gm_result result = {.machine = *machine};
    if (!copy_packages(scratch, &trial->packages, &result.packages) ||
        !gm_judge(catalog, &result, judge, scratch))
        return false;
    read_outcomes(machine, &result, trial);
    return true;
}

bool gm_advise_knows(const gm_catalog *catalog, const char *name)
{
    gm_build first;
    gm_catalog_build(catalog, 0, &first);
    return is_companion(&first, name) || gm_extension_known(catalog, name);
}

/* Do the companions of a build meet what the user asked of them? */
static bool companions_allowed(const gm_build *build, const gm_advise_options *options)
{
    for (size_t i = 0; i < options->spec_count; i++) {
        const gm_spec *spec = &options->specs[i];
        const char *version = gm_build_companion(build, spec->name);
        if (strcmp(spec->name, build->name) && is_companion(build, spec->name) &&
            spec->clause_count && (!version || !gm_spec_allows(spec, version)))
            return false;
    }
    return true;
}

/* Without a wish of the user's, torch comes with torchvision, as in PyTorch's own command. */
static bool is_lacking(const gm_build *build, const gm_advise_options *options)
{
    if (options->spec_count == 0)
        return !build->torchvision;
    for (size_t i = 0; i < options->spec_count; i++)
        if (strcmp(options->specs[i].name, build->name) &&
            is_companion(build, options->specs[i].name) &&
            !gm_build_companion(build, options->specs[i].name))
            return true;
    return false;
}

/* An installer with commands of its own knows some builds only, and may have other code in them. */
static bool installable(const gm_catalog *catalog, gm_trial *trial,
                        const gm_advise_options *options)
{
    gm_torch_command command;
    if (!options->installer || !gm_advise_has_commands(options->installer))
        return true;
    if (!gm_catalog_torch_command(catalog, options->installer, &trial->build, &command))
        return false;
    trial->command = command.text;
    if (command.code)
        trial->build.code = command.code;
    return true;
}

bool gm_build_for_windows(const gm_catalog *catalog, const gm_build *build, gm_build *ret)
{
    return gm_catalog_build_find(catalog, build->name, build->release, build->variant,
                                 GM_OS_WINDOWS, build->cpu, ret) &&
           !ret->doubtful;
}

/* What a trial installs; `*ret_exists` is false where what is wanted beside the build does not
 * exist for it. */
static bool add_packages(const gm_catalog *catalog, const gm_build *build,
                         const gm_advise_options *options, gm_arena *arena,
                         gm_package_list *packages, bool *ret_exists)
{
    gm_package *package = GM_PUSH(arena, packages);
    if (!package || !gm_catalog_build_package(catalog, build, arena, package))
        return false;
    *ret_exists = add_extensions(catalog, build, options, arena, packages);
    return true;
}

bool gm_trials_find(const gm_catalog *catalog, const gm_machine *machine, const gm_spec *spec,
                    const gm_advise_options *options, gm_arena *arena, gm_trials *ret_trials)
{
    gm_os os = machine->os == GM_OS_UNKNOWN ? GM_OS_LINUX : gm_os_of_wheels(machine->os);
    gm_cpu cpu = gm_cpu_of_wheels(os, machine->cpu);
    gm_build build;
    *ret_trials = (gm_trials){0};
    for (size_t at = 0; gm_catalog_next_build(catalog, spec, os, cpu, &at, &build);) {
        gm_trial trial = {.build = build};
        bool exists;
        if ((options->platform && strcmp(build.variant, options->platform)) ||
            !companions_allowed(&build, options) || !installable(catalog, &trial, options))
            continue;
        const char *floor =
            gm_catalog_driver_floor(catalog, gm_os_of_driver(machine->os), build.cuda);
        if (!floor || !gm_version_parse(floor, &trial.driver_floor))
            trial.driver_floor.count = 0;
        gm_build other;
        bool windows =
            machine->os == GM_OS_UNKNOWN && gm_build_for_windows(catalog, &build, &other);
        trial.lacking = is_lacking(&build, options);
        if (!add_packages(catalog, &build, options, arena, &trial.packages, &exists) ||
            (windows && !add_packages(catalog, &other, options, arena, &trial.windows, &windows)))
            return false;
        if (!windows)
            trial.windows.count = 0;
        gm_trial *place = exists ? GM_PUSH(arena, ret_trials) : NULL;
        if (exists && !place)
            return false;
        if (place)
            *place = trial;
    }
    return true;
}

/* Where the system is not known, what is offered should run on Windows as well. */
static bool judge_on_windows(const gm_catalog *catalog, const gm_machine *machine,
                             const gm_judge_options *judge, gm_arena *scratch, gm_trial *trial)
{
    gm_machine windows = *machine;
    gm_trial other = {.packages = trial->windows};
    windows.os = GM_OS_WINDOWS;
    trial->one_system = !trial->windows.count;
    if (trial->one_system)
        return true;
    if (!judge_trial(catalog, &windows, judge, scratch, &other))
        return false;
    trial->runs &= other.runs;
    trial->starts &= other.starts;
    return true;
}

bool gm_trials_judge(const gm_catalog *catalog, const gm_machine *machine,
                     const gm_judge_options *options, gm_arena *arena, const gm_trials *found,
                     gm_trials *ret_trials)
{
    gm_judge_options judge = *options;
    gm_arena *scratch = gm_arena_under(arena);
    *ret_trials = (gm_trials){gm_arena_array(arena, found->count + 1, sizeof *found->items),
                              found->count, found->count + 1};
    bool ok = scratch && ret_trials->items;
    judge.verdicts_only = true;
    for (size_t i = 0; ok && i < found->count; i++) {
        ret_trials->items[i] = found->items[i];
        gm_arena_reset(scratch);
        ok = judge_trial(catalog, machine, &judge, scratch, &ret_trials->items[i]) &&
             (machine->os != GM_OS_UNKNOWN ||
              judge_on_windows(catalog, machine, &judge, scratch, &ret_trials->items[i]));
    }
    gm_arena_free(scratch);
    return ok;
}

gm_verdict gm_trial_packages(const gm_catalog *catalog, const gm_machine *machine,
                             const gm_package_list *packages, const gm_judge_options *options,
                             gm_arena *parent)
{
    gm_judge_options judge = *options;
    gm_arena *arena = gm_arena_under(parent);
    gm_result result = {.machine = *machine};
    gm_verdict verdict = GM_VERDICT_UNKNOWN;
    judge.verdicts_only = true;
    if (arena && copy_packages(arena, packages, &result.packages) &&
        gm_judge(catalog, &result, &judge, arena))
        verdict = result.verdict;
    gm_arena_free(arena);
    return verdict;
}
