/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/lookup.h"
#include "base/utf8.h"
#include "base/wrap.h"
#include "cli/complain.h"
#include "os/terminal.h"

#define LEFT_COLUMNS 28 /* of the options and their values */

/* What `help` tells beside the commands: "help.topic.<name>", its line in lists
 * "help.about.<name>". */
static const char *const topics[] = {"exit-status", "machine", "code-lists", "output", NULL};

static void paragraph(gm_text *out, gm_lang lang, const char *id, unsigned indent)
{
    gm_text text = GM_TEXT_INIT, languages = GM_TEXT_INIT;
    cli_add_languages(&languages);
    gm_words_arg arg = {"languages", languages.data, false};
    gm_words_add(&text, lang, id, &arg, 1);
    gm_text_paragraphs(out, text.data, gm_os_stdout_columns(), indent);
    gm_text_free(&text);
    gm_text_free(&languages);
}

/* "  left     what it is", the sentence wrapped beside its label. */
static void row(gm_text *out, gm_lang lang, const char *left, unsigned width, const char *kind,
                const char *name)
{
    char id[64];
    unsigned columns = gm_os_stdout_columns();
    gm_text text = GM_TEXT_INIT, languages = GM_TEXT_INIT;
    size_t used = gm_utf8_width(left);
    cli_add_languages(&languages);
    gm_words_arg arg = {"languages", languages.data, false};
    snprintf(id, sizeof id, "help.%s.%s", kind, name);
    gm_words_add(&text, lang, id, &arg, 1);
    gm_text_add(out, "  ");
    gm_text_add(out, left);
    if (columns < width + LEFT_COLUMNS) { /* no room beside it */
        gm_text_add(out, "\n      ");
        gm_text_wrap(out, text.data, columns, 6, 6);
    } else {
        gm_text_addf(out, "%*s", used < width ? (int)(width - used) : 1, "");
        gm_text_wrap(out, text.data, columns, width + 2,
                     (unsigned)(used < width ? width : used + 1) + 2);
    }
    gm_text_free(&text);
    gm_text_free(&languages);
}

static void program_help(gm_text *out, gm_lang lang)
{
    paragraph(out, lang, "help.about", 0);
    gm_text_add(out, "\n");
    paragraph(out, lang, "help.examples", 0);
    gm_text_add(out, "\n");
    paragraph(out, lang, "help.usage", 0);
    for (const cli_command *command = cli_commands; command->name; command++)
        row(out, lang, command->name, 10, "command", command->name);
    gm_text_add(out, "\n");
    paragraph(out, lang, "help.topics", 0);
    for (size_t i = 0; topics[i]; i++)
        row(out, lang, topics[i], 12, "about", topics[i]);
}

void cli_help(gm_text *out, gm_lang lang, unsigned command)
{
    char id[64];
    const cli_command *found = cli_commands;
    while (found->name && found->command != command)
        found++;
    if (!found->name) {
        program_help(out, lang);
        return;
    }
    snprintf(id, sizeof id, "help.usage.%s", found->name);
    paragraph(out, lang, id, 0);
    snprintf(id, sizeof id, "help.command.%s", found->name);
    paragraph(out, lang, id, 2);
    snprintf(id, sizeof id, "help.example.%s", found->name);
    gm_text_add(out, "\n");
    paragraph(out, lang, id, 0);
    gm_text_add(out, "\n");
    paragraph(out, lang, "help.options", 0);
    for (int option = 0; option < CLI_OPTION_COUNT; option++) {
        gm_text left = GM_TEXT_INIT;
        if (!cli_takes_option(command, option))
            continue;
        cli_option_help(&left, lang, option);
        row(out, lang, left.data, LEFT_COLUMNS, "option", cli_option_name(option));
        gm_text_free(&left);
    }
}

bool cli_help_topic(gm_text *out, gm_lang lang, const char *topic)
{
    char id[64];
    for (size_t i = 0; topics[i]; i++) {
        if (strcmp(topics[i], topic))
            continue;
        snprintf(id, sizeof id, "help.topic.%s", topic);
        paragraph(out, lang, id, 0);
        return true;
    }
    return false;
}

const char *cli_topic_near(const char *topic)
{
    return gm_text_nearest(topic, topics);
}

void cli_add_topics(gm_text *out)
{
    for (const cli_command *command = cli_commands; command->name; command++)
        gm_text_addf(out, "%s, ", command->name);
    for (size_t i = 0; topics[i]; i++)
        gm_text_addf(out, "%s%s", i ? ", " : "", topics[i]);
}
