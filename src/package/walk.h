/* SPDX-License-Identifier: MIT */
/* Packages whose RECORD does not list their libraries. Internal to `package`. */
#ifndef GM_PACKAGE_WALK_H
#define GM_PACKAGE_WALK_H

#include "package/environment.h"

/* Was it installed with `pip install -e`, so that its files lie where its source is?
 * (https://packaging.python.org/specifications/direct-url) */
bool gm_walk_is_editable(const char *dist_info, gm_arena *arena);

/* Adds the libraries below the package's own folders: those that top_level.txt names, else the one
 * of its name, beside its metadata or in the source of an editable install. False without memory.
 */
bool gm_walk_libraries(gm_installed *installed, gm_arena *arena);

#endif
