/* SPDX-License-Identifier: MIT */
/* A table of facts as people and programs look it up: what its columns are, and its rows one by
 * one. Each table is described once, beside the data; filters and reports follow the description.
 */
#ifndef GM_MODEL_TABLE_H
#define GM_MODEL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/finding.h"

#define GM_TABLE_COLUMNS   20
#define GM_CELL_BYTES      160
#define GM_CELLS_FORMATTED 3

struct gm_catalog; /* whose rows they are */

typedef enum gm_cell_type {
    GM_CELL_TEXT,
    GM_CELL_LIST,   /* words separated by blanks */
    GM_CELL_NUMBER, /* digits */
    GM_CELL_YES,    /* "yes", or nothing for no */
    GM_CELL_TOKEN,  /* a word of ours; in the language of people "report.token.<word>" */
    GM_CELL_MESSAGE /* id of a sentence */
} gm_cell_type;

/* Which words of a filter a cell answers to. Case never matters. */
typedef enum gm_cell_fit {
    GM_FIT_NONE,
    GM_FIT_WHOLE,   /* the cell, or one word of it */
    GM_FIT_START,   /* its beginning: "cu", "rocm7" */
    GM_FIT_PART,    /* a part of it; blanks, hyphens and underscores do not matter */
    GM_FIT_CPU,     /* a processor by any of its names */
    GM_FIT_VERSION, /* a version or its beginning: "2.9" for 2.9.1 */
    GM_FIT_TARGET,  /* a target, or the compute capability of one: the same, any suffix */
    GM_FIT_DEVICE,  /* the same; also the name of a GPU that is of it */
    GM_FIT_CODE,    /* a list of GPU code: a target or GPU that it serves, as the judge says */
    GM_FIT_TOOLKIT, /* a toolkit: a version, or a target or GPU that it makes code for */
    GM_FIT_DRIVER   /* first driver of a branch (of the system in the table's first column): a
                       driver of the branch, a target or GPU that it drives */
} gm_cell_fit;

/* Where a column stands in the text form; JSON has them all. */
typedef enum gm_cell_view {
    GM_VIEW_DETAIL, /* only when details are asked for */
    GM_VIEW_VARIED, /* and where rows differ in it; its cells outlive the row */
    GM_VIEW_PLAIN,
    GM_VIEW_LONG /* any length: takes the rest of its line, or lines of its own */
} gm_cell_view;

typedef struct gm_table_column {
    const char *name; /* in JSON; its heading is "report.column.<name>" */
    gm_cell_type type;
    gm_cell_fit fit;
    gm_cell_view view;
} gm_table_column;

/* One row. It may point into itself (`formatted`): do not copy it. */
typedef struct gm_table_row {
    const char *cells[GM_TABLE_COLUMNS]; /* in the order of the columns; NULL: nothing, unknown */
    const char *table;                   /* file in data/ that the row stands in */
    const char *source;
    gm_confidence confidence;
    char formatted[GM_CELLS_FORMATTED]
                  [GM_CELL_BYTES]; /* room for cells that are no texts as such */
} gm_table_row;

typedef struct gm_table {
    const char *name; /* "gpus" */
    const gm_table_column *columns;
    size_t column_count;
    size_t (*count)(const struct gm_catalog *catalog);
    /* Fills the row at `index` < count(), which is zeroed; false: nothing to be shown there. */
    bool (*row)(const struct gm_catalog *catalog, size_t index, gm_table_row *row);
    /* Place of the column for the verdict on the targets that were asked for; the cell is left to
     * the caller. 0: there is none. */
    size_t verdict;
} gm_table;

#endif
