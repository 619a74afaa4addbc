/* SPDX-License-Identifier: MIT */
/* Which installed package a file of an environment belongs to. Internal to `api`. */
#ifndef GM_API_OWNERS_H
#define GM_API_OWNERS_H

#include "api/run.h"
#include "package/environment.h"

typedef struct gm_owner {
    const char *path; /* of a library */
    const gm_installed *installed;
} gm_owner;

typedef struct gm_owners {
    gm_run *run;
    const char *directory;
    gm_environment environment;
    GM_LIST(gm_owner) files; /* by path */
    gm_finding_list findings;
    gm_arena *arena;
    struct gm_os_thread *thread; /* reads them; NULL: they are there */
    bool complete;               /* false: no memory */
} gm_owners;

/* Begins to read what is installed in `directory`, beside the caller, who leaves the run's second
 * arena alone until gm_owners_wait; no environment, no owners. Errors: GM_MEMORY. */
gm_status gm_owners_begin(gm_run *run, const char *directory, gm_owners *ret_owners);

/* Waits until they are there, and adds to the run's findings what could not be read. To be called
 * after gm_owners_begin in any case; again, it does nothing. Errors: GM_MEMORY. */
gm_status gm_owners_wait(gm_owners *owners);

/* The package of the library at `path`; NULL when it is nobody's. After gm_owners_wait. */
const gm_installed *gm_owner_of(const gm_owners *owners, const char *path);

#endif
