/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* First block; later ones double up to BLOCK_MAX, so a small report costs one malloc. */
#define BLOCK_FIRST ((size_t)1024)
#define BLOCK_MAX   ((size_t)1 << 20)
/* First room of a list, unless one element takes more: most lists of large ones stay short. */
#define LIST_FIRST ((size_t)512)
#define ALIGNMENT  (sizeof(max_align_t) > 16 ? sizeof(max_align_t) : (size_t)16)

struct block {
    struct block *next;
    size_t size;
    size_t used;
};

struct gm_arena {
    gm_arena *parent; /* that fails when this one does; NULL none */
    struct block *blocks;
    size_t limit;
    size_t total;
    size_t next_size;
    bool failed;
};

static size_t header_size(void)
{
    return (sizeof(struct block) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

gm_arena *gm_arena_new(size_t limit_bytes)
{
    gm_arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->limit = limit_bytes ? limit_bytes : SIZE_MAX;
    arena->next_size = BLOCK_FIRST;
    return arena;
}

gm_arena *gm_arena_under(gm_arena *parent)
{
    gm_arena *arena = gm_arena_new(0);
    if (arena)
        arena->parent = parent;
    else
        gm_arena_fail(parent);
    return arena;
}

static void free_blocks(struct block *block)
{
    for (struct block *next; block; block = next) {
        next = block->next;
        free(block);
    }
}

void gm_arena_free(gm_arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena->blocks);
    free(arena);
}

void gm_arena_reset(gm_arena *arena)
{
    struct block *block = arena->blocks;
    arena->failed = false;
    if (!block)
        return;
    free_blocks(block->next);
    memset((char *)block + header_size(), 0, block->used);
    block->next = NULL;
    block->used = 0;
    arena->total = block->size;
}

bool gm_arena_failed(const gm_arena *arena)
{
    return arena && arena->failed;
}

void gm_arena_fail(gm_arena *arena)
{
    for (; arena; arena = arena->parent)
        arena->failed = true;
}

static void *no_memory(gm_arena *arena)
{
    gm_arena_fail(arena);
    return NULL;
}

static struct block *new_block(gm_arena *arena, size_t need)
{
    size_t size = arena->next_size > need ? arena->next_size : need;
    if (size > arena->limit - arena->total)
        size = need;
    if (size > arena->limit - arena->total || size > SIZE_MAX - header_size())
        return NULL;
    struct block *block = calloc(1, header_size() + size);
    if (!block)
        return NULL;
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->total += size;
    if (arena->next_size < BLOCK_MAX)
        arena->next_size *= 2;
    return block;
}

void *gm_arena_alloc(gm_arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT)
        return no_memory(arena);
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct block *block = arena->blocks;
    if (!block || block->size - block->used < size)
        block = new_block(arena, size);
    if (!block)
        return no_memory(arena);
    void *memory = (char *)block + header_size() + block->used;
    block->used += size;
    return memory;
}

void *gm_arena_array(gm_arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return no_memory(arena);
    return gm_arena_alloc(arena, count * size);
}

char *gm_arena_text_n(gm_arena *arena, const char *text, size_t size)
{
    if (size == SIZE_MAX || text == gm_text_lost)
        return no_memory(arena);
    char *copy = gm_arena_alloc(arena, size + 1);
    if (copy && size)
        memcpy(copy, text, size);
    return copy;
}

char *gm_arena_text(gm_arena *arena, const char *text)
{
    return gm_arena_text_n(arena, text, strlen(text));
}

char *gm_arena_printf(gm_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    char *text = size < 0 ? NULL : gm_arena_alloc(arena, (size_t)size + 1);
    if (text)
        vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void *gm_arena_push(gm_arena *arena, void **items, size_t *count, size_t *capacity, size_t size)
{
    if (*count == *capacity) {
        size_t first = size < LIST_FIRST / 8 ? 8 : size < LIST_FIRST ? LIST_FIRST / size : 1;
        size_t grown = *capacity ? *capacity * 2 : first;
        void *bigger = gm_arena_array(arena, grown, size);
        if (!bigger)
            return NULL;
        if (*count)
            memcpy(bigger, *items, *count * size);
        *items = bigger;
        *capacity = grown;
    }
    return (char *)*items + (*count)++ * size;
}
