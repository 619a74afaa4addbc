/* SPDX-License-Identifier: MIT */
/* An extension that does not go with the package that it extends, because it was made for another
 * release of it, for another CUDA or for the CPU: the one that goes with the build that is here, or
 * the build that it asks for. */
#include <string.h>

#include "advise/propose.h"
#include "base/lookup.h"

static bool has_reason(const gm_package *package, gm_code code)
{
    for (size_t i = 0; i < package->outcomes.count; i++)
        if (package->outcomes.items[i].reasons.has[code])
            return true;
    return false;
}

/* What the judge says of all packages with `with` in the place of `old`; NULL: without it. What
 * comes along with a build (`companions`) is left out too. */
static gm_verdict judged_with(const gm_adviser *a, const gm_package *old, const gm_package *with,
                              const gm_build *companions)
{
    gm_package_list world = {0};
    for (size_t i = 0; i < a->result->packages.count; i++) {
        const gm_package *package = &a->result->packages.items[i];
        const gm_package *put = package == old ? with : package;
        if (!put || (companions && gm_build_companion(companions, put->name)))
            continue;
        gm_package *place = GM_PUSH(a->arena, &world);
        if (!place)
            return GM_VERDICT_UNKNOWN;
        *place = *put;
    }
    return gm_trial_packages(a->catalog, &a->result->machine, &world, &a->options->judge, a->arena);
}

static gm_advice *advise_match(gm_adviser *a, const char *name, const char *release,
                               const gm_package *other, const char *other_release)
{
    gm_advice *advice = gm_advice_new(a, GM_ACTION_INSTALL, "install.match");
    if (!advice)
        return NULL;
    gm_args_text(a->arena, &advice->args, "package",
                 gm_arena_printf(a->arena, "%s %s", name, release));
    gm_args_text(a->arena, &advice->args, "other",
                 gm_arena_printf(a->arena, "%s %s", other->name, other_release));
    gm_advice_prove(advice, GM_VERDICT_RUNS);
    return advice;
}

static bool same_release(const char *a, const char *b)
{
    gm_version left, right;
    return gm_version_read(a, &left) && gm_version_read(b, &right) &&
           !gm_version_compare(left, right);
}

/* Another release of the extension, for the build that is here. */
static bool propose_release(gm_adviser *a, const gm_package *extension, const gm_package *torch,
                            const gm_build *build)
{
    gm_extension release;
    gm_package other;
    const gm_spec any = {.name = extension->name};
    const char *companion = gm_build_companion(build, extension->name);
    gm_advice *advice;
    if (companion) {
        if (judged_with(a, extension, NULL, NULL) != GM_VERDICT_RUNS)
            return false;
        advice = advise_match(a, extension->name, companion, torch, torch->version);
        if (advice)
            gm_advice_beside(a, advice, extension->name, companion, build,
                             same_release(extension->version, companion) ? GM_PIN_BUILD
                                                                         : GM_PIN_RELEASE);
        return advice != NULL;
    }
    if (!gm_extension_of(a->catalog, build, &any, a->arena, &release) ||
        !gm_extension_package(a->catalog, &release, build, a->arena, &other) ||
        judged_with(a, extension, &other, NULL) != GM_VERDICT_RUNS)
        return false;
    advice = advise_match(a, release.name, release.release, torch, torch->version);
    if (advice)
        gm_advice_package(a, advice, release.name, release.release);
    return advice != NULL;
}

/* The build that the extension asks for, in the place of the one that is here. */
static bool propose_build(gm_adviser *a, const gm_package *extension, const gm_package *torch)
{
    gm_spec spec;
    gm_package build;
    gm_trials found, trials;
    const gm_machine *machine = &a->result->machine;
    if (gm_spec_parse(extension->asks, a->arena, &spec, NULL) != GM_OK ||
        strcmp(spec.name, torch->name) ||
        !gm_trials_find(a->catalog, machine, &spec, a->options, a->arena, &found) ||
        !gm_trials_judge(a->catalog, machine, &a->options->judge, a->arena, &found, &trials))
        return false;
    const gm_trial *best =
        gm_trials_best(a->catalog, &trials, gm_visible_mask(machine), machine, true);
    if (!best || !gm_catalog_build_package(a->catalog, &best->build, a->arena, &build) ||
        judged_with(a, torch, &build, &best->build) != GM_VERDICT_RUNS)
        return false;
    gm_advice *advice =
        advise_match(a, torch->name, best->build.release, extension, extension->version);
    if (advice)
        gm_advice_install(a, advice, best, true, true);
    return advice != NULL;
}

bool gm_propose_match(gm_adviser *a)
{
    const gm_package *torch = NULL;
    gm_build build;
    bool found = false;
    gm_os os = a->result->machine.os == GM_OS_UNKNOWN ? GM_OS_LINUX
                                                      : gm_os_of_wheels(a->result->machine.os);
    for (size_t i = 0; i < a->result->packages.count; i++)
        if (!strcmp(a->result->packages.items[i].name, a->torch->name))
            torch = &a->result->packages.items[i];
    if (!torch || !torch->version)
        return false;
    bool known = torch->variant &&
                 gm_catalog_build_find(a->catalog, torch->name, torch->version, torch->variant, os,
                                       gm_cpu_of_wheels(os, a->result->machine.cpu), &build);
    for (size_t i = 0; i < a->result->packages.count; i++) {
        const gm_package *package = &a->result->packages.items[i];
        bool other_release = has_reason(package, GM_CODE_ABI_MISMATCH);
        bool other_build = has_reason(package, GM_CODE_CUDA_MAJOR_MISMATCH) ||
                           has_reason(package, GM_CODE_CPU_BUILD);
        if (package == torch || !package->version || (!other_release && !other_build))
            continue;
        found = (known && propose_release(a, package, torch, &build)) || found;
        found = (other_release && propose_build(a, package, torch)) || found;
    }
    return found;
}
