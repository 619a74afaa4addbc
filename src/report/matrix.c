/* SPDX-License-Identifier: MIT */
#include "report/matrix.h"

#include "base/utf8.h"

#define COLUMNS_DEFAULT 80
#define INDENT          2
#define GAP             2 /* behind the names */
#define SPACE           1 /* between the others */

gm_matrix gm_matrix_new(gm_arena *arena, size_t columns, size_t rows)
{
    gm_matrix matrix = {.columns = columns, .rows = rows};
    matrix.headings = gm_arena_array(arena, columns, sizeof *matrix.headings);
    matrix.cells = gm_arena_array(arena, columns * rows, sizeof *matrix.cells);
    return matrix.headings && matrix.cells ? matrix : (gm_matrix){0};
}

static const char *cell_of(const gm_matrix *matrix, size_t row, size_t column)
{
    const char *cell = matrix->cells[row * matrix->columns + column];
    return cell ? cell : "";
}

static size_t width_of(const gm_matrix *matrix, size_t column)
{
    size_t widest = gm_utf8_width(matrix->headings[column]);
    for (size_t row = 0; row < matrix->rows; row++) {
        size_t width = gm_utf8_width(cell_of(matrix, row, column));
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* One line: the name, then the columns from `first` on, each as wide as it needs. */
static void put_line(gm_text *out, const gm_matrix *matrix, const size_t *widths, size_t first,
                     size_t end, size_t row, bool heading)
{
    const char *name = heading ? matrix->headings[0] : cell_of(matrix, row, 0);
    size_t blanks = widths[0] - gm_utf8_width(name) + GAP - SPACE;
    gm_text_addf(out, "%*s%s", INDENT, "", name);
    for (size_t column = first; column < end; column++) {
        const char *cell = heading ? matrix->headings[column] : cell_of(matrix, row, column);
        blanks += SPACE + widths[column] - gm_utf8_width(cell);
        if (!*cell) /* perhaps the last one: no line ends with blanks */
            continue;
        gm_text_addf(out, "%*s%s", (int)blanks, "", cell);
        blanks = 0;
    }
    gm_text_add(out, "\n");
}

void gm_matrix_show(gm_text *out, const gm_style *style, const gm_matrix *matrix)
{
    size_t room = style->columns ? style->columns : COLUMNS_DEFAULT;
    gm_arena *arena = gm_arena_new(0);
    size_t *widths = arena ? gm_arena_array(arena, matrix->columns + 1, sizeof *widths) : NULL;
    for (size_t column = 0; widths && column < matrix->columns; column++)
        widths[column] = width_of(matrix, column);
    for (size_t first = 1; widths && first < matrix->columns;) {
        size_t end = first, used = INDENT + widths[0] + GAP - SPACE;
        while (end < matrix->columns && (end == first || used + SPACE + widths[end] <= room))
            used += SPACE + widths[end++];
        put_line(out, matrix, widths, first, end, 0, true);
        for (size_t row = 0; row < matrix->rows; row++)
            put_line(out, matrix, widths, first, end, row, false);
        first = end;
    }
    if (!widths)
        gm_text_add(out, gm_text_lost);
    gm_arena_free(arena);
}
