/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/cli.h"

static void line(gm_text *out, gm_lang lang, const char *id)
{
    gm_words_add(out, lang, id, NULL, 0);
    gm_text_add(out, "\n");
}

/* The examples are commands: the same in every language. */
static const char examples[] =
    "  gpumatch\n"
    "  gpumatch explain sm_120\n"
    "  gpumatch pick --gpu \"RTX 5060 Laptop\" --driver 576.02 --os windows torch\n";

static void program_help(gm_text *out, gm_lang lang)
{
    line(out, lang, "help.about");
    gm_text_add(out, "\n");
    line(out, lang, "help.examples");
    gm_text_addf(out, "%s\n", examples);
    line(out, lang, "help.usage");
    gm_text_add(out, "\n");
    line(out, lang, "help.commands");
    for (const cli_command *command = cli_commands; command->name; command++) {
        char id[64];
        snprintf(id, sizeof id, "help.command.%s", command->name);
        gm_text_addf(out, "  %-9s ", command->name);
        line(out, lang, id);
    }
    gm_text_add(out, "\n");
    line(out, lang, "help.more");
    line(out, lang, "help.exit");
}

void cli_help(gm_text *out, gm_lang lang, unsigned command)
{
    char id[64];
    const cli_command *row = cli_commands;
    while (row->name && row->command != command)
        row++;
    if (!row->name) {
        program_help(out, lang);
        return;
    }
    snprintf(id, sizeof id, "help.usage.%s", row->name);
    line(out, lang, id);
    snprintf(id, sizeof id, "help.command.%s", row->name);
    gm_text_add(out, "  ");
    line(out, lang, id);
    gm_text_add(out, "\n");
    line(out, lang, "help.options");
    cli_options_help(out, lang, command);
}
