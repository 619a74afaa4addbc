/* SPDX-License-Identifier: MIT */
/* Other environments near one: people install into one and start another. */
#ifndef GM_PACKAGE_NEIGHBOURS_H
#define GM_PACKAGE_NEIGHBOURS_H

#include "package/environment.h"

typedef struct gm_neighbour {
    const char *prefix;
    const char *version; /* of the package there, as the name of its folder tells */
} gm_neighbour;
typedef GM_LIST(gm_neighbour) gm_neighbours;

/* The environments beside `environment`, below it (conda's envs) and in the current directory, in
 * which `package` (a normalised name) is installed; only names of folders are read. False without
 * memory. */
bool gm_neighbours_with(const gm_key_reader *keys, const gm_environment *environment,
                        const char *package, gm_arena *arena, gm_neighbours *ret_neighbours);

#endif
