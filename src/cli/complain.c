/* SPDX-License-Identifier: MIT */
#include "cli/complain.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/lookup.h"
#include "base/wrap.h"
#include "os/terminal.h"

static void add_json(gm_text *out, const gm_problem *problem)
{
    gm_json writer;
    gm_json_begin(&writer, gm_write_text, out);
    gm_json_object(&writer);
    gm_json_put_text(&writer, "schema", "gpumatch.error/1");
    gm_json_put_text(&writer, "code", problem->code);
    gm_json_key(&writer, "args");
    gm_json_object(&writer);
    gm_json_put_text(&writer, "subject", problem->subject ? problem->subject : "");
    gm_json_object_end(&writer);
    gm_json_put_text(&writer, "message", problem->message);
    gm_json_put_text(&writer, "hint", problem->hint);
    gm_json_object_end(&writer);
    if (!gm_json_end(&writer))
        gm_text_add(out, gm_text_lost);
}

static const char name[] = "gpumatch: ";

int cli_no_memory(const cli_voice *voice)
{
    static const char begin[] = "{\"schema\": \"gpumatch.error/1\", \"code\": \"memory\", "
                                "\"args\": {\"subject\": \"\"}, \"message\": \"",
                      end[] = "\", \"hint\": null}\n";
    const char *sentence = gm_words_find(voice->lang, "error.memory");
    bool (*write)(const char *, size_t) = voice->json ? gm_os_write_stdout : gm_os_write_stderr;
    write(voice->json ? begin : name, voice->json ? sizeof begin - 1 : sizeof name - 1);
    write(sentence, strlen(sentence));
    write(voice->json ? end : "\n", voice->json ? sizeof end - 1 : 1);
    return gm_status_exit(GM_MEMORY);
}

int cli_fail(const cli_voice *voice, const gm_problem *problem)
{
    unsigned columns = gm_os_stdout_columns();
    gm_text text = GM_TEXT_INIT;
    if (voice->json) {
        add_json(&text, problem);
    } else {
        gm_text_add(&text, name);
        gm_text_wrap(&text, problem->message, columns, 2, sizeof name - 1);
        if (problem->hint)
            gm_text_paragraphs(&text, problem->hint, columns, 2);
    }
    bool lost = text.failed;
    if (!lost && voice->json)
        gm_os_write_stdout(text.data, text.size);
    else if (!lost)
        gm_os_write_stderr(text.data, text.size);
    gm_text_free(&text);
    return lost ? cli_no_memory(voice) : gm_status_exit(problem->status);
}

int cli_complain(const cli_voice *voice, const cli_complaint *complaint)
{
    char id[64];
    if (complaint->detail == gm_text_lost)
        return cli_no_memory(voice);
    gm_text message = GM_TEXT_INIT, hint = GM_TEXT_INIT, shown = GM_TEXT_INIT;
    gm_text_add_visible(&shown, complaint->subject, strlen(complaint->subject));
    gm_words_arg args[] = {{"subject", shown.data, false},
                           {"detail", complaint->detail, false},
                           {"meaning", complaint->meaning, true}};
    snprintf(id, sizeof id, "error.%s", complaint->code);
    gm_words_add(&message, voice->lang, id, args, sizeof args / sizeof *args);
    snprintf(id, sizeof id, "error.%s.%s", complaint->code,
             complaint->way ? complaint->way : "hint");
    if (gm_words_find(voice->lang, id))
        gm_words_add(&hint, voice->lang, id, args, sizeof args / sizeof *args);
    const gm_problem problem = {.status = complaint->status,
                                .code = complaint->code,
                                .message = message.data,
                                .hint = hint.size || hint.failed ? hint.data : NULL,
                                .subject = (char *)complaint->subject};
    int exit_status = cli_fail(voice, &problem);
    gm_text_free(&message);
    gm_text_free(&hint);
    gm_text_free(&shown);
    return exit_status;
}

/* A word as it must be typed: in quotes where a shell would take it apart. */
static void add_argument(gm_text *out, const char *text, size_t size)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=.:,/\\";
    gm_text shown = GM_TEXT_INIT;
    gm_text_add_visible(&shown, text, size);
    bool quoted = strspn(shown.data, plain) < shown.size;
    gm_text_add(out, quoted ? "\"" : "");
    for (size_t i = 0; i < shown.size; i++)
        if (shown.data[i] != '"')
            gm_text_add_n(out, shown.data + i, 1);
    gm_text_add(out, quoted ? "\"" : "");
    gm_text_free(&shown);
}

