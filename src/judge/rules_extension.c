/* SPDX-License-Identifier: MIT */
/* Rule 7: an extension is made for one release of the package that it extends. C++ code of another
 * release has other symbols; releases that differ in their last number only have the same
 * (https://pytorch.org/tutorials/advanced/cpp_extension.html, PyTorch's release policy). */
#include "base/error.h"
#include "base/lookup.h"
#include "judge/case.h"
#include "judge/rules.h"
#include "model/spec.h"

#include <string.h>

static const gm_package *find(const gm_case *c, const char *name)
{
    for (size_t i = 0; c->packages && i < c->packages->count; i++)
        if (!strcmp(c->packages->items[i].name, name))
            return &c->packages->items[i];
    return NULL;
}

/* A pin to a release whose first two numbers are those of the installed one. */
static bool same_series(const gm_spec *spec, const char *installed)
{
    gm_version pinned, there;
    return spec->version && gm_version_read(spec->version, &pinned) &&
           gm_version_read(installed, &there) && pinned.part[0] == there.part[0] &&
           pinned.part[1] == there.part[1];
}

/* Of packages that were read their libraries tell, by what they need. */
static void compare_cuda(gm_case *c, const gm_package *other)
{
    const gm_package *package = c->package;
    gm_version own = package->cuda, theirs = other->cuda;
    gm_package_row row;
    bool same = gm_catalog_package(c->catalog, package->name, &row) && row.same_cuda;
    bool major = own.part[0] != theirs.part[0];
    bool minor = same && own.count > 1 && theirs.count > 1 && own.part[1] != theirs.part[1];
    if (package->evidence < GM_EVIDENCE_CATALOG || !package->linked || !own.count ||
        !theirs.count || (!major && !minor))
        return;
    gm_finding *finding =
        gm_for_any_gpu(gm_decide(c, GM_VERDICT_NO, GM_CODE_CUDA_MAJOR_MISMATCH, GM_SEVERITY_ERROR));
    if (!finding)
        return;
    finding->variant = same ? "beside-exactly" : "beside";
    gm_args_text(c->arena, &finding->args, "cuda", gm_version_string(c->arena, own));
    gm_args_text(c->arena, &finding->args, "other",
                 gm_arena_printf(c->arena, "%s %s", other->name, other->version));
    gm_args_text(c->arena, &finding->args, "other_cuda", gm_version_string(c->arena, theirs));
    gm_args_text(c->arena, &finding->args, "name", package->name);
}

static void compare_release(gm_case *c, const gm_spec *spec, const gm_package *other)
{
    const gm_package *package = c->package;
    if (gm_spec_allows(spec, other->version) || same_series(spec, other->version))
        return;
    gm_finding *finding =
        gm_for_any_gpu(gm_decide(c, package->linked ? GM_VERDICT_NO : GM_VERDICT_PARTLY,
                                 GM_CODE_ABI_MISMATCH, GM_SEVERITY_ERROR));
    if (!finding)
        return;
    const char *companion = gm_catalog_companion(c->catalog, package->name, other->version);
    finding->variant = companion ? "companion" : "asks";
    gm_args_text(c->arena, &finding->args, "asks", package->asks);
    gm_args_text(c->arena, &finding->args, "other",
                 gm_arena_printf(c->arena, "%s %s", other->name, other->version));
    gm_args_text(c->arena, &finding->args, "name", package->name);
    gm_args_text(c->arena, &finding->args, "companion", companion);
    gm_finding_evidence(c->arena, finding, package->path, GM_OFFSET_NONE, package->asks, NULL);
}

void gm_rule_extension(gm_case *c)
{
    gm_spec spec;
    const gm_package *package = c->package;
    if (!package->asks || gm_spec_parse(package->asks, c->arena, &spec, NULL) != GM_OK)
        return;
    const gm_package *other = find(c, spec.name);
    if (!other || !other->version)
        return;
    compare_release(c, &spec, other);
    compare_cuda(c, other);
}
