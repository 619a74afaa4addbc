/* SPDX-License-Identifier: MIT */
/* What is installed in a Python environment, from its files. Python is never run, and the tree is
 * never walked: RECORD says what there is. */
#ifndef GM_PACKAGE_ENVIRONMENT_H
#define GM_PACKAGE_ENVIRONMENT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/keys.h"
#include "model/finding.h"
#include "model/machine.h"

/* An installed package that the catalogue knows libraries of. */
typedef struct gm_installed {
    const char *name;                /* normalised: lower case, '-' */
    const char *version;             /* as METADATA has it, "2.9.1+cu128" */
    const char *dist_info;           /* path of its .dist-info folder */
    GM_LIST(const char *) libraries; /* paths of the shared libraries that RECORD names, in order */
} gm_installed;

typedef struct gm_environment {
    const char *site_packages; /* NULL: there is no environment */
    gm_python python;
    GM_LIST(gm_installed) packages;
} gm_environment;

/* Finds the environment `directory` (its root or its site-packages), or with NULL the active one
 * (VIRTUAL_ENV, CONDA_PREFIX), and reads what is installed there. No active environment is no
 * error: site_packages stays NULL. A package whose metadata cannot be read becomes a finding and
 * the rest is read. Errors: GM_IO "not-an-environment" for a `directory` that is none, or the
 * error of gm_os_list for one that cannot be listed; GM_MEMORY.
 */
gm_status gm_environment_read(const gm_key_reader *keys, const char *directory, gm_arena *arena,
                              gm_environment *ret_environment, gm_finding_list *findings,
                              gm_error *reterr);

#endif
