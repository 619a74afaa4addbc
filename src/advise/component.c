/* SPDX-License-Identifier: MIT */
/* Another version of a library that a package brings: the newest that PyTorch's own builds have
 * been made with and that serves every GPU. */
#include <string.h>

#include "advise/propose.h"
#include "base/lookup.h"

/* The part of a package in a world where it has another version. */
static gm_verdict judged_as(const gm_adviser *a, const gm_package *package, const char *version)
{
    gm_package_list one = {0};
    gm_package *other = GM_PUSH(a->arena, &one);
    if (!other)
        return GM_VERDICT_UNKNOWN;
    *other = *package;
    other->version = version;
    return gm_trial_packages(a->catalog, &a->result->machine, &one, &a->options->judge);
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
            judged_as(a, package, build.cudnn) == GM_VERDICT_RUNS) {
            best = build.cudnn;
            newest = version;
        }
    }
    return best;
}

bool gm_propose_component(gm_adviser *a)
{
    bool found = false;
    for (size_t i = 0; i < a->result->packages.count; i++) {
        const gm_package *package = &a->result->packages.items[i];
        const char *version = !package->installed && gm_text_equal(package->component, "cudnn") &&
                                      package->verdict > GM_VERDICT_UNKNOWN
                                  ? newest_fitting(a, package)
                                  : NULL;
        gm_advice *advice =
            version ? gm_advice_new(a, GM_ACTION_INSTALL, "install.component") : NULL;
        if (!advice)
            continue;
        gm_args_text(a->arena, &advice->args, "package", package->name);
        gm_args_text(a->arena, &advice->args, "release", version);
        gm_advice_prove(advice, GM_VERDICT_RUNS);
        gm_advice_package(a, advice, package->name, version);
        found = true;
    }
    return found;
}
