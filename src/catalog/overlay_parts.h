/* SPDX-License-Identifier: MIT */
/* What overlay.c and overlay_read.c share. Internal to `catalog`. */
#ifndef GM_CATALOG_OVERLAY_PARTS_H
#define GM_CATALOG_OVERLAY_PARTS_H

#include "catalog/internal.h"
#include "catalog/overlay.h"

/* Texts of the new rows and everything that is made of them. */
typedef struct gm_laying {
    gm_catalog *catalog;
    gm_arena *arena;
    gm_pool pool;
    const gm_table_file *file;
    const gm_table_form *form;
    size_t line; /* from 1 */
    gm_error *reterr;
} gm_laying;

/* The new rows of one table. */
typedef struct gm_new_rows {
    uint32_t *cells; /* form->members a row */
    size_t *lines;
    size_t count;
} gm_new_rows;

typedef struct gm_part {
    const char *text;
    size_t size;
} gm_part;

gm_status gm_laying_no_memory(const gm_laying *l);

/* GM_USAGE about the current line; `detail` may be NULL. */
gm_status gm_laying_wrong(const gm_laying *l, const char *code, const char *detail);
gm_status gm_laying_wrong_part(const gm_laying *l, const char *code, gm_part part);

/* Rows by their key. */
int gm_rows_compare(const gm_catalog *catalog, const gm_table_form *form, const uint32_t *a,
                    const uint32_t *b);

/* Is it the table of GPU names, whose rows follow from folded names? */
bool gm_form_is_names(const gm_table_form *form);

/* Reads the rows of l->file, checks each by itself and their order. */
gm_status gm_laying_read(gm_laying *l, gm_new_rows *rows);

#endif
