/* SPDX-License-Identifier: MIT */
/* Tables as text and JSON, row by row, so that memory stays flat. */
#ifndef GM_REPORT_TABLE_H
#define GM_REPORT_TABLE_H

#include "model/table.h"
#include "report/report.h"

/* How a table is laid out on the screen: columns side by side as far as there is room, then on
 * further lines. All rows are measured before the first is written. */
typedef struct gm_table_layout {
    const gm_table *table;
    const char *first[GM_TABLE_COLUMNS]; /* cell that was measured first; NULL empty */
    bool varied[GM_TABLE_COLUMNS];       /* others differ from it */
    size_t width[GM_TABLE_COLUMNS];      /* of the widest cell; 0: nothing in any row */
    size_t word[GM_TABLE_COLUMNS];       /* of the widest piece that cannot be broken */
    size_t place[GM_TABLE_COLUMNS];      /* column of the screen where it begins */
    bool breaks[GM_TABLE_COLUMNS];       /* a line begins with it */
    bool wraps[GM_TABLE_COLUMNS];        /* its cells may need several lines; a line ends with it */
} gm_table_layout;

void gm_report_table_measure(gm_table_layout *layout, const gm_style *style,
                             const gm_table_row *row);

/* After the last row was measured: headings, then each row, then the notes. */
void gm_report_table_begin(gm_text *out, const gm_style *style, gm_table_layout *layout);
void gm_report_table_row(gm_text *out, const gm_style *style, const gm_table_layout *layout,
                         const gm_table_row *row);

/* What a filter came to. */
typedef struct gm_table_totals {
    size_t shown, rows;
    const char *const *unmatched; /* words that no row of the table fits */
    size_t unmatched_count;
} gm_table_totals;
void gm_report_table_end(gm_text *out, const gm_style *style, const gm_table *table,
                         const gm_table_totals *totals);

void gm_report_table_json_begin(gm_json *json, const gm_style *style, const gm_table *table,
                                const char *const *words, size_t count,
                                const gm_table_totals *totals);
void gm_report_table_json_row(gm_json *json, const gm_style *style, const gm_table *table,
                              const gm_table_row *row);
void gm_report_table_json_end(gm_json *json);

#endif
