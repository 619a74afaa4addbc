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

/* "targets": [...] of a library. */
void gm_json_targets(gm_json *json, const gm_library *library, gm_arena *arena);

#endif
