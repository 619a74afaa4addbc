/* SPDX-License-Identifier: MIT */
#include "os/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "os/entries.h"

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const gm_os_entry *)a)->name, ((const gm_os_entry *)b)->name);
}

/* Threads may read one file and find the same. */
void gm_os_note_shrunk(gm_source *source, uint64_t offset)
{
    static const char damage[] = "file-cut";
    if (offset >= source->size_bytes)
        return;
    __atomic_store_n(&source->damage_offset, offset, __ATOMIC_RELAXED);
    __atomic_store_n(&source->damage, damage, __ATOMIC_RELAXED);
}

void gm_os_sort(gm_os_entries *entries)
{
    if (entries->count)
        qsort(entries->items, entries->count, sizeof *entries->items, compare_names);
}

gm_status gm_os_add_entry(gm_os_listing *listing, const char *name, gm_os_kind kind)
{
    gm_os_entries *entries = listing->entries;
    if (!strcmp(name, ".") || !strcmp(name, ".."))
        return GM_OK;
    if (entries->count + entries->unwanted >= listing->limit)
        return gm_fail(listing->reterr, GM_LIMIT, "too-many-files", listing->path, GM_OFFSET_NONE);
    if (kind == GM_OS_FILE && listing->wanted && !listing->wanted(name)) {
        entries->unwanted++;
        return GM_OK;
    }
    gm_os_entry *entry = GM_PUSH(listing->arena, entries);
    if (entry)
        *entry = (gm_os_entry){gm_arena_text(listing->arena, name), kind};
    return entry && entry->name
               ? GM_OK
               : gm_fail(listing->reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

gm_status gm_os_list(const char *path, size_t limit, gm_arena *arena, gm_os_entries *ret_entries,
                     gm_error *reterr)
{
    return gm_os_list_wanted(path, NULL, limit, arena, ret_entries, reterr);
}

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

static bool needs_separator(const char *directory, size_t size)
{
    return size && !is_separator(directory[size - 1]);
}

/* Called for every directory of a tree, where formatting would show. */
const char *gm_os_join(gm_arena *arena, const char *directory, const char *name)
{
    size_t size = strlen(directory), more = strlen(name) + 1;
    bool separator = needs_separator(directory, size);
    char *path = gm_arena_alloc(arena, size + separator + more);
    if (!path)
        return NULL;
    memcpy(path, directory, size);
    if (separator)
        path[size] = '/';
    memcpy(path + size + separator, name, more);
    return path;
}

void gm_os_add_path(gm_text *text, const char *directory, const char *name)
{
    size_t size = strlen(directory);
    gm_text_add_n(text, directory, size);
    if (needs_separator(directory, size))
        gm_text_add_n(text, "/", 1);
    gm_text_add(text, name);
}

const char *gm_os_parent(gm_arena *arena, const char *path)
{
    size_t size = path ? (size_t)(gm_file_name(path) - path) : 0;
    if (size == 0)
        return NULL;
    while (size > 1 && is_separator(path[size - 1]))
        size--;
    return gm_arena_text_n(arena, path, size);
}
