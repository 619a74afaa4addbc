/* SPDX-License-Identifier: MIT */
/* What to do: proposals, each judged again before it is shown. Pure. */
#ifndef GM_ADVISE_ADVISE_H
#define GM_ADVISE_ADVISE_H

#include "base/error.h"
#include "judge/judge.h"
#include "model/report.h"
#include "model/spec.h"

typedef struct gm_advise_options {
    const gm_spec *specs; /* what to install; count 0: torch and its companions */
    size_t spec_count;
    const char *platform;  /* a variant that must be; NULL any */
    const char *installer; /* "pip" … ; NULL pip */
    bool nightly;          /* PyTorch's preview builds: only by platform, they are in no table */
    bool driver_only;      /* picking: only another driver is of interest */
    bool picking;          /* pick: nothing is installed, nothing is kept */
    bool replacing;        /* picking: what is told of shows that something is installed */
    gm_judge_options judge;
} gm_advise_options;

/* What the advice comes to, for the exit status of `pick`. */
typedef enum gm_advised {
    GM_ADVISED_YES, /* the first advice installs a build that is proven to run, or that was asked
                       for without a machine */
    GM_ADVISED_NO,  /* no such build exists; other advice may */
    GM_ADVISED_ASK  /* a fact is missing */
} gm_advised;

/* Fills result->advice for a judged `result` (check, explain) or for a machine alone (pick).
 * False without memory. */
bool gm_advise(const gm_catalog *catalog, gm_result *result, const gm_advise_options *options,
               gm_arena *arena, gm_advised *ret_advised);

/* Names of installers that commands can be written for, the usual one first; NULL past the end. */
const char *gm_advise_installer(size_t index);

/* Can this package be picked: torch, or one that comes in releases beside it? */
bool gm_advise_knows(const gm_catalog *catalog, const char *name);

/* Does the installer have a table of commands (conda, libtorch)? */
bool gm_advise_has_commands(const char *installer);

#endif
