/* SPDX-License-Identifier: MIT */
/* Machines in files: info shows one, gather writes this one, --machine reads one back. */
#include "snapshot/snapshot.h"

#include <string.h>

#include "api/run.h"
#include "os/files.h"
#include "os/keys.h"
#include "os/terminal.h"
#include "probe/probe.h"

static gm_status load(gm_run *run, const char *path)
{
    gm_text text = GM_TEXT_INIT;
    gm_snapshot *snapshot = gm_arena_alloc(run->arena, sizeof *snapshot);
    if (!snapshot)
        return gm_run_no_memory(run);
    if (gm_os_path_kind(path) == GM_OS_NOTHING)
        return gm_fail(&run->error, GM_IO, "not-found", path, GM_OFFSET_NONE);
    gm_status status = gm_os_read_file(path, &text, &run->error);
    if (status == GM_OK)
        status = gm_snapshot_read(text.data, text.size, path, run->arena, snapshot, &run->error);
    gm_text_free(&text);
    run->snapshot = status == GM_OK ? snapshot : NULL;
    return status;
}

gm_status gm_run_probe(gm_run *run, const char *machine, gm_machine *ret_machine)
{
    gm_key_reader keys = gm_os_keys();
    gm_status status = machine ? load(run, machine) : GM_OK;
    if (status != GM_OK)
        return status;
    if (run->snapshot)
        keys = gm_snapshot_keys(run->snapshot);
    status = gm_probe_machine(run->catalog, &keys, run->arena, ret_machine, &run->result.findings);
    return status == GM_OK ? status : gm_run_no_memory(run);
}

gm_status gm_run_add_snapshot(gm_run *run)
{
    const gm_snapshot *snapshot = run->snapshot;
    gm_python *python = &run->result.machine.python;
    if (!python->version.count)
        *python = snapshot->python;
    python->prefix = snapshot->python.prefix;
    run->result.complete = run->result.complete && snapshot->complete;
    run->result.has_environment = snapshot->has_environment;
    run->result.other_packages = snapshot->other_packages;
    for (size_t i = 0; i < snapshot->packages.count; i++) {
        gm_package *package = GM_PUSH(run->arena, &run->result.packages);
        if (!package)
            return gm_run_no_memory(run);
        *package = snapshot->packages.items[i];
    }
    for (size_t i = 0; i < snapshot->findings.count; i++)
        if (!gm_finding_copy(run->arena, &run->result.findings, &snapshot->findings.items[i]))
            return gm_run_no_memory(run);
    return GM_OK;
}

/* Everything that a check of this machine asks, without who and where. */
static gm_status record(gm_run *run, const gm_gather_options *options, gm_snapshot *snapshot)
{
    gm_key_reader live = gm_os_keys();
    gm_recorder recorder = {&live, run->arena, snapshot};
    gm_key_reader keys = gm_snapshot_recorder(&recorder);
    gm_result *result = &run->result;
    if (gm_probe_machine(run->catalog, &keys, run->arena, &result->machine, &result->findings) !=
        GM_OK)
        return gm_run_no_memory(run);
    gm_finding_list probed = result->findings; /* replaying makes them again */
    result->findings = (gm_finding_list){0};
    gm_status status = gm_run_add_environment(run, options->env, options->read);
    if (status != GM_OK)
        return status;
    snapshot->origin = "recorded";
    snapshot->python = result->machine.python;
    snapshot->packages = result->packages;
    snapshot->findings = result->findings;
    snapshot->complete = result->complete;
    snapshot->has_environment = result->has_environment;
    snapshot->other_packages = result->other_packages;
    result->findings = probed;
    return gm_snapshot_redact(snapshot, &live, run->arena) ? GM_OK : gm_run_no_memory(run);
}

static gm_status gather(gm_run *run, const gm_gather_options *options)
{
    gm_snapshot snapshot = {0};
    gm_json json;
    gm_status status = record(run, options, &snapshot);
    if (status != GM_OK)
        return status;
    if (gm_run_lacks_memory(run))
        return gm_run_no_memory(run);
    gm_json_begin(&json, run->output->write, run->output->user);
    gm_snapshot_write(&json, &snapshot, run->style.tool_version, run->style.data_date);
    return gm_run_end_json(run, &json);
}

gm_status gm_gather(const gm_gather_options *options, const gm_output *output, int *ret_exit,
                    gm_problem *problem)
{
    gm_run run;
    gm_status status = gm_run_begin(&run, output, options->size, sizeof *options);
    *ret_exit = 0;
    if (status == GM_OK)
        status = gm_run_tables(&run, options->data);
    if (status == GM_OK)
        status = gather(&run, options);
    return gm_run_end(&run, status, problem);
}

static gm_status info(gm_run *run, const gm_info_options *options)
{
    const gm_machine *machine = &run->result.machine;
    gm_text text = GM_TEXT_INIT;
    gm_status status = gm_run_machine(run, &options->machine);
    if (status != GM_OK)
        return status;
    if (run->output->format == GM_FORMAT_JSON) {
        gm_json json;
        gm_json_begin(&json, gm_write_text, &text);
        gm_report_info_json(&json, &run->style, machine, run->arena);
        if (!gm_json_end(&json))
            gm_text_add(&text, gm_text_lost);
    } else {
        gm_report_info_text(&text, &run->style, machine, run->arena);
    }
    return gm_run_write(run, &text);
}

gm_status gm_info(const gm_info_options *options, const gm_output *output, int *ret_exit,
                  gm_problem *problem)
{
    gm_run run;
    gm_status status = gm_run_begin(&run, output, options->size, sizeof *options);
    if (status == GM_OK)
        status = gm_run_tables(&run, options->data);
    *ret_exit = 0;
    if (status == GM_OK)
        status = info(&run, options);
    return gm_run_end(&run, status, problem);
}
