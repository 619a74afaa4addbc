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

gm_status gm_os_add_entry(gm_os_entries *entries, gm_arena *arena, const char *name,
                          gm_os_kind kind, size_t limit, const char *path, gm_error *reterr)
{
    if (!strcmp(name, ".") || !strcmp(name, ".."))
        return GM_OK;
    if (entries->count >= limit)
        return gm_fail(reterr, GM_LIMIT, "too-many-files", path, GM_OFFSET_NONE);
    gm_os_entry *entry = GM_PUSH(arena, entries);
    if (entry)
        *entry = (gm_os_entry){gm_arena_text(arena, name), kind};
    return entry && entry->name ? GM_OK
                                : gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

const char *gm_os_join(gm_arena *arena, const char *directory, const char *name)
{
    size_t size = strlen(directory);
    bool has_slash = size && (directory[size - 1] == '/' || directory[size - 1] == '\\');
    return gm_arena_printf(arena, "%s%s%s", directory, has_slash || !size ? "" : "/", name);
}

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
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
