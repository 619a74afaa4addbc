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
    gm_environment environment;
    GM_LIST(gm_owner) files; /* by path */
} gm_owners;

/* Reads what is installed in `directory`; no environment, no owners. */
gm_status gm_owners_read(gm_run *run, const char *directory, gm_owners *ret_owners);

/* The package of the library at `path`; NULL when it is nobody's. */
const gm_installed *gm_owner_of(const gm_owners *owners, const char *path);

#endif
