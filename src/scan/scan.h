/* SPDX-License-Identifier: MIT */
/* From bytes to a library: what GPU code is in a file. */
#ifndef GM_SCAN_SCAN_H
#define GM_SCAN_SCAN_H

#include "base/context.h"
#include "base/source.h"
#include "model/report.h"

/* Reads the library in `source`, of either kind, into `ret_library` (memory of `arena`).
 * `shown_path` is what findings call the file. `deep`: the whole file is read; payloads are looked
 * into (gm_image.payload; where one says another target than its image, that is a finding,
 * GM_CODE_TARGET_MISMATCH), and code is searched in sections that are not made for it.
 *
 * What is wrong with the bytes is a finding (GM_CODE_DAMAGED, with arguments `file`, `what`, a
 * message id "damage.…", and `offset`) and makes the library incomplete, as does GPU code that
 * this version does not read (GM_CODE_UNREADABLE, variant "unsupported", arguments `file` and
 * `what`, a message id "format.…"). A file without GPU code is a library without modules.
 *
 * Errors: those of the source, GM_MEMORY, GM_CANCELLED. */
gm_status gm_scan_source(const gm_context *context, gm_source *source, const char *shown_path,
                         bool deep, gm_arena *arena, gm_library *ret_library, gm_error *reterr);

/* Takes a package; it lives until the function returns. Another status than GM_OK ends the scan
 * with it. */
typedef gm_status (*gm_scan_package_fn)(void *user, const gm_package *package, gm_error *reterr);

typedef struct gm_scan_path_options {
    bool forward_only;          /* read files as streams */
    bool deep;                  /* as for gm_scan_source */
    gm_scan_package_fn package; /* told of each wheel before its libraries; may be NULL */
    /* Told how many files of a directory were not opened; may be NULL. */
    void (*unopened)(void *user, size_t count);
} gm_scan_path_options;

/* Takes one library; it and `arena` live until the function returns. Another status than GM_OK
 * ends the scan with it. */
typedef gm_status (*gm_scan_take_fn)(void *user, const gm_library *library, gm_arena *arena);

/* Reads the file `path`, or every regular file below the directory `path`, in the order of their
 * names; links below it are not followed. The files in a ZIP archive are read like those of a
 * directory, as "x.whl!/torch/lib/libtorch_cuda.so"; those of a wheel name their package. `take` is
 * called for every file, with GPU code or without; sources of Python and C in a directory are
 * counted, not opened, unless the look is deep. A file that is named and holds none has a
 * finding GM_CODE_NO_GPU_CODE (variant "empty" for an empty file) or, when it could hold some in a
 * form that is not read, GM_CODE_UNREADABLE. What cannot be opened or read is a library without
 * format, with GM_CODE_UNREADABLE (arguments `file` and `reason`), and the rest is read.
 *
 * Errors: GM_MEMORY, GM_CANCELLED, GM_LIMIT, what `take` returned, and GM_IO when `path` itself is
 * not there. */
gm_status gm_scan_path(const gm_context *context, const char *path,
                       const gm_scan_path_options *options, gm_scan_take_fn take, void *user,
                       gm_error *reterr);

/* Is there something at `path` that can be opened? GM_IO with the reason otherwise. */
gm_status gm_scan_probe(const char *path, gm_error *reterr);

#endif
