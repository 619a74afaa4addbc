/* SPDX-License-Identifier: MIT */
/* Errors as the program tells them: what is wrong, and what to type instead. */
#ifndef GM_CLI_COMPLAIN_H
#define GM_CLI_COMPLAIN_H

#include "cli/cli.h"

/* How errors are told: in which language, as text or as JSON. */
typedef struct cli_voice {
    gm_lang lang;
    bool json;
} cli_voice;

/* A complaint about the arguments themselves: "error.<code>", and below it "error.<code>.<way>",
 * where that exists. */
typedef struct cli_complaint {
    gm_status status;
    const char *code;
    const char *subject; /* what was typed */
    const char *way;     /* "suggest", …; NULL: "hint" */
    const char *detail;  /* what to type instead; NULL none */
    const char *meaning; /* id of a sentence about the subject; NULL none */
} cli_complaint;

/* Each tells an error and returns the exit status. An error goes to standard error; with JSON the
 * answer on standard output is a gpumatch.error/1 object. */
int cli_no_memory(const cli_voice *voice); /* asks for none */
int cli_fail(const cli_voice *voice, const gm_problem *problem);
int cli_complain(const cli_voice *voice, const cli_complaint *complaint);

/* `words` begin with no command: the nearest one, `check` for a file, else `explain` is offered. */
int cli_unknown_command(const cli_voice *voice, char **words, int count);

/* What the parser of options could not make sense of. */
int cli_wrong_arguments(const cli_voice *voice, const cli_args *args);

int cli_unknown_language(const cli_voice *voice, const char *tag);
int cli_unknown_topic(const cli_voice *voice, const char *topic);

/* "en, zh" */
void cli_add_languages(gm_text *out);

#endif
