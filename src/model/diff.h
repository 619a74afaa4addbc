/* SPDX-License-Identifier: MIT */
/* What changed from one build to another: the libraries of two surveys side by side. */
#ifndef GM_MODEL_DIFF_H
#define GM_MODEL_DIFF_H

#include "model/survey.h"

/* One target and kind of code; a side without such images has images 0. */
typedef struct gm_diff_row {
    gm_target target;
    gm_image_kind kind;
    gm_target_row before, after;
} gm_diff_row;
typedef GM_LIST(gm_diff_row) gm_diff_rows;

typedef struct gm_diff_library {
    const gm_library *before, *after; /* NULL: there was or is none */
    gm_diff_rows rows;
} gm_diff_library;

typedef struct gm_diff_group {
    const gm_survey_group *before, *after; /* NULL: there was or is none */
    GM_LIST(gm_diff_library) libraries;    /* by the path inside the package */
    gm_diff_rows totals;                   /* all images of all libraries; modules 0 */
} gm_diff_group;

typedef struct gm_diff {
    GM_LIST(gm_diff_group) groups;
    bool complete; /* both sides were read to their end */
} gm_diff;

/* The path of a library inside what was asked for: behind an archive's "!/", or below `root`. */
const char *gm_diff_inside(const char *root, const char *path);

/* Sets the two sides against each other; packages are found by their names, libraries by their
 * paths inside, else by their names without version and hash. The surveys must outlive the result.
 * `old_root`, `new_root`: what was asked for. False without memory. */
bool gm_diff_surveys(const gm_survey *before, const char *old_root, const gm_survey *after,
                     const char *new_root, gm_arena *arena, gm_diff *ret_diff);

/* Does a row tell of more than bytes: code, its share of the modules, PTX version, compression? */
bool gm_diff_row_changed(const gm_diff_library *library, const gm_diff_row *row);

#endif
