/* SPDX-License-Identifier: MIT */
#include "advise/advise.h"
#include "api/run.h"
#include "judge/judge.h"

static gm_status add_packages(gm_run *run, const gm_check_options *options)
{
    gm_status status = GM_OK;
    bool named = options->with_count || options->code_count || options->path_count;
    if (!named && !options->env && run->snapshot)
        status = gm_run_add_snapshot(run);
    else if (!named || options->env)
        status = gm_run_add_environment(run, options->env, options->read);
    for (size_t i = 0; status == GM_OK && i < options->with_count; i++)
        status = gm_run_add_build(run, options->with[i]);
    if (status == GM_OK && options->code_count)
        status = gm_run_add_code(run, options->code, options->code_count);
    for (size_t i = 0; status == GM_OK && i < options->path_count; i++)
        status = gm_run_add_path(run, options->paths[i]);
    return status;
}

static gm_status check(gm_run *run, const gm_check_options *options)
{
    gm_judge_options judge = {.assume_driver = false};
    gm_advise_options advise = {.judge = judge};
    gm_status status = gm_run_machine(run, &options->machine);
    if (status == GM_OK)
        status = add_packages(run, options);
    if (status != GM_OK)
        return status;
    if (!gm_judge(run->catalog, &run->result, &judge, run->arena) ||
        !gm_advise(run->catalog, &run->result, &advise, run->arena, NULL))
        return gm_run_no_memory(run);
    return gm_run_report(run, "check", NULL);
}

gm_status gm_check(const gm_check_options *options, const gm_output *output, int *ret_exit,
                   gm_problem *problem)
{
    gm_run run;
    gm_status status = gm_run_begin(&run, output, options->size, sizeof *options);
    if (status == GM_OK)
        status = gm_run_tables(&run, options->data);
    if (status == GM_OK)
        status = check(&run, options);
    *ret_exit = gm_run_exit(&run);
    return gm_run_end(&run, status, problem);
}
