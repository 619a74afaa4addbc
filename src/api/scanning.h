/* SPDX-License-Identifier: MIT */
/* Reading what paths hold into a survey, for `scan` and what compares two. Internal to `api`. */
#ifndef GM_API_SCANNING_H
#define GM_API_SCANNING_H

#include "api/owners.h"
#include "api/require.h"
#include "api/survey.h"

typedef struct gm_scanning {
    gm_run *run;
    gm_require *require; /* what each library is asked; NULL nothing */
    /* Is given each library with GPU code before its images are forgotten; may be NULL. */
    gm_status (*list)(void *user, const gm_library *library, gm_arena *arena);
    void *user;
    bool forward_only; /* read files as streams */
    bool deep;         /* look into images, and for code outside of its sections */
    gm_scan_totals totals;
    gm_survey survey;
    const char *path; /* that is being read */
    gm_owners owners; /* of its files */
} gm_scanning;

/* Reads one more path: libraries go into the survey, packages and findings into the run. Errors:
 * those of gm_scan_path. */
gm_status gm_scanning_path(gm_scanning *scanning, const char *path);

/* Says with a finding why the reading of the last path ended early (run->error). */
void gm_scanning_note_end(gm_scanning *scanning);

#endif
