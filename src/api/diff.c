/* SPDX-License-Identifier: MIT */
#include "api/diff.h"

#include "api/scanning.h"

static gm_status survey(gm_run *run, const char *path, bool forward_only, gm_diff *diff,
                        gm_survey *ret_survey)
{
    gm_scanning scanning = {.run = run, .forward_only = forward_only, .totals = {.complete = true}};
    gm_status status = gm_scanning_path(&scanning, path);
    if (status == GM_OK)
        status = gm_survey_finish(run, &scanning.survey);
    diff->complete = diff->complete && scanning.totals.complete;
    *ret_survey = scanning.survey;
    return status;
}

gm_status gm_diff_paths(gm_run *run, const char *before, const char *after, bool forward_only,
                        gm_diff *ret_diff)
{
    gm_survey older, newer;
    *ret_diff = (gm_diff){.complete = true};
    gm_status status = survey(run, before, forward_only, ret_diff, &older);
    if (status == GM_OK)
        status = survey(run, after, forward_only, ret_diff, &newer);
    if (status == GM_OK && !gm_diff_surveys(&older, before, &newer, after, run->arena, ret_diff))
        return gm_run_no_memory(run);
    return status;
}
