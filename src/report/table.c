/* SPDX-License-Identifier: MIT */
#include "report/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/json_parts.h"
#include "report/screen.h"

#define COLUMNS_DEFAULT 80
#define GAP             2  /* between columns */
#define INDENT          4  /* of the further lines of a row */
#define LONG_LEAST      16 /* less room than this, or than what makes LONG_LINES lines of */
#define LONG_LINES      4  /* the longest cell, and long cells get lines of their own */

static bool is_shown(const gm_style *style, const gm_table_layout *layout, size_t column)
{
    gm_cell_view view = layout->table->columns[column].view;
    if (!layout->width[column])
        return false;
    return style->verbose > 0 || view >= GM_VIEW_PLAIN ||
           (view == GM_VIEW_VARIED && layout->varied[column]);
}

static const char *heading_of(const gm_style *style, const gm_table_column *column)
{
    char id[64];
    snprintf(id, sizeof id, "report.column.%s", column->name);
    const char *heading = gm_words_find(style->lang, id);
    return heading ? heading : column->name;
}

/* A cell in words; NULL for an empty one. */
static const char *words_of(const gm_style *style, const gm_table_column *column, const char *cell)
{
    if (!cell || !*cell)
        return NULL;
    if (column->type == GM_CELL_MESSAGE)
        return gm_words_find(style->lang, cell);
    if (column->type == GM_CELL_TOKEN) {
        char id[64];
        snprintf(id, sizeof id, "token.%s", cell);
        return gm_screen_word(style, id);
    }
    return column->type == GM_CELL_YES ? gm_screen_word(style, "yes") : cell;
}

/* Columns of the widest piece that stands on one line: lines break at blanks and beside wide
 * characters. */
