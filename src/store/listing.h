/* SPDX-License-Identifier: MIT */
/* What stands in the directories of a tree: two threads list them, one of which visits them.
 * Internal to `store`. */
#ifndef GM_STORE_LISTING_H
#define GM_STORE_LISTING_H

#include "base/context.h"
#include "os/files.h"

/* One directory. */
typedef struct gm_listing {
    gm_os_entries entries;
    gm_status status;
    gm_error error;  /* unless `status` is GM_OK */
    gm_arena *arena; /* of the entries */
} gm_listing;

typedef struct gm_lister gm_lister;

/* Prepares to list `path` and what lies below it, `depth` directories deep. Files that are not
 * `wanted` (NULL: all are) are counted only. NULL without memory. */
gm_lister *gm_lister_new(const gm_context *context, const char *path,
                         bool (*wanted)(const char *name), unsigned depth);

/* The next directory: each before those that it holds, these in the order of their names. It stays
 * until gm_listing_free, not to be called before the directories in it had their turn or the lister
 * was stopped.
 * Where the context allows it, a second thread lists ahead, the caller helping it where it would
 * have to wait. NULL without memory. */
gm_listing *gm_lister_next(gm_lister *lister);
void gm_listing_free(gm_listing *listing);

/* Ends the second thread: no directory will be asked for any more. */
void gm_lister_stop(gm_lister *lister);
/* NULL is allowed. */
void gm_lister_free(gm_lister *lister);

#endif
