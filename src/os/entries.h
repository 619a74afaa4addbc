/* SPDX-License-Identifier: MIT */
/* Shared by the systems' ways to list a directory. Internal to `os`. */
#ifndef GM_OS_ENTRIES_H
#define GM_OS_ENTRIES_H

#include "os/files.h"

gm_status gm_os_add_entry(gm_os_entries *entries, gm_arena *arena, const char *name,
                          gm_os_kind kind, size_t limit, const char *path, gm_error *reterr);
void gm_os_sort(gm_os_entries *entries);

#endif
