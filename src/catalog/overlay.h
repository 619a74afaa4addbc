/* SPDX-License-Identifier: MIT */
/* Newer rows laid over the built-in tables, so that an old program need not stay wrong. */
#ifndef GM_CATALOG_OVERLAY_H
#define GM_CATALOG_OVERLAY_H

#include "base/error.h"
#include "catalog/catalog.h"

/* A table as it stands in data/: the same columns, sorted by its key, each row with its source and
 * confidence. */
typedef struct gm_table_file {
    const char *name; /* "torch_builds.tsv" */
    const char *path; /* for people */
    const char *text; /* any bytes */
    size_t size;
} gm_table_file;

/* Is this the name of a table that rows can be laid over? */
bool gm_catalog_has_table(const char *name);

/* The built-in tables with the rows of `files` over them: a row with the key of another replaces
 * it. Lives in `arena`. GM_USAGE with the path and line of what is wrong ("table-header",
 * "table-cells", "table-characters", "table-source", "table-confidence", "table-empty",
 * "table-number", "table-order", "table-twice", "table-target"), or GM_MEMORY. */
gm_status gm_catalog_overlay(const gm_table_file *files, size_t count, gm_arena *arena,
                             const gm_catalog **ret_catalog, gm_error *reterr);

#endif