/* So many bytes of a pasted text are repeated in a command that is offered. */
#define REPEATED_BYTES ((size_t)200)

int cli_unknown_command(const cli_voice *voice, char **words, int count)
{
    const char *names[16] = {"help"}, *nearest;
    gm_text detail = GM_TEXT_INIT, text = GM_TEXT_INIT;
    cli_complaint complaint = {GM_USAGE, "unknown-command", words[0], "suggest", NULL, NULL};
    for (size_t i = 0; cli_commands[i].name && i + 2 < sizeof names / sizeof *names; i++)
        names[i + 1] = cli_commands[i].name;
    nearest = gm_text_nearest(words[0], names);
    for (int i = 0; i < count; i++)
        gm_text_addf(&text, "%s%s", i ? " " : "", words[i]);
    if (nearest) {
        gm_text_add(&detail, nearest);
    } else if (gm_os_is_file(words[0])) {
        complaint.way = "file";
        add_argument(&detail, words[0], strlen(words[0]));
    } else if (text.size <= REPEATED_BYTES) {
        complaint.way = "text";
        add_argument(&detail, text.data, text.size);
    } else {
        complaint.way = "long";
    }
    complaint.detail = detail.data;
    int exit_status = cli_complain(voice, &complaint);
    gm_text_free(&detail);
    gm_text_free(&text);
    return exit_status;
}

/* "pick --installer": a command that has the option which another one lacks. */
static bool add_owner(gm_text *out, unsigned command, const char *option)
{
    for (const cli_command *other = cli_commands; other->name; other++) {
        if (other->command == command || !cli_has_option(other->command, option))
            continue;
        gm_text_addf(out, "%s %.*s", other->name, (int)strcspn(option, "="), option);
        return true;
    }
    return false;
}

int cli_wrong_arguments(const cli_voice *voice, const cli_args *args)
{
    char meaning[64] = "";
    gm_text detail = GM_TEXT_INIT;
    cli_complaint complaint = {GM_USAGE, args->error, args->wrong, NULL, NULL, NULL};
    if (!strcmp(args->error, "unknown-option")) {
        const char *near = cli_suggest(args->command, args->wrong);
        if (add_owner(&detail, args->command, args->wrong))
            complaint.way = "elsewhere";
        else if (near)
            complaint.way = "suggest";
        if (!detail.size && near)
            gm_text_add(&detail, near);
    } else if (args->option >= 0) {
        cli_option_help(&detail, voice->lang, args->option);
        snprintf(meaning, sizeof meaning, "help.option.%s", cli_option_name(args->option));
        complaint.meaning = meaning;
    }
    complaint.detail = detail.data;
    int exit_status = cli_complain(voice, &complaint);
    gm_text_free(&detail);
    return exit_status;
}

void cli_add_languages(gm_text *out)
{
    for (gm_lang lang = 0; gm_words_lang_tag(lang); lang++)
        gm_text_addf(out, "%s%s", lang ? ", " : "", gm_words_lang_tag(lang));
}

int cli_unknown_language(const cli_voice *voice, const char *tag)
{
    gm_text known = GM_TEXT_INIT;
    cli_add_languages(&known);
    const cli_complaint complaint = {GM_USAGE, "bad-lang", tag, NULL, known.data, NULL};
    int exit_status = cli_complain(voice, &complaint);
    gm_text_free(&known);
    return exit_status;
}

int cli_unknown_topic(const cli_voice *voice, const char *topic)
{
    gm_text detail = GM_TEXT_INIT;
    const char *nearest = cli_topic_near(topic);
    cli_complaint complaint = {GM_USAGE, "unknown-topic", topic, NULL, NULL, NULL};
    if (gm_words_term_find(topic)) {
        complaint.way = "term";
        add_argument(&detail, topic, strlen(topic));
    } else if (nearest) {
        complaint.way = "suggest";
        gm_text_add(&detail, nearest);
    } else {
        cli_add_topics(&detail);
    }
    complaint.detail = detail.data;
    int exit_status = cli_complain(voice, &complaint);
    gm_text_free(&detail);
    return exit_status;
}
