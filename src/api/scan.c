/* SPDX-License-Identifier: MIT */
/* scan: one library after the other is read, listed, and forgotten but for what a package comes to.
 */
#include "scan/scan.h"

#include <string.h>

#include "api/installed.h"
#include "api/owners.h"
#include "api/require.h"
#include "api/run.h"
#include "api/survey.h"
#include "model/codelist.h"

struct scanning {
    gm_run *run;
    gm_scan_view view;
    gm_scan_totals totals;
    gm_json json;
    const gm_library *required; /* a list of code; NULL none */
    bool require_missed;
    gm_owners owners; /* of the files of an environment */
    const char *path; /* that is being read */
    gm_survey survey;
};

static bool is_json(const gm_run *run)
{
    return run->output->format == GM_FORMAT_JSON;
}

static gm_status write_text(gm_run *run, gm_text *text)
{
    bool written = !text->failed && run->output->write(run->output->user, text->data, text->size);
    gm_text_free(text);
    return written ? GM_OK : gm_fail(&run->error, GM_IO, "cannot-write", NULL, GM_OFFSET_NONE);
}

static gm_status show_library(struct scanning *scanning, const gm_library *library, gm_arena *arena)
{
    gm_run *run = scanning->run;
    if (is_json(run)) {
        gm_report_scan_json_library(&scanning->json, &scanning->view, library, arena);
        return scanning->json.failed
                   ? gm_fail(&run->error, GM_IO, "cannot-write", NULL, GM_OFFSET_NONE)
                   : GM_OK;
    }
    gm_text text = GM_TEXT_INIT;
    if (scanning->view.images || scanning->view.modules)
        gm_report_scan_library(&text, &run->style, &scanning->view, library);
    return write_text(run, &text);
}

/* The package that an installed file belongs to, listed once. */
static const gm_package *owning_package(struct scanning *scanning, const gm_installed *owner)
{
    gm_run *run = scanning->run;
    gm_package_list *packages = &run->result.packages;
    gm_package_row row;
    for (size_t i = 0; i < packages->count; i++)
        if (packages->items[i].path == owner->path)
            return &packages->items[i];
    bool known = gm_catalog_package(run->catalog, owner->name, &row);
    gm_package *package = GM_PUSH(run->arena, packages);
    if (package)
        gm_installed_package(run, owner, known ? &row : NULL, package);
    return package;
}

static gm_status survey_library(struct scanning *scanning, const gm_library *library,
                                const gm_installed *owner)
{
    gm_run *run = scanning->run;
    const gm_package_list *packages = &run->result.packages;
    const gm_package *package = NULL;
    if (owner)
        package = owning_package(scanning, owner);
    else if (library->package) /* of the wheel that was named last */
        package = &packages->items[packages->count - 1];
    if (owner && !package)
        return gm_run_no_memory(run);
    gm_survey_group *group = gm_survey_group_of(run, &scanning->survey, package, scanning->path);
    return group ? gm_survey_add(run, group, library) : gm_run_no_memory(run);
}

static gm_status take_library(void *user, const gm_library *library, gm_arena *arena)
{
    struct scanning *scanning = user;
    gm_run *run = scanning->run;
    gm_finding_list *findings = &run->result.findings;
    size_t modules = gm_library_module_count(library);
    scanning->totals.files++;
    for (size_t i = 0; i < library->findings.count; i++) {
        if (findings->count >= run->context.limits.findings)
            findings->dropped++;
        else if (!gm_finding_copy(run->arena, findings, &library->findings.items[i]))
            return gm_run_no_memory(run);
    }
    scanning->totals.complete = scanning->totals.complete && library->complete;
    if (library->modules.count == 0) {
        scanning->totals.without_code++;
        return GM_OK;
    }
    scanning->totals.libraries++;
    scanning->totals.modules += modules;
    scanning->totals.images += library->images.count;
    if (scanning->required && modules > 0 &&
        !gm_require_check(run->catalog, library, scanning->required, run->arena, findings))
        scanning->require_missed = true;
    const gm_installed *owner =
        library->package ? NULL : gm_owner_of(&scanning->owners, library->path);
    gm_library named = *library;
    named.package = owner ? owner->name : library->package;
    gm_status status = survey_library(scanning, &named, owner);
    return status == GM_OK ? show_library(scanning, &named, arena) : status;
}

