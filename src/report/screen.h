/* SPDX-License-Identifier: MIT */
/* Pieces of the text screens. Internal to `report`. */
#ifndef GM_REPORT_SCREEN_H
#define GM_REPORT_SCREEN_H

#include "report/report.h"

typedef enum gm_tone {
    GM_TONE_PLAIN,
    GM_TONE_GOOD,
    GM_TONE_BAD,
    GM_TONE_WARN,
    GM_TONE_HINT
} gm_tone;

/* `text` in the colour of `tone`, when the style has colours. */
void gm_screen_tone(gm_text *out, const gm_style *style, gm_tone tone, const char *text);

/* "label   value": labels are padded to `width` columns. */
void gm_screen_row(gm_text *out, const gm_style *style, const char *label, size_t width,
                   const char *value);

/* A mark ("✗"), a bold line, then indented text; `body` may be NULL or "". */
void gm_screen_item(gm_text *out, const gm_style *style, gm_tone tone, const char *mark,
                    const char *title, const char *body);

/* A word of the reports ("report.<id>"). */
const char *gm_screen_word(const gm_style *style, const char *id);

/* Is a finding about `package` (NULL: about none)? */
bool gm_screen_is_about(const gm_finding *finding, const char *package);

/* Findings about `package` (NULL: about none), worst first. With several GPUs, `devices` of them, a
 * finding about some says which. */
void gm_screen_findings(gm_text *out, const gm_style *style, const gm_finding_list *findings,
                        const char *package, size_t devices);
void gm_screen_evidence(gm_text *out, const gm_style *style, const gm_finding *finding);
void gm_screen_advice(gm_text *out, const gm_style *style, const gm_advice_list *advice);

#endif
