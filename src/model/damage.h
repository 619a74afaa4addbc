/* SPDX-License-Identifier: MIT */
/* What is wrong with the bytes of one file. Formats note it and read on; `scan` makes findings. */
#ifndef GM_MODEL_DAMAGE_H
#define GM_MODEL_DAMAGE_H

#include <stdint.h>

#include "base/arena.h"

/* `id`: literal, a message "damage.<id>" in po/; `offset` in the file or uncompressed member. */
typedef struct gm_damage {
    const char *id;
    uint64_t offset;
} gm_damage;

/* Equal notes are kept once: the same bytes may be looked at twice. */
typedef struct gm_damage_list {
    GM_LIST(gm_damage) notes;
    size_t limit;   /* notes kept; 0 keeps none */
    size_t dropped; /* over the limit or without memory: counted only */
} gm_damage_list;

void gm_damage_note(gm_arena *arena, gm_damage_list *list, const char *id, uint64_t offset);

#endif
