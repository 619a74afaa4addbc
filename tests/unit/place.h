/* SPDX-License-Identifier: MIT */
/* An empty folder for a test and the arena for what it makes. */
#ifndef GM_TESTS_PLACE_H
#define GM_TESTS_PLACE_H

#include "base/arena.h"
#include "model/finding.h"

typedef struct gm_place {
    gm_arena *arena;
    char root[32];
    gm_finding_list findings; /* for what reads the folder */
} gm_place;

/* Set-up and tear-down of cmocka; *state is a gm_place. */
int gm_place_make(void **state);
int gm_place_remove(void **state);

/* ROOT/`path`, in the arena. */
const char *gm_place_at(const gm_place *place, const char *path);

/* Writes ROOT/`path`, its folders made on the way; NULL: only the folders. */
void gm_place_put(const gm_place *place, const char *path, const char *text);

#endif
