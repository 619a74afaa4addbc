/* SPDX-License-Identifier: MIT */
/* Rule 7: packages that make their kernels at run time are judged by the compiler that they take
 * along: NVRTC, ptxas or nvJitLink of a package beside them (package_compilers.tsv). */
#include <string.h>

#include "base/lookup.h"
#include "judge/case.h"
#include "judge/rules.h"

/* The compiler in question. */
struct compiler {
    gm_compilers known;
    const gm_package *package; /* that brings it; NULL: none is there */
    gm_version cuda;           /* release of it */
};

static const gm_package *find(const gm_case *c, const gm_requirement *wanted)
{
    for (size_t i = 0; c->packages && i < c->packages->count; i++) {
        const gm_package *package = &c->packages->items[i];
        if (strlen(package->name) == wanted->name_size &&
            !memcmp(package->name, wanted->name, wanted->name_size))
            return package;
    }
    return NULL;
}

/* Of the compilers that are there the newest. */
static void find_newest(const gm_case *c, struct compiler *compiler)
{
    gm_requirement wanted;
    for (const char *at = compiler->known.packages; gm_catalog_next_compiler(&at, &wanted);) {
        gm_version cuda;
        const gm_package *package = find(c, &wanted);
        if (!package || !package->version || !gm_version_read(package->version, &cuda) ||
            gm_version_compare(cuda, compiler->cuda) <= 0)
            continue;
        compiler->package = package;
        compiler->cuda = cuda;
        compiler->cuda.count = cuda.count > 2 ? 2 : cuda.count;
    }
}

static bool serves(const gm_case *c, const gm_target *most, gm_version cuda)
{
    return gm_catalog_toolkit_serves(c->catalog, cuda, most, &c->target);
}

/* Is a release of CUDA of a major release that one of the compilers is of? */
static bool could_be(const struct compiler *compiler, gm_version cuda)
{
    gm_requirement one;
    gm_version newest;
    for (const char *at = compiler->known.packages; gm_catalog_next_compiler(&at, &one);)
        if (gm_version_read(one.version, &newest) && newest.part[0] == cuda.part[0])
            return true;
    return false;
}

/* None is there: how many of the releases that it could be of serve the GPU, and how many do not.
 * Where none does the newest stands for all. */
static void suppose(const gm_case *c, struct compiler *compiler, size_t *serving, size_t *others)
{
    gm_toolkit toolkit;
    *serving = *others = 0;
    for (size_t i = 0; gm_catalog_toolkit_at(c->catalog, i, &toolkit); i++) {
        if (!could_be(compiler, toolkit.version))
            continue;
        ++*(serves(c, &compiler->known.target_max, toolkit.version) ? serving : others);
        compiler->cuda = toolkit.version;
    }
}

static gm_finding *add(gm_case *c, const struct compiler *compiler, gm_verdict verdict,
                       gm_code code, const char *variant)
{
    char text[GM_TARGET_TEXT];
    gm_requirement first;
    const char *at = compiler->known.packages;
    gm_finding *finding = gm_decide(
        c, verdict, code, verdict > GM_VERDICT_RUNS_JIT ? GM_SEVERITY_ERROR : GM_SEVERITY_WARNING);
    if (!finding)
        return NULL;
    finding->variant = variant;
    if (compiler->package)
        gm_args_text(c->arena, &finding->args, "compiler",
                     gm_arena_printf(c->arena, "%s %s", compiler->package->name,
                                     compiler->package->version));
    else if (gm_catalog_next_compiler(&at, &first))
        gm_args_text(c->arena, &finding->args, "compiler",
                     gm_arena_text_n(c->arena, first.name, first.name_size));
    gm_args_text(c->arena, &finding->args, "compiler_cuda",
                 gm_version_string(c->arena, compiler->cuda));
    if (compiler->known.target_max.kind != GM_TARGET_NONE)
        gm_args_text(c->arena, &finding->args, "newest",
                     gm_target_format(&compiler->known.target_max, text));
    gm_finding_row(c, finding, NULL, compiler->known.row);
    return finding;
}

/* It makes nothing that runs on this GPU: the package asks for older targets only, the compiler
 * does not know the GPU yet, or no longer. */
static void decide_unserved(gm_case *c, const struct compiler *compiler, const gm_sm *device)
{
    const gm_target any = {0};
    bool own = serves(c, &any, compiler->cuda);
    bool late = gm_version_compare(device->first_toolkit, compiler->cuda) > 0;
    bool helped = compiler->known.driver_helps;
    gm_finding *finding =
        add(c, compiler, helped ? GM_VERDICT_RUNS_JIT : GM_VERDICT_NO,
            own || late ? GM_CODE_JIT_COMPILER_TOO_OLD : GM_CODE_LIBRARY_DROPPED_ARCH,
            own      ? "release"
            : helped ? "driver"
            : late   ? "compiles"
                     : "compiler");
    if (!helped)
        c->outcome->coverage = GM_COVERAGE_NONE;
    if (!finding)
        return;
    gm_args_text(c->arena, &finding->args, "first_toolkit",
                 gm_version_string(c->arena, device->first_toolkit));
    gm_args_text(c->arena, &finding->args, "last_toolkit",
                 gm_version_string(c->arena, device->last_toolkit));
}

void gm_rule_compiler(gm_case *c)
{
    struct compiler compiler = {.package = NULL};
    gm_sm device;
    gm_target sm = gm_target_sm(c->target.number, 0);
    size_t serving = 0, others = 0;
    if (c->package->origin != GM_ORIGIN_COMPILES || c->target.kind != GM_TARGET_SM ||
        c->outcome->coverage == GM_COVERAGE_NONE ||
        !gm_catalog_compilers(c->catalog, c->package->name, c->package->version, &compiler.known) ||
        !gm_catalog_sm(c->catalog, &sm, &device))
        return;
    find_newest(c, &compiler);
    if (!compiler.package)
        suppose(c, &compiler, &serving, &others);
    if (serving > 0) {
        if (others > 0 && !compiler.known.driver_helps)
            add(c, &compiler, GM_VERDICT_UNKNOWN, GM_CODE_UNKNOWN_COMPILER, NULL);
    } else if (!serves(c, &compiler.known.target_max, compiler.cuda)) {
        decide_unserved(c, &compiler, &device);
    }
}
