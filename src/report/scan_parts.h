/* SPDX-License-Identifier: MIT */
/* Pieces of the text of `scan`. Internal to `report`. */
#ifndef GM_REPORT_SCAN_PARTS_H
#define GM_REPORT_SCAN_PARTS_H

#include "model/diff.h"
#include "report/matrix.h"
#include "report/screen.h"

#define GM_SCAN_LABEL_COLUMNS 18

/* "  label   sentence" */
void gm_scan_row(gm_text *out, const gm_style *style, const char *label, const char *value);

/* A sentence on lines of its own. */
void gm_scan_sentence(gm_text *out, const gm_style *style, const char *id, const gm_words_arg *args,
                      size_t count);

/* Findings, one after the other, with their evidence when details are asked for. */
void gm_scan_findings(gm_text *out, const gm_style *style, const gm_finding_list *findings);

/* "torch 2.14.1  torch-2.14.1….whl": the heading of a group. */
void gm_scan_heading(gm_text *out, const gm_style *style, const gm_package *package);

/* The GPUs that a group serves, a line for each verdict. */
void gm_scan_services(gm_text *out, const gm_style *style, const gm_services *services);

/* What a group asks of drivers. */
void gm_scan_needs(gm_text *out, const gm_style *style, const gm_needs *needs);

/* The GPUs that one of two builds serves better. */
void gm_scan_gained(gm_text *out, const gm_style *style, const gm_services *before,
                    const gm_services *after);

/* The drivers of two builds, where they differ. */
void gm_scan_needs_changed(gm_text *out, const gm_style *style, const gm_needs *before,
                           const gm_needs *after);

/* "sm_90", "compute_90", "ltoir:compute_90": what a row of targets is called. */
const char *gm_scan_target(gm_arena *arena, const gm_target *target, gm_image_kind kind);

/* "12.3 MiB" */
const char *gm_scan_size(gm_arena *arena, uint64_t bytes);

/* Bytes by library and target; false without memory. */
bool gm_scan_sizes(gm_text *out, const gm_style *style, const gm_package *package, gm_arena *arena);

/* What the libraries of a package are called in a table: the names of their files, where those
 * differ, else their paths inside. `names` has room for all; false without memory. */
bool gm_scan_names(const gm_package *package, gm_arena *arena, const char **names);

#endif
