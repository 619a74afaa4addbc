/* SPDX-License-Identifier: MIT */
/* Helpers over the generated tables. Internal to `catalog`. */
#ifndef GM_CATALOG_INTERNAL_H
#define GM_CATALOG_INTERNAL_H

#include "catalog/catalog.h"
#include "catalog/tables.h"

/* The package that torch_builds.tsv and torch_companions.tsv are about. */
#define TORCH "torch"

gm_row_source gm_row_source_of(const gm_catalog *catalog, const char *table, uint32_t source,
                               uint32_t confidence);

/* A version cell; count 0 for '-'. */
gm_version gm_cell_version(const gm_catalog *catalog, uint32_t offset);

/* A target cell, or Intel's name. */
gm_target gm_cell_target(const char *text, size_t size);

/* Is `package` the name `pattern`, or does it begin with what stands before the "*" of it? */
bool gm_package_fits(const char *pattern, const char *package);

/* Fills targets and vendor of a GPU from a blank-separated list. */
void gm_catalog_targets(const char *list, gm_gpu *gpu);

/* --- rows laid over the built-in ones (overlay.c, overlay_names.c) ---------------------------- */

/* Texts of new rows, one after the other; their offsets follow on those of the built-in pool. */
typedef struct gm_pool {
    unsigned char *data;
    size_t used;
    uint32_t base;
} gm_pool;

/* The offset of a new text; 0 for "" and "-". The caller has seen to the room. */
uint32_t gm_pool_put(gm_pool *pool, const char *text, size_t size);

/* Room that gm_names_lay takes in the pool for each row, beside the length of its name. */
#define GM_NAME_ROOM 128

/* Lays names over those of `catalog`: `rows` have name, targets, source and confidence. False
 * without memory. */
bool gm_names_lay(gm_catalog *catalog, const gm_gpu_names_row *rows, size_t count, gm_pool *pool,
                  gm_arena *arena);

/* Finds the PCI ids of all names anew. False without memory. */
bool gm_names_link(gm_catalog *catalog, gm_arena *arena);

/* What a name is looked up by: its telling words, run together. `*ret_brand` is the maker that its
 * brand words tell. False when nothing is left of it, or too much. */
#define GM_NAME_KEY_BYTES 96
bool gm_name_fold(const char *name, char key[GM_NAME_KEY_BYTES], gm_vendor *ret_brand);

/* The maker of a names row, by its targets. */
gm_vendor gm_name_maker(const gm_catalog *catalog, const gm_gpu_names_row *row);

#endif
