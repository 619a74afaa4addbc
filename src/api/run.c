/* SPDX-License-Identifier: MIT */
#include "api/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/version.h"
#include "base/lookup.h"
#include "catalog/catalog.h"
#include "os/threads.h"
#include "words/words.h"

const char *gm_version_text(void)
{
    return GM_VERSION_TEXT;
}

const char *gm_data_date(void)
{
    return gm_catalog_date(gm_catalog_builtin());
}

static gm_lang lang_of(const gm_output *output)
{
    gm_lang lang = output->lang ? gm_words_lang_find(output->lang) : -1;
    return lang < 0 ? 0 : lang;
}

gm_status gm_run_begin(gm_run *run, const gm_output *output, size_t options_size,
                       size_t expected_size)
{
    *run = (gm_run){
        .catalog = gm_catalog_builtin(), .output = output, .context = gm_context_defaults()};
    if (output->size != sizeof *output || options_size != expected_size)
        return gm_fail(&run->error, GM_USAGE, "options-size", NULL, GM_OFFSET_NONE);
    run->context.progress = output->progress;
    run->context.cancelled = output->cancelled;
    run->context.user = output->progress_user;
    run->context.threads = gm_os_processors();
    run->style = (gm_style){.lang = lang_of(output),
                            .columns = output->columns,
                            .verbose = output->verbose,
                            .color = output->color,
                            .tool_version = gm_version_text(),
                            .data_date = gm_catalog_date(run->catalog)};
    run->arena = gm_arena_new(run->context.limits.arena_bytes);
    run->result.complete = true;
    return run->arena ? GM_OK : gm_run_no_memory(run);
}

gm_status gm_run_no_memory(gm_run *run)
{
    return gm_fail(&run->error, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

static char *copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *to = malloc(size);
    if (to)
        memcpy(to, text, size);
    return to;
}

static char *sentence(gm_lang lang, const char *id, const gm_error *error)
{
    char offset[32] = "";
    gm_text shown = GM_TEXT_INIT, out = GM_TEXT_INIT;
    if (error->offset != GM_OFFSET_NONE)
        snprintf(offset, sizeof offset, "%" PRIu64, error->offset);
    gm_text_add_visible(&shown, error->subject, strlen(error->subject));
    gm_words_arg args[] = {{"subject", shown.data, false},
                           {"detail", error->detail, false},
                           {"offset", offset, false}};
    gm_words_add(&out, lang, id, args, sizeof args / sizeof *args);
    char *text = out.failed ? NULL : copy(out.data);
    gm_text_free(&shown);
    gm_text_free(&out);
    return text;
}

static void fill_problem(const gm_run *run, gm_status status, gm_problem *problem)
{
    char id[96];
    const gm_error *error = &run->error;
    const char *code = error->code ? error->code : gm_status_token(status);
    gm_lang lang = run->output->size == sizeof *run->output ? lang_of(run->output) : 0;
    problem->status = status;
    problem->code = code;
    snprintf(id, sizeof id, "error.%s", code);
    problem->message = sentence(lang, id, error);
    snprintf(id, sizeof id, "error.%s.%s", code, error->detail[0] ? "suggest" : "hint");
    if (!gm_words_find(lang, id))
        snprintf(id, sizeof id, "error.%s.hint", code);
    problem->hint = gm_words_find(lang, id) ? sentence(lang, id, error) : NULL;
    problem->subject = copy(error->subject);
}

void gm_problem_free(gm_problem *problem)
{
    free(problem->message);
    free(problem->hint);
    free(problem->subject);
    *problem = (gm_problem){0};
}

gm_status gm_run_end(gm_run *run, gm_status status, gm_problem *problem)
{
    /* What was given up for want of memory looks like wrong or damaged input. */
    if (status != GM_OK && status != GM_CANCELLED && gm_run_lacks_memory(run))
        status = gm_run_no_memory(run);
    if (status != GM_OK && problem)
        fill_problem(run, status, problem);
    gm_arena_free(run->arena);
    gm_arena_free(run->second_arena);
    run->arena = run->second_arena = NULL;
    return status;
}

bool gm_run_lacks_memory(const gm_run *run)
{
    return gm_arena_failed(run->arena) || gm_arena_failed(run->second_arena);
}

static gm_status written(gm_run *run, bool lost, bool whole)
{
    if (lost)
        return gm_run_no_memory(run);
    return whole ? GM_OK : gm_fail(&run->error, GM_IO, "cannot-write", NULL, GM_OFFSET_NONE);
}

gm_status gm_run_write(gm_run *run, gm_text *text)
{
    bool lost = text->failed || gm_run_lacks_memory(run);
    bool whole = !lost && run->output->write(run->output->user, text->data, text->size);
    gm_text_free(text);
    return written(run, lost, whole);
}

gm_status gm_run_end_json(gm_run *run, gm_json *json)
{
    bool whole = gm_json_end(json);
    return written(run, json->no_memory || gm_run_lacks_memory(run), whole);
}

gm_status gm_run_report(gm_run *run, const char *schema, const gm_explained *explained)
{
    gm_text text = GM_TEXT_INIT;
    if (run->output->format == GM_FORMAT_JSON) {
        gm_json json;
        gm_json_begin(&json, gm_write_text, &text);
        gm_report_json(&json, &run->style, schema, &run->result, explained);
        if (!gm_json_end(&json))
            gm_text_add(&text, gm_text_lost);
    } else {
        gm_report_text(&text, &run->style, schema, &run->result, explained);
    }
    return gm_run_write(run, &text);
}

/* What the reading of input came to: a system error outweighs damage, damage a verdict. */
static int reading_exit(const gm_finding_list *findings)
{
    int worst = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const gm_finding *finding = &findings->items[i];
        bool unreadable = finding->code == GM_CODE_UNREADABLE;
        if (unreadable && !finding->variant)
            return gm_status_exit(GM_IO);
        if (finding->code == GM_CODE_DAMAGED ||
            (unreadable && gm_text_equal(finding->variant, "metadata")))
            worst = gm_status_exit(GM_DAMAGED);
    }
    return worst;
}

int gm_run_exit(const gm_run *run)
{
    static const int exits[] = {[GM_VERDICT_RUNS] = 0,
                                [GM_VERDICT_RUNS_JIT] = 0,
                                [GM_VERDICT_UNKNOWN] = 4,
                                [GM_VERDICT_PARTLY] = 1,
                                [GM_VERDICT_NO] = 1};
    int reading = reading_exit(&run->result.findings);
    if (reading)
        return reading;
    return run->result.judged ? exits[run->result.verdict] : 0;
}
