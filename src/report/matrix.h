/* SPDX-License-Identifier: MIT */
/* A table whose columns are known only when it is made: libraries against targets. Internal to
 * `report`. */
#ifndef GM_REPORT_MATRIX_H
#define GM_REPORT_MATRIX_H

#include "report/report.h"

typedef struct gm_matrix {
    size_t columns, rows;
    const char **headings; /* of each column */
    const char **cells;    /* row by row; NULL is empty */
} gm_matrix;

/* An empty matrix in `arena`; columns 0 without memory. */
gm_matrix gm_matrix_new(gm_arena *arena, size_t columns, size_t rows);

/* The first column names the row and stands to the left, the others to the right. Columns that do
 * not fit the line follow below, under the same names. */
void gm_matrix_show(gm_text *out, const gm_style *style, const gm_matrix *matrix);

#endif
