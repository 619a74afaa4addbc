/* SPDX-License-Identifier: MIT */
/* Shared by the systems' ways to read files and directories. Internal to `os`. */
#ifndef GM_OS_ENTRIES_H
#define GM_OS_ENTRIES_H

#include "os/files.h"

/* A directory that is being listed. */
typedef struct gm_os_listing {
    const char *path;
    bool (*wanted)(const char *name); /* NULL: each file is */
    size_t limit;
    gm_arena *arena;
    gm_os_entries *entries;
    gm_error *reterr;
} gm_os_listing;

gm_status gm_os_add_entry(gm_os_listing *listing, const char *name, gm_os_kind kind);
/* A reading found the end at `offset`: is it before the size that the file had when it was opened?
 */
void gm_os_note_shrunk(gm_source *source, uint64_t offset);
void gm_os_sort(gm_os_entries *entries);

#endif
