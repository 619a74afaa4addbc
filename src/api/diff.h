/* SPDX-License-Identifier: MIT */
#ifndef GM_API_DIFF_H
#define GM_API_DIFF_H

#include "api/run.h"
#include "model/diff.h"

/* Reads both paths and sets them against each other; memory of the run. */
gm_status gm_diff_paths(gm_run *run, const char *before, const char *after, bool forward_only,
                        gm_diff *ret_diff);

#endif
