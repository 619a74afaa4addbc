/* SPDX-License-Identifier: MIT */
/* One arena per result: everything a report points to is freed at once. */
#ifndef GM_BASE_ARENA_H
#define GM_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/format.h"

typedef struct gm_arena gm_arena;

/* A new arena that hands out at most `limit_bytes` (0: no limit); NULL without memory. */
gm_arena *gm_arena_new(size_t limit_bytes);

/* A new arena without a limit for what is needed on the way to something in `parent`: when it has
 * no memory, now or later, the parent has failed too, so that nobody forgets to ask. NULL without
 * memory. Both belong to one thread. */
gm_arena *gm_arena_under(gm_arena *parent);

/* Frees the arena and all it handed out. NULL is allowed. */
void gm_arena_free(gm_arena *arena);
/* Takes back all that was allocated, for using the arena again; its last block is kept. */
void gm_arena_reset(gm_arena *arena);

/* Was there ever no memory, or none within the limit? Then something may be missing from what the
 * arena holds. gm_arena_fail says so of what was to come from elsewhere. */
bool gm_arena_failed(const gm_arena *arena);
void gm_arena_fail(gm_arena *arena);

/* Zeroed memory for any object type; NULL without memory or over the limit. */
void *gm_arena_alloc(gm_arena *arena, size_t size);

/* `count` * `size` zeroed bytes, checked for overflow. */
void *gm_arena_array(gm_arena *arena, size_t count, size_t size);

/* Copies of text that end with NUL. NULL without memory, and for gm_text_lost. */
char *gm_arena_text(gm_arena *arena, const char *text);
char *gm_arena_text_n(gm_arena *arena, const char *text, size_t size);
char *gm_arena_printf(gm_arena *arena, const char *format, ...) GM_FORMAT(2, 3);

/* Grows an array of `count` elements of `size` bytes by one, doubling when full, and returns the
 * new zeroed element; `*items`, `*count` and `*capacity` are kept up to date. NULL without memory:
 * then nothing has changed. Use through GM_PUSH. */
void *gm_arena_push(gm_arena *arena, void **items, size_t *count, size_t *capacity, size_t size);

/* A growable array in an arena: `GM_LIST(struct gm_image) images;` and
 * `struct gm_image *image = GM_PUSH(arena, &list);` */
#define GM_LIST(type)                                                                              \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }
#define GM_PUSH(arena, list)                                                                       \
    ((__typeof__((list)->items))gm_arena_push(arena, (void **)&(list)->items, &(list)->count,      \
                                              &(list)->capacity, sizeof *(list)->items))

#endif
