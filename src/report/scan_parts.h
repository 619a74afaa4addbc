/* SPDX-License-Identifier: MIT */
/* Pieces of the text of `scan`. Internal to `report`. */
#ifndef GM_REPORT_SCAN_PARTS_H
#define GM_REPORT_SCAN_PARTS_H

#include "model/survey.h"
#include "report/screen.h"

#define GM_SCAN_LABEL_COLUMNS 18

/* "  label   sentence" */
void gm_scan_row(gm_text *out, const gm_style *style, const char *label, const char *value);

/* "torch 2.14.1  torch-2.14.1….whl": the heading of a group. */
void gm_scan_heading(gm_text *out, const gm_style *style, const gm_package *package);

/* The GPUs that a group serves, a line for each verdict. */
void gm_scan_services(gm_text *out, const gm_style *style, const gm_services *services);

/* What a group asks of drivers. */
void gm_scan_needs(gm_text *out, const gm_style *style, const gm_needs *needs);

/* What the libraries of a package are called in a table: the names of their files, where those
 * differ, else their paths inside. `names` has room for all; false without memory. */
bool gm_scan_names(const gm_package *package, gm_arena *arena, const char **names);

#endif
