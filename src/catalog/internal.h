/* SPDX-License-Identifier: MIT */
/* Helpers over the generated tables. Internal to `catalog`. */
#ifndef GM_CATALOG_INTERNAL_H
#define GM_CATALOG_INTERNAL_H

#include "catalog/catalog.h"
#include "catalog/tables.h"

gm_row_source gm_row_source_of(const gm_catalog *catalog, const char *table, uint32_t source,
                               uint32_t confidence);

/* A version cell; count 0 for '-'. */
gm_version gm_cell_version(const gm_catalog *catalog, uint32_t offset);

/* A target cell, or Intel's name. */
gm_target gm_cell_target(const char *text, size_t size);

/* Fills targets and vendor of a GPU from a blank-separated list. */
void gm_catalog_targets(const char *list, gm_gpu *gpu);

#endif
