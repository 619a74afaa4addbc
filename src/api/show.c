/* SPDX-License-Identifier: MIT */
/* show: rows of the tables. Every row is looked at once, to measure and count; those that fit are
 * made again and written one by one. */
#include <string.h>

#include "api/filter.h"
#include "api/run.h"
#include "base/lookup.h"
#include "catalog/listing.h"
#include "explain/listing.h"
#include "report/table.h"

#define PIECE_BYTES 16384 /* of text, written at once */

static const gm_table *const tables[] = {
    &gm_list_gpus,   &gm_list_archs,  &gm_list_toolkits,  &gm_list_drivers,
    &gm_list_builds, &gm_list_errors, &gm_list_libraries, NULL};

struct showing {
    gm_run *run;
    const gm_table *table;
    gm_filter filter;
    uint8_t *marks; /* per row: 0 it does not fit, else MARK_FITS, with a verdict + its number */
    gm_table_layout layout;
    gm_table_totals totals;
};
enum { MARK_FITS = 1, MARK_VERDICT = 2 };

/* The row as it is shown. */
static bool make_row(const struct showing *showing, size_t index, gm_table_row *row)
{
    const gm_table *table = showing->table;
    unsigned mark = showing->marks[index];
    *row = (gm_table_row){.table = NULL};
    if (!table->row(showing->run->catalog, index, row))
        return false;
    if (table->verdict && mark >= MARK_VERDICT)
        row->cells[table->verdict] = gm_verdict_token((gm_verdict)(mark - MARK_VERDICT));
    return true;
}

/* Whether all words fit, and the worst verdict of those that ask for one. `matched` notes the words
 * that some row fits. */
static uint8_t mark_of(const struct showing *showing, size_t index, const gm_table_row *row,
                       bool *matched)
{
    unsigned mark = MARK_FITS;
    bool all = true;
    for (size_t i = 0; i < showing->filter.count; i++) {
        gm_filter_answer answer = gm_filter_fits(showing->run->catalog, &showing->filter.items[i],
                                                 showing->table, index, row, showing->run->arena);
        all = all && answer.fits;
        matched[i] = matched[i] || answer.fits;
        if (answer.judged && MARK_VERDICT + answer.verdict > mark)
            mark = MARK_VERDICT + answer.verdict;
    }
    return all ? (uint8_t)mark : 0;
}

static gm_status note_unmatched(struct showing *showing, const bool *matched)
{
    size_t count = showing->filter.count;
    const char **words = gm_arena_array(showing->run->arena, count + 1, sizeof *words);
    if (!words)
        return gm_run_no_memory(showing->run);
    for (size_t i = 0; i < count; i++)
        if (!matched[i])
            words[showing->totals.unmatched_count++] = showing->filter.items[i].text;
    showing->totals.unmatched = words;
    return GM_OK;
}

static gm_status look_through(struct showing *showing)
{
    gm_run *run = showing->run;
    size_t count = showing->table->count(showing->run->catalog);
    bool *matched = gm_arena_array(run->arena, showing->filter.count + 1, sizeof *matched);
    showing->marks = gm_arena_array(run->arena, count + 1, sizeof *showing->marks);
    if (!matched || !showing->marks)
        return gm_run_no_memory(run);
    for (size_t i = 0; i < count; i++) {
        gm_table_row row;
        if (!make_row(showing, i, &row))
            continue;
        showing->totals.rows++;
        showing->marks[i] = mark_of(showing, i, &row, matched);
        if (!showing->marks[i])
            continue;
        showing->totals.shown++;
        make_row(showing, i, &row);
        gm_report_table_measure(&showing->layout, &run->style, &row);
    }
    return note_unmatched(showing, matched);
}

/* Hands out what has gathered, when it is `least` bytes. */
static gm_status write_out(gm_run *run, gm_text *text, size_t least)
{
    return text->failed || text->size >= least ? gm_run_write(run, text) : GM_OK;
}

static gm_status show_text(struct showing *showing)
{
    gm_run *run = showing->run;
    const gm_style *style = &run->style;
    gm_text text = GM_TEXT_INIT;
    gm_status status = GM_OK;
    if (showing->totals.shown)
        gm_report_table_begin(&text, style, &showing->layout);
    for (size_t i = 0, count = showing->table->count(run->catalog); status == GM_OK && i < count;
         i++) {
        gm_table_row row;
        if (!showing->marks[i] || !make_row(showing, i, &row))
            continue;
        gm_report_table_row(&text, style, &showing->layout, &row);
        status = write_out(run, &text, PIECE_BYTES);
    }
    gm_report_table_end(&text, style, showing->table, &showing->totals);
    if (status == GM_OK)
        status = write_out(run, &text, 1);
    gm_text_free(&text);
    return status;
}

static gm_status show_json(struct showing *showing, const gm_show_options *options)
{
    gm_run *run = showing->run;
    gm_json json;
    gm_json_begin(&json, run->output->write, run->output->user);
    gm_report_table_json_begin(&json, &run->style, showing->table, options->words,
                               options->word_count, &showing->totals);
    for (size_t i = 0, count = showing->table->count(showing->run->catalog);
         !json.failed && i < count; i++) {
        gm_table_row row;
        if (showing->marks[i] && make_row(showing, i, &row))
            gm_report_table_json_row(&json, &run->style, showing->table, &row);
    }
    gm_report_table_json_end(&json);
    return gm_run_end_json(run, &json);
}

/* The names of the tables, and the one that is nearest to a mistyped one. */
static gm_status unknown_table(gm_run *run, const char *name)
{
    const char *names[sizeof tables / sizeof *tables] = {NULL};
    if (!name)
        return gm_fail(&run->error, GM_USAGE, "no-table", NULL, GM_OFFSET_NONE);
    for (size_t i = 0; tables[i]; i++)
        names[i] = tables[i]->name;
    return gm_fail_detail(&run->error, GM_USAGE, "unknown-table", name,
                          gm_text_nearest(name, names));
}

static gm_status show(gm_run *run, const gm_show_options *options, int *ret_exit)
{
    struct showing showing = {.run = run};
    for (size_t i = 0; options->table && tables[i]; i++)
        if (!strcmp(tables[i]->name, options->table))
            showing.table = tables[i];
    if (!showing.table)
        return unknown_table(run, options->table);
    showing.layout.table = showing.table;
    for (size_t i = 0; i < options->word_count; i++)
        if (!gm_filter_add(run->catalog, run->arena, &showing.filter, options->words[i]))
            return gm_run_no_memory(run);
    gm_status status = look_through(&showing);
    if (status != GM_OK)
        return status;
    *ret_exit = showing.totals.shown ? 0 : 1;
    return run->output->format == GM_FORMAT_JSON ? show_json(&showing, options)
                                                 : show_text(&showing);
}

gm_status gm_show(const gm_show_options *options, const gm_output *output, int *ret_exit,
                  gm_problem *problem)
{
    gm_run run;
    gm_status status = gm_run_begin(&run, output, options->size, sizeof *options);
    if (status == GM_OK)
        status = gm_run_tables(&run, options->data);
    if (status == GM_OK)
        status = show(&run, options, ret_exit);
    return gm_run_end(&run, status, problem);
}
