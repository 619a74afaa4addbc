/* SPDX-License-Identifier: MIT */
/* Libraries that need not be read, because a table knows these very files. Internal to `api`. */
#ifndef GM_API_KNOWN_H
#define GM_API_KNOWN_H

#include "catalog/catalog.h"
#include "model/code.h"
#include "package/environment.h"

/* The library that `recorded` names, out of scanned_libraries.tsv: RECORD's hash and size have a
 * row, and the file, of `size_bytes`, has that size. False: it must be read. Memory of `arena`. */
bool gm_known_library(const gm_catalog *catalog, const gm_recorded *recorded, uint64_t size_bytes,
                      gm_arena *arena, gm_library *ret_library);

#endif
