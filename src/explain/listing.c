/* SPDX-License-Identifier: MIT */
#include "explain/listing.h"

#include <stdio.h>
#include <string.h>

#include "explain/internal.h"

enum {
    ERROR_ID,
    ERROR_NUMBER,
    ERROR_KIND,
    ERROR_FINDING,
    ERROR_ACTION,
    ERROR_PATTERN,
    ERROR_MEANING,
    ERROR_ENV
};
static const gm_table_column error_columns[] = {
    [ERROR_ID] = {"id", GM_CELL_TEXT, GM_FIT_START, GM_VIEW_PLAIN},
    [ERROR_NUMBER] = {"number", GM_CELL_NUMBER, GM_FIT_WHOLE, GM_VIEW_PLAIN},
    [ERROR_KIND] = {"kind", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_PLAIN},
    [ERROR_FINDING] = {"finding", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_PLAIN},
    [ERROR_ACTION] = {"action", GM_CELL_TEXT, GM_FIT_PART, GM_VIEW_PLAIN},
    [ERROR_PATTERN] = {"pattern", GM_CELL_TEXT, GM_FIT_PART, GM_VIEW_LONG},
    [ERROR_MEANING] = {"meaning", GM_CELL_MESSAGE, GM_FIT_NONE, GM_VIEW_LONG},
    [ERROR_ENV] = {"env", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_DETAIL}};

static size_t error_count(const gm_catalog *catalog)
{
    (void)catalog;
    return gm_messages_count;
}

/* A label of a fact ("Driver Version:") is no message. */
static bool error_row(const gm_catalog *catalog, size_t index, gm_table_row *row)
{
    const gm_message_row *from = &gm_messages[index];
    const char **cells = row->cells;
    (void)catalog;
    cells[ERROR_ID] = gm_messages_text(from->id);
    cells[ERROR_KIND] = gm_messages_text(from->kind);
    cells[ERROR_FINDING] = gm_messages_text(from->finding);
    cells[ERROR_ACTION] = gm_messages_text(from->action);
    cells[ERROR_PATTERN] = gm_messages_text(from->pattern);
    cells[ERROR_ENV] = gm_messages_text(from->env);
    /* Today's number; a row of several errors has none of its own. */
    const char *number = gm_messages_text(from->error);
    if (number && !strchr(number, ',')) {
        snprintf(row->formatted[0], GM_CELL_BYTES, "%.*s", (int)strcspn(number, "|"), number);
        cells[ERROR_NUMBER] = row->formatted[0];
    }
    snprintf(row->formatted[1], GM_CELL_BYTES, "explain.%s.meaning", cells[ERROR_ID]);
    cells[ERROR_MEANING] = row->formatted[1];
    row->table = "messages.tsv";
    row->source = gm_messages_text(from->source);
    row->confidence = (gm_confidence)from->confidence;
    return strcmp(cells[ERROR_KIND], "fact") != 0;
}

const gm_table gm_list_errors = {
    "errors",    error_columns, sizeof error_columns / sizeof *error_columns,
    error_count, error_row,     0};
