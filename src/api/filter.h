/* SPDX-License-Identifier: MIT */
/* Words with which people look for rows of a table, each understood by what it is. Internal to
 * `api`. */
#ifndef GM_API_FILTER_H
#define GM_API_FILTER_H

#include "catalog/catalog.h"
#include "model/report.h"
#include "model/table.h"

typedef struct gm_filter_word {
    const char *text;
    gm_version version; /* all of the word; count 0: it is none */
    bool is_target;     /* it names one target */
    gm_gpu gpu;         /* its target, or those of the GPU that it names; target_count 0: neither */
} gm_filter_word;
typedef GM_LIST(gm_filter_word) gm_filter;

/* Adds what `text` says: one word, or several where people write them in one
 * ("torch==2.9.1+cu128"). False without memory. */
bool gm_filter_add(const gm_catalog *catalog, gm_arena *arena, gm_filter *filter, const char *text);

/* The answer of one row to a word. */
typedef struct gm_filter_answer {
    bool fits;
    bool judged; /* by `verdict`: the row is code that the word is a GPU for */
    gm_verdict verdict;
} gm_filter_answer;

/* Does a row of `table`, whose index is `index`, fit the word? */
gm_filter_answer gm_filter_fits(const gm_catalog *catalog, const gm_filter_word *word,
                                const gm_table *table, size_t index, const gm_table_row *row,
                                gm_arena *arena);

#endif
