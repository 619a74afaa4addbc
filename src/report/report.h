/* SPDX-License-Identifier: MIT */
/* Text and JSON. Renders the model, decides nothing. */
#ifndef GM_REPORT_REPORT_H
#define GM_REPORT_REPORT_H

#include "base/json.h"
#include "base/text.h"
#include "base/wrap.h"
#include "model/diff.h"
#include "model/explanation.h"
#include "words/words.h"

typedef struct gm_style {
    gm_lang lang;
    unsigned columns; /* for text; 0 = 80 */
    int verbose;      /* -1, 0, 1 */
    bool color;
    const char *tool_version;
    const char *data_date;
} gm_style;

/* check, pick and explain: `schema` is "check", "pick" or "explain"; `explained` may be NULL. */
void gm_report_json(gm_json *json, const gm_style *style, const char *schema,
                    const gm_result *result, const gm_explained *explained);
void gm_report_text(gm_text *out, const gm_style *style, const char *schema,
                    const gm_result *result, const gm_explained *explained);

/* info: the machine's facts, each with its source. False when it could not be written. */
bool gm_report_info_json(gm_json *json, const gm_style *style, const gm_machine *machine,
                         gm_arena *arena);
void gm_report_info_text(gm_text *out, const gm_style *style, const gm_machine *machine,
                         gm_arena *arena);

/* scan, library by library, so that memory stays flat: begin, each library, end. */
typedef struct gm_scan_view {
    bool images, modules, sizes;
} gm_scan_view;
typedef struct gm_scan_totals {
    size_t files, libraries, modules, images, without_code;
    bool complete;
    bool ptx;                   /* some of the code is PTX */
    const gm_library *required; /* the code that was asked for; NULL none */
    bool met;                   /* all of it is covered */
} gm_scan_totals;
void gm_report_scan_json_begin(gm_json *json, const gm_style *style);
void gm_report_scan_json_library(gm_json *json, const gm_scan_view *view, const gm_library *library,
                                 gm_arena *arena);
/* Packages and findings of `result`, and the survey. */
void gm_report_scan_json_end(gm_json *json, const gm_style *style, const gm_scan_view *view,
                             const gm_result *result, const gm_survey *survey,
                             const gm_scan_totals *totals, gm_arena *arena);
/* The modules of a library, with their images when the view has them. */
void gm_report_scan_library(gm_text *out, const gm_style *style, const gm_scan_view *view,
                            const gm_library *library);
/* A package: the GPUs that it serves, the drivers that it asks for, its libraries. */
void gm_report_scan_group(gm_text *out, const gm_style *style, const gm_scan_view *view,
                          const gm_survey_group *group, gm_arena *arena);
void gm_report_scan_end(gm_text *out, const gm_style *style, const gm_finding_list *findings,
                        const gm_scan_totals *totals);

/* What changed from one build to another. */
void gm_report_diff_json(gm_json *json, const gm_style *style, const gm_diff *diff,
                         const gm_finding_list *findings);
void gm_report_diff_text(gm_text *out, const gm_style *style, const gm_diff *diff,
                         const gm_finding_list *findings, gm_arena *arena);

/* Title or detail ("title", "detail") of a finding in the style's language. */
void gm_report_finding(gm_text *out, gm_lang lang, const gm_finding *finding, const char *part);

/* A sentence with model arguments. */
void gm_report_sentence(gm_text *out, gm_lang lang, const char *id, const gm_args *args);

#endif
