/* SPDX-License-Identifier: MIT */
/* What was scanned, package by package. Internal to `api`. */
#ifndef GM_API_SURVEY_H
#define GM_API_SURVEY_H

#include "api/run.h"
#include "model/survey.h"

/* The group of a package, or with NULL of the files below `path` that belong to none; made when it
 * is asked for the first time. NULL without memory. */
gm_survey_group *gm_survey_group_of(gm_run *run, gm_survey *survey, const gm_package *package,
                                    const char *path);

/* Adds what remains of a library: it does not grow with the number of its images. */
gm_status gm_survey_add(gm_run *run, gm_survey_group *group, const gm_library *library);

/* When all is there: which GPUs each group serves, what it asks of drivers, most code first. */
gm_status gm_survey_finish(gm_run *run, gm_survey *survey);

#endif
