/* SPDX-License-Identifier: MIT */
/* The CI gate of `scan --require`. Internal to `api`. */
#ifndef GM_API_REQUIRE_H
#define GM_API_REQUIRE_H

#include "api/run.h"

/* One of several builds of a package (for CUDA 12, for CUDA 13), of which one would be loaded. */
typedef struct gm_required_builds {
    const char *package, *version;
    size_t count;
    bool *served; /* for each entry of the list: by one of the builds */
} gm_required_builds;

typedef struct gm_require {
    gm_library list;  /* of code, one image for each entry */
    size_t libraries; /* that were asked */
    bool missed;
    GM_LIST(gm_required_builds) builds;
} gm_require;

/* Reads the list: code in every spelling, and names of GPUs ("RTX 5060"), all of whose targets are
 * then asked for. GM_USAGE, code "bad-code". */
gm_status gm_require_read(gm_run *run, const char *text, gm_require *ret_require);

/* Asks one library: by machine code unless an entry is PTX; a self-dispatching library needs each
 * entry at least in some module; one that keeps its kernels where they are not read is not asked.
 * `package` is that of the library, NULL none. Each miss becomes a finding of the run, with the
 * first module that lacks the target. */
gm_status gm_require_library(gm_run *run, gm_require *require, const gm_package *package,
                             const gm_library *library);

/* When all were asked. Where one of several builds would be loaded, one of them has to cover an
 * entry; and there has to be GPU code at all. */
gm_status gm_require_finish(gm_run *run, gm_require *require);

#endif
