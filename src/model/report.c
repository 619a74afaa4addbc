/* SPDX-License-Identifier: MIT */
#include "model/report.h"

const char *gm_verdict_token(gm_verdict verdict)
{
    static const char *const tokens[] = {[GM_VERDICT_RUNS] = "runs",
                                         [GM_VERDICT_RUNS_JIT] = "runs-jit",
                                         [GM_VERDICT_UNKNOWN] = "unknown",
                                         [GM_VERDICT_PARTLY] = "partly",
                                         [GM_VERDICT_NO] = "no"};
    return tokens[verdict];
}

const char *gm_evidence_grade_token(gm_evidence_grade grade)
{
    static const char *const tokens[] = {[GM_EVIDENCE_BINARY] = "binary",
                                         [GM_EVIDENCE_SCANNED] = "scanned",
                                         [GM_EVIDENCE_CATALOG] = "catalog",
                                         [GM_EVIDENCE_METADATA] = "metadata",
                                         [GM_EVIDENCE_STATED] = "stated"};
    return tokens[grade];
}

const char *gm_code_origin_token(gm_code_origin origin)
{
    static const char *const tokens[] = {[GM_ORIGIN_UNKNOWN] = NULL,
                                         [GM_ORIGIN_EMBEDDED] = "embedded",
                                         [GM_ORIGIN_COMPILES] = "compiles",
                                         [GM_ORIGIN_NONE] = "none"};
    return tokens[origin];
}

const char *gm_coverage_token(gm_coverage coverage)
{
    static const char *const tokens[] = {
        [GM_COVERAGE_NONE] = "none", [GM_COVERAGE_SOME] = "some", [GM_COVERAGE_ALL] = "all"};
    return tokens[coverage];
}

const char *gm_via_token(gm_via via)
{
    static const char *const tokens[] = {
        [GM_VIA_NOTHING] = NULL, [GM_VIA_SASS] = "sass", [GM_VIA_PTX] = "ptx"};
    return tokens[via];
}

const char *gm_action_token(gm_action action)
{
    static const char *const tokens[] = {
#define GM_TOKEN(name, token) [GM_ACTION_##name] = token,
        GM_ACTIONS(GM_TOKEN)
#undef GM_TOKEN
    };
    return tokens[action];
}
