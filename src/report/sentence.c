/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "report/report.h"

#define ARGS_MAX 24
#define ID_BYTES 96

/* Names come from files and devices: what would drive a terminal is shown, not sent. */
void gm_report_sentence(gm_text *out, gm_lang lang, const char *id, const gm_args *args)
{
    gm_words_arg words[ARGS_MAX] = {{NULL, NULL, false}};
    gm_text shown[ARGS_MAX];
    size_t count = 0;
    for (size_t i = 0; args && i < args->count && count < ARGS_MAX; i++, count++) {
        const gm_arg *arg = &args->items[i];
        shown[count] = (gm_text)GM_TEXT_INIT;
        if (arg->text && !arg->is_message)
            gm_text_add_visible(&shown[count], arg->text, strlen(arg->text));
        words[count] =
            (gm_words_arg){arg->name, arg->is_message || !arg->text ? arg->text : shown[count].data,
                           arg->is_message};
    }
    gm_words_add(out, lang, id, words, count);
    while (count > 0)
        gm_text_free(&shown[--count]);
}

void gm_report_finding(gm_text *out, gm_lang lang, const gm_finding *finding, const char *part)
{
    char id[ID_BYTES];
    if (finding->variant) {
        snprintf(id, sizeof id, "finding.%s.%s.%s", gm_code_token(finding->code), part,
                 finding->variant);
        if (gm_words_find(lang, id)) {
            gm_report_sentence(out, lang, id, &finding->args);
            return;
        }
    }
    snprintf(id, sizeof id, "finding.%s.%s", gm_code_token(finding->code), part);
    gm_report_sentence(out, lang, id, &finding->args);
}