static gm_status take_package(void *user, const gm_package *package, gm_error *reterr)
{
    struct scanning *scanning = user;
    (void)reterr;
    return gm_run_keep_package(scanning->run, package);
}

static gm_status read_require(struct scanning *scanning, const char *require)
{
    gm_run *run = scanning->run;
    gm_library *list = gm_arena_alloc(run->arena, sizeof *list);
    if (!list)
        return gm_run_no_memory(run);
    scanning->required = list;
    return gm_code_list_parse(require, NULL, run->arena, list, &run->error);
}

static gm_status show_groups(struct scanning *scanning, gm_text *text)
{
    gm_run *run = scanning->run;
    for (size_t i = 0; i < scanning->survey.count; i++)
        gm_report_scan_group(text, &run->style, &scanning->survey.items[i], run->arena);
    return text->failed ? gm_run_no_memory(run) : GM_OK;
}

static gm_status finish(struct scanning *scanning)
{
    gm_run *run = scanning->run;
    gm_status status = gm_survey_finish(run, &scanning->survey);
    if (status != GM_OK)
        return status;
    if (is_json(run)) {
        gm_report_scan_json_end(&scanning->json, &run->style, &run->result, &scanning->survey,
                                &scanning->totals);
        return gm_json_end(&scanning->json)
                   ? GM_OK
                   : gm_fail(&run->error, GM_IO, "cannot-write", NULL, GM_OFFSET_NONE);
    }
    gm_text text = GM_TEXT_INIT;
    status = show_groups(scanning, &text);
    gm_report_scan_end(&text, &run->style, &run->result.findings, &scanning->totals);
    return status == GM_OK ? write_text(run, &text) : status;
}

/* A path that is not there is said before the report begins, as an error; what turns up later is a
 * finding, so that the rest is still shown. */
static gm_status scan(gm_run *run, const gm_scan_options *options, int *ret_exit)
{
    struct scanning scanning = {
        .run = run, .view = {options->images, options->modules}, .totals = {.complete = true}};
    gm_scan_path_options path_options = {.forward_only = options->forward_only,
                                         .package = take_package};
    gm_status status = options->path_count
                           ? GM_OK
                           : gm_fail(&run->error, GM_USAGE, "no-path", NULL, GM_OFFSET_NONE);
    if (status == GM_OK && options->require)
        status = read_require(&scanning, options->require);
    for (size_t i = 0; status == GM_OK && i < options->path_count; i++)
        status = gm_scan_probe(options->paths[i], &run->error);
    if (status != GM_OK)
        return status;
    if (is_json(run)) {
        gm_json_begin(&scanning.json, run->output->write, run->output->user);
        gm_report_scan_json_begin(&scanning.json, &run->style);
    }
    for (size_t i = 0; status == GM_OK && i < options->path_count; i++) {
        scanning.path = options->paths[i];
        status = gm_owners_read(run, options->paths[i], &scanning.owners);
        if (status == GM_OK)
            status = gm_scan_path(&run->context, options->paths[i], &path_options, take_library,
                                  &scanning, &run->error);
    }
    gm_status reading = status;
    scanning.totals.complete = scanning.totals.complete && status == GM_OK;
    if (scanning.required && scanning.totals.libraries == 0)
        scanning.require_missed = true;
    scanning.totals.required = scanning.required && !scanning.require_missed;
    status = finish(&scanning);
    run->result.verdict = scanning.require_missed ? GM_VERDICT_NO : GM_VERDICT_RUNS;
    run->result.judged = true;
    *ret_exit = reading == GM_OK ? gm_run_exit(run) : gm_status_exit(reading);
    return status;
}

gm_status gm_scan(const gm_scan_options *options, const gm_output *output, int *ret_exit,
                  gm_problem *problem)
{
    gm_run run;
    gm_status status = gm_run_begin(&run, output, options->size, sizeof *options);
    if (status == GM_OK)
        status = gm_run_tables(&run, options->data);
    if (status == GM_OK)
        status = scan(&run, options, ret_exit);
    return gm_run_end(&run, status, problem);
}