static size_t widest_word(const char *text)
{
    size_t widest = 0, width = 0;
    for (size_t left = strlen(text); left > 0;) {
        uint32_t code;
        size_t used = gm_utf8_decode(text, left, &code);
        int columns = gm_utf8_columns(code);
        width = code == ' ' ? 0 : columns > 1 ? (size_t)columns : width + (size_t)columns;
        if (width > widest)
            widest = width;
        text += used;
        left -= used;
    }
    return widest;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

void gm_report_table_measure(gm_table_layout *layout, const gm_style *style,
                             const gm_table_row *row)
{
    for (size_t i = 0; i < layout->table->column_count; i++) {
        const gm_table_column *column = &layout->table->columns[i];
        const char *words = words_of(style, column, row->cells[i]);
        if (!words)
            continue;
        if (column->view == GM_VIEW_VARIED) {
            layout->first[i] = layout->first[i] ? layout->first[i] : words;
            layout->varied[i] = layout->varied[i] || strcmp(layout->first[i], words) != 0;
        }
        layout->width[i] = larger(layout->width[i], gm_utf8_width(words));
        layout->word[i] = larger(layout->word[i], widest_word(words));
    }
}

static size_t screen_columns(const gm_style *style)
{
    return style->columns ? style->columns : COLUMNS_DEFAULT;
}

/* Gives each column its place. One that has not room enough for its longest cell ends the line. */
static void lay_out(const gm_style *style, gm_table_layout *layout)
{
    size_t at = 0, columns = screen_columns(style);
    bool full = false;
    for (size_t i = 0; i < layout->table->column_count; i++) {
        const gm_table_column *column = &layout->table->columns[i];
        if (!is_shown(style, layout, i))
            continue;
        size_t heading = gm_utf8_width(heading_of(style, column));
        size_t width = layout->width[i] = larger(layout->width[i], heading);
        size_t least = larger(larger(width / LONG_LINES, LONG_LEAST), layout->word[i]);
        if (column->view != GM_VIEW_LONG || least > width)
            least = width;
        layout->breaks[i] = at > 0 && (full || at + least > columns);
        if (layout->breaks[i])
            at = INDENT;
        layout->place[i] = at;
        layout->wraps[i] = at + width > columns;
        full = layout->wraps[i];
        at += width + GAP;
    }
}

/* One cell at its place; `*used` is how far the line has come. */
static void put_cell(gm_text *out, const gm_style *style, const gm_table_layout *layout,
                     size_t column, const char *words, size_t *used)
{
    size_t place = layout->place[column];
    gm_text_addf(out, "%*s", (int)(place > *used ? place - *used : 0), "");
    if (layout->wraps[column]) {
        gm_text_wrap(out, words, style->columns, (unsigned)place, (unsigned)place);
        *used = 0;
        return;
    }
    gm_text_add(out, words);
    *used = place + gm_utf8_width(words);
}

/* A line of which nothing was written yet is left out. */
static void end_line(gm_text *out, size_t *used)
{
    if (*used)
        gm_text_add(out, "\n");
    *used = 0;
}

void gm_report_table_begin(gm_text *out, const gm_style *style, gm_table_layout *layout)
{
    size_t used = 0;
    lay_out(style, layout);
    if (style->verbose < 0)
        return;
    for (size_t i = 0; i < layout->table->column_count; i++) {
        const char *heading = heading_of(style, &layout->table->columns[i]);
        gm_text toned = GM_TEXT_INIT;
        if (!is_shown(style, layout, i))
            continue;
        if (layout->breaks[i])
            end_line(out, &used);
        gm_text_addf(out, "%*s", (int)(layout->place[i] - used), "");
        gm_screen_tone(&toned, style, GM_TONE_PLAIN, heading);
        gm_text_add(out, toned.data);
        used = layout->place[i] + gm_utf8_width(heading);
        gm_text_free(&toned);
    }
    end_line(out, &used);
}

static void put_source(gm_text *out, const gm_style *style, const gm_table_row *row)
{
    gm_text line = GM_TEXT_INIT;
    gm_text_addf(&line, "[data/%s, %s] %s", row->table, gm_confidence_token(row->confidence),
                 row->source ? row->source : "");
    gm_text_addf(out, "%*s", INDENT, "");
    gm_text_wrap(out, line.data, style->columns, INDENT, INDENT);
    gm_text_free(&line);
}

void gm_report_table_row(gm_text *out, const gm_style *style, const gm_table_layout *layout,
                         const gm_table_row *row)
{
    size_t used = 0;
    for (size_t i = 0; i < layout->table->column_count; i++) {
        const char *words = words_of(style, &layout->table->columns[i], row->cells[i]);
        if (!is_shown(style, layout, i))
            continue;
        if (layout->breaks[i])
            end_line(out, &used);
        if (words)
            put_cell(out, style, layout, i, words, &used);
    }
    end_line(out, &used);
    if (style->verbose > 0)
        put_source(out, style, row);
}

static void put_sentence(gm_text *out, const gm_style *style, const char *id,
                         const gm_words_arg *args, size_t count)
{
    gm_text line = GM_TEXT_INIT;
    gm_words_add(&line, style->lang, id, args, count);
    gm_text_wrap(out, line.data, style->columns, 0, 0);
    gm_text_free(&line);
}

/* What fits nothing, and what the table can be asked for. */
static void put_nothing(gm_text *out, const gm_style *style, const gm_table *table,
                        const gm_table_totals *totals)
{
    char id[64];
    gm_text words = GM_TEXT_INIT;
    for (size_t i = 0; i < totals->unmatched_count; i++) {
        gm_text_add(&words, i ? gm_screen_word(style, "list-comma") : "");
        gm_text_add_visible(&words, totals->unmatched[i], strlen(totals->unmatched[i]));
    }
    gm_words_arg args[] = {{"table", table->name, false}, {"words", words.data, false}};
    put_sentence(out, style,
                 totals->unmatched_count ? "report.show.unmatched" : "report.show.no-row", args, 2);
    snprintf(id, sizeof id, "report.filter.%s", table->name);
    put_sentence(out, style, id, NULL, 0);
    gm_text_free(&words);
}

void gm_report_table_end(gm_text *out, const gm_style *style, const gm_table *table,
                         const gm_table_totals *totals)
{
    char shown[32], rows[32];
    snprintf(shown, sizeof shown, "%zu", totals->shown);
    snprintf(rows, sizeof rows, "%zu", totals->rows);
    gm_words_arg args[] = {
        {"shown", shown, false}, {"rows", rows, false}, {"date", style->data_date, false}};
    if (totals->shown == 0) {
        put_nothing(out, style, table, totals);
    } else if (style->verbose >= 0) {
        gm_text_add(out, "\n");
        put_sentence(out, style, "report.show.rows", args, 3);
    }
}

void gm_report_table_json_begin(gm_json *json, const gm_style *style, const gm_table *table,
                                const char *const *words, size_t count,
                                const gm_table_totals *totals)
{
    gm_json_object(json);
    gm_json_put_text(json, "schema", "gpumatch.show/1");
    gm_json_tool(json, style);
    gm_json_put_text(json, "table", table->name);
    gm_json_put_texts(json, "filter", words, count);
    gm_json_put_texts(json, "unmatched", totals->unmatched, totals->unmatched_count);
    gm_json_put_number(json, "total", totals->rows);
    gm_json_key(json, "rows");
    gm_json_array(json);
}

static void put_list(gm_json *json, const char *cell)
{
    char word[GM_CELL_BYTES];
    gm_json_array(json);
    for (const char *at = cell; *at;) {
        size_t size = strcspn(at, " ");
        snprintf(word, sizeof word, "%.*s", (int)size, at);
        gm_json_text(json, word);
        at += size;
        at += strspn(at, " ");
    }
    gm_json_array_end(json);
}

static void put_value(gm_json *json, const gm_style *style, const gm_table_column *column,
                      const char *cell)
{
    if (column->type == GM_CELL_YES)
        gm_json_bool(json, cell != NULL);
    else if (!cell)
        gm_json_null(json);
    else if (column->type == GM_CELL_LIST)
        put_list(json, cell);
    else if (column->type == GM_CELL_NUMBER)
        gm_json_number(json, strtoul(cell, NULL, 10));
    else if (column->type == GM_CELL_MESSAGE)
        gm_json_text(json, words_of(style, column, cell));
    else
        gm_json_text(json, cell);
}

void gm_report_table_json_row(gm_json *json, const gm_style *style, const gm_table *table,
                              const gm_table_row *row)
{
    gm_json_object(json);
    for (size_t i = 0; i < table->column_count; i++) {
        gm_json_key(json, table->columns[i].name);
        put_value(json, style, &table->columns[i], row->cells[i]);
    }
    gm_json_put_text(json, "table", row->table);
    gm_json_put_text(json, "source", row->source);
    gm_json_put_text(json, "confidence", gm_confidence_token(row->confidence));
    gm_json_object_end(json);
}

void gm_report_table_json_end(gm_json *json)
{
    gm_json_array_end(json);
    gm_json_object_end(json);
}
