/* SPDX-License-Identifier: MIT */
/* Reads large members on two threads. What comes out, and in which order, is the same as on one.
 * Internal to `scan`. */
#ifndef GM_SCAN_AHEAD_H
#define GM_SCAN_AHEAD_H

#include "base/context.h"
#include "model/code.h"
#include "store/archive.h"

/* Starting a thread pays from this size on, and with two members that have it. */
#define GM_AHEAD_LARGE_BYTES ((uint64_t)8 << 20)

/* What reading one member came to. */
typedef struct gm_member_result {
    gm_library library;
    gm_arena *arena; /* of the library; freed by who takes the result */
    gm_status status;
    gm_error error;
} gm_member_result;

/* Reads one member. `context` is that of the thread. */
typedef void (*gm_member_read_fn)(void *user, const gm_context *context, gm_member_reader *reader,
                                  const gm_member *member, gm_member_result *ret_result);

typedef struct gm_ahead gm_ahead;

/* Prepares to read `archive` for the caller's thread, whose `context` is told the progress over the
 * whole archive under the name `path`; it starts the second thread when there is enough to do.
 * NULL without memory. */
gm_ahead *gm_ahead_begin(const gm_context *context, const gm_archive *archive, const char *path,
                         gm_member_read_fn read, void *user);

/* The result of the member at `index`; to be asked for in ascending order. */
void gm_ahead_take(gm_ahead *ahead, size_t index, gm_member_result *ret_result);

/* The reader of the caller's thread, free between two calls of gm_ahead_take. */
gm_member_reader *gm_ahead_reader(gm_ahead *ahead);

/* Ends the second thread, which gives up what it is at. NULL is allowed. */
void gm_ahead_end(gm_ahead *ahead);

#endif
