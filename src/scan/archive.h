/* SPDX-License-Identifier: MIT */
/* The files in an archive, one library after the other. Internal to `scan`. */
#ifndef GM_SCAN_ARCHIVE_H
#define GM_SCAN_ARCHIVE_H

#include "scan/scan.h"

/* To whom libraries and packages go. */
typedef struct gm_scan_out {
    const gm_context *context;
    const gm_scan_path_options *options;
    gm_scan_take_fn take;
    void *user;
} gm_scan_out;

/* Reads all files of the ZIP archive in `source`, a random one, in the order in which they would be
 * visited in a directory. `path` is what the archive is called, `named` whether somebody named it,
 * `depth` how many archives it lies in. Members that are archives themselves are read as
 * well where they are stored; compressed ones are not, and where the outer archive is no wheel a
 * finding says so.
 *
 * Two large members are read at the same time, by a second thread; libraries are given out by the
 * caller's, in order. Errors: GM_MEMORY, GM_CANCELLED, and what `take` returned. */
gm_status gm_scan_archive(const gm_scan_out *out, gm_source *source, const char *path, bool named,
                          unsigned depth, gm_error *reterr);

/* Errors that end everything, whatever the file. */
bool gm_scan_is_fatal(gm_status status);

/* Is the file an archive, whose members are to be read? */
bool gm_scan_is_archive(const gm_library *library);

/* A library that could not be read: `problem` says why. */
void gm_scan_failure(gm_arena *arena, gm_library *library, const gm_error *problem);

#endif
