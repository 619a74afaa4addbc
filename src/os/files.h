/* SPDX-License-Identifier: MIT */
/* Files and directories. Paths are UTF-8 on every system; on Windows both slashes separate. */
#ifndef GM_OS_FILES_H
#define GM_OS_FILES_H

#include "base/arena.h"
#include "base/error.h"
#include "base/source.h"
#include "base/text.h"

typedef enum gm_os_kind {
    GM_OS_NOTHING,
    GM_OS_FILE,
    GM_OS_DIRECTORY,
    GM_OS_LINK, /* symbolic link or other reparse point; only gm_os_list tells it */
    GM_OS_OTHER /* device, socket, pipe */
} gm_os_kind;

/* What stands at `path`, links followed. */
gm_os_kind gm_os_path_kind(const char *path);

/* Is `path` itself a symbolic link or another reparse point? */
bool gm_os_is_link(const char *path);

/* Opens a file as a random source that reads windows with pread and never maps. Codes of errors:
 * "not-found", "no-permission", "is-a-directory", "cannot-open", later "cannot-read". */
gm_status gm_os_open(const char *path, gm_source **ret_source, gm_error *reterr);

typedef struct gm_os_entry {
    const char *name;
    gm_os_kind kind;
} gm_os_entry;

typedef struct gm_os_entries {
    gm_os_entry *items;
    size_t count, capacity;
    size_t unwanted; /* files that gm_os_list_wanted counted only */
} gm_os_entries;

/* The entries of a directory, "." and ".." left out, sorted bytewise by name; at most `limit`
 * (GM_LIMIT, "too-many-files", beyond). */
gm_status gm_os_list(const char *path, size_t limit, gm_arena *arena, gm_os_entries *ret_entries,
                     gm_error *reterr);

/* The same without the files whose name is not `wanted`, which count against `limit`. NULL: each
 * is. */
gm_status gm_os_list_wanted(const char *path, bool (*wanted)(const char *name), size_t limit,
                            gm_arena *arena, gm_os_entries *ret_entries, gm_error *reterr);

/* "directory/name" in arena memory; NULL without memory. */
const char *gm_os_join(gm_arena *arena, const char *directory, const char *name);

/* Appends the same. */
void gm_os_add_path(gm_text *text, const char *directory, const char *name);

/* The folder of `path`, in arena memory; NULL for a root, a bare name, NULL, or without memory. */
const char *gm_os_parent(gm_arena *arena, const char *path);

#endif
