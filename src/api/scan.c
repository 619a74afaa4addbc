/* SPDX-License-Identifier: MIT */
/* scan: what GPU code is in files, and what changed from one to another. */
#include "scan/scan.h"

#include "api/diff.h"
#include "api/scanning.h"

struct telling {
    gm_run *run;
    gm_scan_view view;
    gm_json json;
};

static bool is_json(const gm_run *run)
{
    return run->output->format == GM_FORMAT_JSON;
}

static gm_status cannot_write(gm_run *run)
{
    return gm_fail(&run->error, GM_IO, "cannot-write", NULL, GM_OFFSET_NONE);
}

static gm_status list_library(void *user, const gm_library *library, gm_arena *arena)
{
    struct telling *telling = user;
    gm_run *run = telling->run;
    if (is_json(run)) {
        gm_report_scan_json_library(&telling->json, &telling->view, library, arena);
        return telling->json.failed ? cannot_write(run) : GM_OK;
    }
    gm_text text = GM_TEXT_INIT;
    if (telling->view.images || telling->view.modules)
        gm_report_scan_library(&text, &run->style, &telling->view, library);
    return gm_run_write(run, &text);
}

static gm_status show_text(gm_run *run, const gm_scan_view *view, const gm_scanning *scanning)
{
    gm_text text = GM_TEXT_INIT;
    for (size_t i = 0; i < scanning->survey.count; i++)
        gm_report_scan_group(&text, &run->style, view, &scanning->survey.items[i], run->arena);
    gm_report_scan_end(&text, &run->style, &run->result.findings, &scanning->totals);
    return gm_run_write(run, &text);
}

static gm_status finish(struct telling *telling, gm_scanning *scanning)
{
    gm_run *run = telling->run;
    gm_status status = gm_survey_finish(run, &scanning->survey);
    if (status == GM_OK && scanning->require)
        status = gm_require_finish(run, scanning->require);
    if (status != GM_OK) {
        gm_text_free(&telling->json.buffer);
        return status;
    }
    scanning->totals.required = scanning->require ? &scanning->require->list : NULL;
    scanning->totals.met = scanning->require && !scanning->require->missed;
    if (!is_json(run))
        return show_text(run, &telling->view, scanning);
    gm_report_scan_json_end(&telling->json, &run->style, &telling->view, &run->result,
                            &scanning->survey, &scanning->totals, run->arena);
    return gm_run_end_json(run, &telling->json);
}

/* A path that is not there is said before the report begins, as an error; what turns up later is a
 * finding, so that the rest is still shown. */
static gm_status probe(gm_run *run, const gm_scan_options *options)
{
    size_t needed = options->diff ? 2 : 1;
    if (options->diff && (options->path_count != needed || options->images || options->modules ||
                          options->sizes || options->require))
        return gm_fail(&run->error, GM_USAGE, "diff-of-two", NULL, GM_OFFSET_NONE);
    if (options->path_count < needed)
        return gm_fail(&run->error, GM_USAGE, "no-path", NULL, GM_OFFSET_NONE);
    gm_status status = GM_OK;
    for (size_t i = 0; status == GM_OK && i < options->path_count; i++)
        status = gm_scan_probe(options->paths[i], &run->error);
    return status;
}

static gm_status scan(gm_run *run, const gm_scan_options *options, int *ret_exit)
{
    struct telling telling = {.run = run,
                              .view = {options->images, options->modules, options->sizes}};
    gm_require require;
    gm_scanning scanning = {.run = run,
                            .list = list_library,
                            .user = &telling,
                            .forward_only = options->forward_only,
                            .deep = options->deep,
                            .totals = {.complete = true}};
    gm_status status = GM_OK;
    if (options->require) {
        status = gm_require_read(run, options->require, &require);
        scanning.require = &require;
    }
    if (status == GM_OK)
        status = probe(run, options);
    if (status != GM_OK)
        return status;
    if (is_json(run)) {
        gm_json_begin(&telling.json, run->output->write, run->output->user);
        gm_report_scan_json_begin(&telling.json, &run->style);
    }
    for (size_t i = 0; status == GM_OK && i < options->path_count; i++)
        status = gm_scanning_path(&scanning, options->paths[i]);
    gm_status reading = status;
    if (status != GM_OK && status != GM_CANCELLED)
        gm_scanning_note_end(&scanning);
    status = finish(&telling, &scanning);
    run->result.verdict = options->require && require.missed ? GM_VERDICT_NO : GM_VERDICT_RUNS;
    run->result.judged = true;
    *ret_exit = reading == GM_OK ? gm_run_exit(run) : gm_status_exit(reading);
    return status;
}

/* What changed from the first path to the second. */
static gm_status compare(gm_run *run, const gm_scan_options *options, int *ret_exit)
{
    gm_diff diff = {.complete = true};
    gm_status status = probe(run, options);
    if (status == GM_OK)
        status =
            gm_diff_paths(run, options->paths[0], options->paths[1], options->forward_only, &diff);
    if (status != GM_OK)
        return status;
    *ret_exit = gm_run_exit(run);
    if (is_json(run)) {
        gm_json json;
        gm_json_begin(&json, run->output->write, run->output->user);
        gm_report_diff_json(&json, &run->style, &diff, &run->result.findings);
        return gm_run_end_json(run, &json);
    }
    gm_text text = GM_TEXT_INIT;
    gm_report_diff_text(&text, &run->style, &diff, &run->result.findings, run->arena);
    return gm_run_write(run, &text);
}

gm_status gm_scan(const gm_scan_options *options, const gm_output *output, int *ret_exit,
                  gm_problem *problem)
{
    gm_run run;
    gm_status status = gm_run_begin(&run, output, options->size, sizeof *options);
    if (status == GM_OK)
        status = gm_run_tables(&run, options->data);
    if (status == GM_OK)
        status = options->diff ? compare(&run, options, ret_exit) : scan(&run, options, ret_exit);
    return gm_run_end(&run, status, problem);
}
