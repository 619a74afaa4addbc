/* SPDX-License-Identifier: MIT */
/* Another version of a library that a package brings: the newest cuDNN that PyTorch's own builds
 * have been made with and that serves every GPU. Another compiler, or another release, for a
 * package that makes its kernels at run time. */
#include <string.h>

#include "advise/propose.h"
#include "base/lookup.h"

/* A package in a world where it has another version, beside `companion` where that is not NULL. */
static gm_verdict judged_as(const gm_adviser *a, const gm_package *package, const char *version,
                            const gm_package *companion)
{
    gm_package_list list = {0};
    gm_package *other = GM_PUSH(a->arena, &list);
    if (!other)
        return GM_VERDICT_UNKNOWN;
    *other = *package;
    other->version = version;
    other->build_row = 0;
    gm_package *beside = companion ? GM_PUSH(a->arena, &list) : NULL;
    if (companion && !beside)
        return GM_VERDICT_UNKNOWN;
    if (beside)
        *beside = *companion;
    return gm_trial_packages(a->catalog, &a->result->machine, &list, &a->options->judge, a->arena);
}

static const char *newest_fitting(const gm_adviser *a, const gm_package *package)
{
    const char *best = NULL;
    gm_version newest = {{0}, 0}, version;
    for (size_t i = gm_catalog_build_count(a->catalog); i-- > 0;) {
        gm_build build;
        gm_catalog_build(a->catalog, i, &build);
        if (build.cudnn && gm_version_parse(build.cudnn, &version) &&
            gm_version_compare(version, newest) > 0 &&
            judged_as(a, package, build.cudnn, NULL) == GM_VERDICT_RUNS) {
            best = build.cudnn;
            newest = version;
        }
    }
    return best;
}

static gm_advice *advise_install(gm_adviser *a, const char *why, const char *name,
                                 const char *version)
{
    gm_advice *advice = gm_advice_new(a, GM_ACTION_INSTALL, why);
    if (!advice)
        return NULL;
    gm_args_text(a->arena, &advice->args, "package", name);
    gm_args_text(a->arena, &advice->args, "release", version);
    gm_advice_prove(advice, GM_VERDICT_RUNS);
    gm_advice_package(a, advice, name, version);
    return advice;
}

static bool propose_cudnn(gm_adviser *a, const gm_package *package)
{
    const char *version = !package->installed && gm_text_equal(package->component, "cudnn") &&
                                  package->verdict > GM_VERDICT_UNKNOWN
                              ? newest_fitting(a, package)
                              : NULL;
    return version && advise_install(a, "install.component", package->name, version);
}

/* The newest release of one of the compilers with which the package runs in a version of it. */
static bool find_compiler(const gm_adviser *a, const gm_package *package, const char *version,
                          gm_package *ret_compiler)
{
    gm_compilers compilers;
    gm_requirement one;
    if (!gm_catalog_compilers(a->catalog, package->name, version, &compilers))
        return false;
    for (const char *at = compilers.packages; gm_catalog_next_compiler(&at, &one);) {
        *ret_compiler =
            (gm_package){.name = gm_arena_text_n(a->arena, one.name, one.name_size),
                         .version = gm_arena_text_n(a->arena, one.version, one.version_size),
                         .origin = GM_ORIGIN_COMPILES};
        if (!ret_compiler->name || !ret_compiler->version)
            return false;
        ret_compiler->component = gm_catalog_component(a->catalog, ret_compiler->name);
        if (judged_as(a, package, version, ret_compiler) == GM_VERDICT_RUNS)
            return true;
    }
    return false;
}

/* The first release of the package that asks its compiler for the newest targets. */
static const char *newest_known(const gm_adviser *a, const gm_package *package)
{
    gm_compilers compilers;
    return gm_catalog_compilers(a->catalog, package->name, "4294967295", &compilers)
               ? compilers.from
               : NULL;
}

/* A package that its compiler fails: another compiler, or another release of it beside one. */
static bool propose_compiler(gm_adviser *a, const gm_package *package)
{
    gm_package compiler;
    gm_version own, newest;
    if (package->verdict <= GM_VERDICT_RUNS_JIT)
        return false;
    if (find_compiler(a, package, package->version, &compiler))
        return advise_install(a, "install.compiler", compiler.name, compiler.version);
    const char *version = newest_known(a, package);
    if (!version || !package->version || !gm_version_read(version, &newest) ||
        !gm_version_read(package->version, &own) || gm_version_compare(newest, own) <= 0 ||
        !find_compiler(a, package, version, &compiler))
        return false;
    gm_advice *advice = advise_install(a, "install.newer", package->name, version);
    if (advice)
        gm_advice_package(a, advice, compiler.name, compiler.version);
    return advice != NULL;
}

bool gm_propose_component(gm_adviser *a)
{
    bool found = false;
    for (size_t i = 0; i < a->result->packages.count; i++) {
        const gm_package *package = &a->result->packages.items[i];
        found = propose_cudnn(a, package) || propose_compiler(a, package) || found;
    }
    return found;
}
