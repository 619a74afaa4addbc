/* SPDX-License-Identifier: MIT */
/* Rule 7: libraries beside the package's own code decide too. */
#include "judge/case.h"
#include "judge/rules.h"

static bool nvidia_build(const gm_case *c)
{
    return c->build && c->target.kind == GM_TARGET_SM && c->build->cuda.count;
}

/* cuDNN that has no code for the GPU: convolutions fail although torch itself starts. */
void gm_rule_cudnn(gm_case *c)
{
    gm_version cudnn;
    gm_row_source row;
    if (!nvidia_build(c) || !c->build->cudnn || !gm_version_parse(c->build->cudnn, &cudnn))
        return;
    unsigned least = gm_catalog_cudnn_min(cudnn, &row);
    if (!least || c->target.number >= least)
        return;
    gm_finding *finding =
        gm_decide(c, GM_VERDICT_PARTLY, GM_CODE_LIBRARY_DROPPED_ARCH, GM_SEVERITY_WARNING);
    if (!finding)
        return;
    char target[GM_TARGET_TEXT];
    gm_target lowest = gm_target_sm(least, 0);
    gm_args_text(c->arena, &finding->args, "library", "cuDNN");
    gm_args_text(c->arena, &finding->args, "library_version", c->build->cudnn);
    gm_args_text(c->arena, &finding->args, "lowest", gm_target_format(&lowest, target));
    gm_finding_row(c, finding, NULL, row);
}

/* NVRTC of the build's toolkit compiles kernels at run time, but only for GPUs it knows. */
void gm_rule_nvrtc(gm_case *c)
{
    gm_toolkit toolkit;
    gm_sm device;
    if (!nvidia_build(c) || !gm_catalog_toolkit(c->build->cuda, &toolkit) ||
        !gm_catalog_sm(&c->target, &device) ||
        gm_version_compare(device.first_toolkit, toolkit.version) <= 0 ||
        c->outcome->coverage == GM_COVERAGE_NONE || c->outcome->reasons.has[GM_CODE_PTX_OLD])
        return;
    gm_finding *finding =
        gm_decide(c, GM_VERDICT_PARTLY, GM_CODE_JIT_COMPILER_TOO_OLD, GM_SEVERITY_WARNING);
    if (!finding)
        return;
    gm_args_text(c->arena, &finding->args, "first_toolkit",
                 gm_version_string(c->arena, device.first_toolkit));
    gm_finding_row(c, finding, NULL, device.row);
}
