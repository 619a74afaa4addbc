/* SPDX-License-Identifier: MIT */
/* Where bytes live: a file, or all files below a directory. */
#ifndef GM_STORE_STORE_H
#define GM_STORE_STORE_H

#include "base/context.h"
#include "base/error.h"
#include "base/source.h"

/* Directories are followed this deep. */
#define GM_STORE_DEPTH 64u

/* Who is told what was found. A status other than GM_OK ends the walk with that status. */
typedef struct gm_store_visitor {
    /* Is a file of this name in a directory worth opening? NULL: each is. */
    bool (*wanted)(const char *name);
    /* So many files of a directory were not, told before its others; NULL where `wanted` is. */
    gm_status (*unwanted)(void *user, size_t count, gm_error *reterr);
    /* A regular file, opened; closed by the store afterwards. `named`: it is the path itself. */
    gm_status (*file)(void *user, const char *path, bool named, gm_source *source,
                      gm_error *reterr);
    /* A file or directory that cannot be read, or is not gone into: `problem` says why. */
    gm_status (*problem)(void *user, const char *path, const gm_error *problem, gm_error *reterr);
    void *user;
} gm_store_visitor;

/* Visits the file `path`, or every regular file below the directory `path`, sorted by name in each
 * directory, files and directories mixed. Links are followed at `path` itself only. Where the
 * context allows two threads, one lists directories ahead; the visitor hears from the caller's
 * alone. Errors: GM_IO
 * when nothing is at `path`, GM_MEMORY, GM_CANCELLED, and what the visitor returned. */
gm_status gm_store_each(const gm_context *context, const char *path,
                        const gm_store_visitor *visitor, gm_error *reterr);

#endif
