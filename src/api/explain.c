/* SPDX-License-Identifier: MIT */
#include "api/run.h"

gm_status gm_explain(const gm_explain_options *options, const gm_output *output, int *ret_exit,
                     gm_problem *problem)
{
    gm_run run;
    gm_status status = gm_run_begin(&run, output, options->size, sizeof *options);
    *ret_exit = 4;
    return gm_run_end(&run, status, problem);
}
