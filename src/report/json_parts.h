/* SPDX-License-Identifier: MIT */
/* Pieces of JSON that several reports share. Internal to `report`. */
#ifndef GM_REPORT_JSON_PARTS_H
#define GM_REPORT_JSON_PARTS_H

#include <stdio.h>

#include "report/report.h"

void gm_json_tool(gm_json *json, const gm_style *style);
void gm_json_version(gm_json *json, const char *key, gm_version version);
void gm_json_machine(gm_json *json, const gm_machine *machine);
void gm_json_findings(gm_json *json, gm_lang lang, const gm_finding_list *findings);
void gm_json_advice(gm_json *json, gm_lang lang, const gm_advice *advice, size_t rank);

/* Members of an object about a target: its name and kind; modules, images, bytes and so on. */
void gm_json_target_name(gm_json *json, const gm_target *target, gm_image_kind kind);
void gm_json_target_counts(gm_json *json, const gm_target_row *row);

/* The members "cuda", "cuda_basis" and "driver". */
void gm_json_needs(gm_json *json, const gm_needs *needs);

/* "targets": [...] of a library. */
void gm_json_targets(gm_json *json, const gm_library *library, gm_arena *arena);

#endif
