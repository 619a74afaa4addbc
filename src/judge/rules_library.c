/* SPDX-License-Identifier: MIT */
/* Rule 7: libraries beside the package's own code decide too. */
#include "base/lookup.h"
#include "judge/case.h"
#include "judge/rules.h"

static bool nvidia_build(const gm_case *c)
{
    return c->build && c->target.kind == GM_TARGET_SM && c->build->cuda.count;
}

/* The cuDNN that a build brings along, or that the package is. */
static const char *cudnn_of(const gm_case *c)
{
    if (gm_text_equal(c->package->component, "cudnn"))
        return c->package->version;
    return nvidia_build(c) ? c->build->cudnn : NULL;
}

/* cuDNN that has no code for the GPU: convolutions fail although torch itself starts. */
void gm_rule_cudnn(gm_case *c)
{
    gm_version cudnn;
    gm_row_source row;
    const char *text = cudnn_of(c);
    if (c->target.kind != GM_TARGET_SM || !text || !gm_version_parse(text, &cudnn))
        return;
    unsigned least = gm_catalog_cudnn_min(c->catalog, cudnn, &row);
    if (!least || c->target.number >= least)
        return;
    gm_finding *finding =
        gm_decide(c, GM_VERDICT_PARTLY, GM_CODE_LIBRARY_DROPPED_ARCH, GM_SEVERITY_WARNING);
    if (!finding)
        return;
    char target[GM_TARGET_TEXT];
    gm_target lowest = gm_target_sm(least, 0);
    finding->variant = c->package->component ? "alone" : NULL;
    gm_args_text(c->arena, &finding->args, "library", "cuDNN");
    gm_args_text(c->arena, &finding->args, "library_version", text);
    gm_args_text(c->arena, &finding->args, "lowest", gm_target_format(&lowest, target));
    gm_finding_row(c, finding, NULL, row);
}

/* A compiler of release `cuda`, used at run time, that does not know the GPU yet. */
static void check_compiler(gm_case *c, gm_version cuda, const char *variant, gm_row_source row)
{
    gm_sm device;
    if (!cuda.count || !gm_catalog_sm(c->catalog, &c->target, &device) ||
        gm_version_compare(device.first_toolkit, cuda) <= 0 ||
        c->outcome->coverage == GM_COVERAGE_NONE || c->outcome->reasons.has[GM_CODE_PTX_OLD])
        return;
    gm_finding *finding =
        gm_decide(c, GM_VERDICT_PARTLY, GM_CODE_JIT_COMPILER_TOO_OLD, GM_SEVERITY_WARNING);
    if (!finding)
        return;
    finding->variant = variant;
    gm_args_text(c->arena, &finding->args, "compiler_cuda", gm_version_string(c->arena, cuda));
    gm_args_text(c->arena, &finding->args, "first_toolkit",
                 gm_version_string(c->arena, device.first_toolkit));
    gm_finding_row(c, finding, NULL, row);
}

/* NVRTC of the build's toolkit compiles kernels at run time, but only for GPUs it knows. */
void gm_rule_nvrtc(gm_case *c)
{
    gm_toolkit toolkit;
    gm_version cuda = {{0}, 0};
    if (gm_text_equal(c->package->component, "nvrtc"))
        gm_version_read(c->package->version, &cuda);
    else if (nvidia_build(c))
        cuda = c->build->cuda;
    if (c->target.kind == GM_TARGET_SM && cuda.count &&
        gm_catalog_toolkit(c->catalog, cuda, &toolkit))
        check_compiler(c, toolkit.version, NULL, toolkit.row);
}

/* Triton brings a ptxas of its own, which torch.compile uses. There is none for Windows. */
void gm_rule_triton(gm_case *c)
{
    gm_row_source row;
    const char *triton = NULL;
    if (gm_text_equal(c->package->component, "triton"))
        triton = c->package->version;
    else if (nvidia_build(c) && c->build->os == GM_OS_LINUX)
        triton = c->build->triton;
    if (triton && c->target.kind == GM_TARGET_SM)
        check_compiler(c, gm_catalog_triton_ptxas(c->catalog, triton, &row), "triton", row);
}
