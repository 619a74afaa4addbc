/* SPDX-License-Identifier: MIT */
/* The program: finds the command, language and output, asks the library, writes the answer once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/complain.h"
#include "os/terminal.h"

static const char *argument_after(int argc, char **argv, const char *option)
{
    size_t size = strlen(option);
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], option) && i + 1 < argc)
            return argv[i + 1];
        if (!strncmp(argv[i], option, size) && argv[i][size] == '=')
            return argv[i] + size + 1;
    }
    return NULL;
}

/* The first of a list ("zh_CN:en") that there is; -1 none. It is cut up on the way. */
static gm_lang first_language(char *tags)
{
    gm_lang lang = -1;
    for (char *tag = tags; tag && lang < 0;) {
        char *end = strchr(tag, ':');
        if (end)
            *end++ = '\0';
        lang = gm_words_lang_find(tag);
        tag = end;
    }
    return lang;
}

/* --lang, else GPUMATCH_LANG, else the system's language, else English. Needed before the
 * arguments are parsed, so that complaints about them come in the right language. */
static gm_lang find_language(int argc, char **argv, bool *ret_wrong)
{
    const char *asked = argument_after(argc, argv, "--lang");
    gm_lang lang = asked ? gm_words_lang_find(asked) : -1;
    gm_text tags = GM_TEXT_INIT;
    *ret_wrong = asked && lang < 0;
    if (lang < 0 && gm_os_getenv("GPUMATCH_LANG", &tags))
        lang = first_language(tags.data);
    gm_text_clear(&tags);
    if (lang < 0 && gm_os_languages(&tags))
        lang = first_language(tags.data);
    gm_text_free(&tags);
    return lang < 0 ? 0 : lang;
}

static const cli_command *find_command(const char *name)
{
    for (const cli_command *command = cli_commands; command->name; command++)
        if (!strcmp(command->name, name))
            return command;
    return NULL;
}

/* Place of the first word in argv from `at` on, options before it skipped; 0 where there is none.
 */
static int word_place(int argc, char **argv, int at)
{
    while (at < argc && argv[at][0] == '-' && argv[at][1])
        at += cli_takes_next(argv[at]) ? 2 : 1;
    return at < argc ? at : 0;
}

static bool write_stdout(void *user, const char *data, size_t size)
{
    cli_run *run = user;
    cli_progress_clear(&run->progress);
    return gm_os_write_stdout(data, size);
}

static bool write_file(void *user, const char *data, size_t size)
{
    return gm_os_output_write(user, data, size);
}

static int show(gm_lang lang, gm_text *text)
{
    const cli_voice voice = {lang, false};
    bool lost = text->failed, ok = !lost && gm_os_write_stdout(text->data, text->size);
    gm_text_free(text);
    if (lost)
        return cli_no_memory(&voice);
    return ok ? 0 : gm_status_exit(GM_IO);
}

static int show_version(gm_lang lang)
{
    gm_text text = GM_TEXT_INIT;
    gm_text_addf(&text, "gpumatch %s (%s)\n", gm_version_text(), gm_data_date());
    return show(lang, &text);
}

static int show_help(gm_lang lang, unsigned command)
{
    gm_text text = GM_TEXT_INIT;
    cli_help(&text, lang, command);
    return show(lang, &text);
}

/* "help", "help scan", "help exit-status". */
static int show_topic(const cli_voice *voice, const char *topic)
{
    gm_text text = GM_TEXT_INIT;
    const cli_command *command = topic ? find_command(topic) : NULL;
    if (!topic || command)
        return show_help(voice->lang, command ? command->command : 0);
    if (!cli_help_topic(&text, voice->lang, topic))
        return cli_unknown_topic(voice, topic);
    return show(voice->lang, &text);
}

static bool color_is_known(const cli_args *args)
{
    const char *when = cli_value(args, CLI_OPT_COLOR);
    return !when || !strcmp(when, "auto") || !strcmp(when, "always") || !strcmp(when, "never");
}

static bool want_color(const cli_args *args)
{
    const char *when = cli_value(args, CLI_OPT_COLOR);
    if (when && !strcmp(when, "always"))
        return true;
    return (!when || !strcmp(when, "auto")) && !cli_given(args, CLI_OPT_OUTPUT) &&
           gm_os_stdout_has_color();
}

static void prepare_output(cli_run *run)
{
    const cli_args *args = &run->args;
    run->output =
        (gm_output){.size = sizeof run->output,
                    .write = write_stdout,
                    .user = run,
                    .format = cli_given(args, CLI_OPT_JSON) ? GM_FORMAT_JSON : GM_FORMAT_TEXT,
                    .lang = gm_words_lang_tag(run->lang),
                    .columns = gm_os_stdout_columns(),
                    .verbose = cli_given(args, CLI_OPT_QUIET)     ? -1
                               : cli_given(args, CLI_OPT_VERBOSE) ? 1
                                                                  : 0,
                    .color = want_color(args),
                    .progress = gm_os_stderr_rewrites() ? cli_progress_tell : NULL,
                    .progress_user = &run->progress,
                    .cancelled = gm_os_cancelled()};
}

/* What went wrong in a command, told by the library or (its own reading of text) by the program. */
static int tell_problem(const cli_voice *voice, gm_status status, const gm_problem *problem)
{
    if (problem->message)
        return cli_fail(voice, problem);
    const char *subject = problem->subject ? problem->subject : "";
    const cli_complaint complaint = {status, problem->code, subject, NULL, NULL, NULL};
    return cli_complain(voice, &complaint);
}

static int output_failed(const cli_voice *voice, const char *file)
{
    const cli_complaint complaint = {GM_IO, "output-failed", file, NULL, NULL, NULL};
    return cli_complain(voice, &complaint);
}

static int run_command(cli_run *run, const cli_command *command, const cli_voice *voice)
{
    const char *file = cli_value(&run->args, CLI_OPT_OUTPUT);
    gm_os_output *output = NULL;
    gm_problem problem = {0};
    int exit_status = 0;
    prepare_output(run);
    run->progress = (cli_progress){.lang = run->lang, .started = gm_os_seconds()};
    if (file && gm_os_output_open(file, &output, NULL) != GM_OK)
        return output_failed(voice, file);
    if (file) {
        run->output.write = write_file;
        run->output.user = output;
    }
    gm_status status = command->run(run, &exit_status, &problem);
    cli_progress_clear(&run->progress);
    if (status != GM_OK)
        exit_status = tell_problem(voice, status, &problem);
    if (output && !gm_os_output_close(output, status == GM_OK) && status == GM_OK)
        exit_status = output_failed(voice, file);
    gm_problem_free(&problem);
    return exit_status;
}

/* A command whose arguments have been parsed. */
static int run_parsed(cli_run *run, const cli_command *command, const cli_voice *voice)
{
    const cli_args *args = &run->args;
    if (cli_given(args, CLI_OPT_HELP))
        return show_help(run->lang, run->named ? command->command : 0);
    if (cli_given(args, CLI_OPT_VERSION))
        return show_version(run->lang);
    if (!color_is_known(args)) {
        const cli_complaint complaint = {GM_USAGE, "bad-color", cli_value(args, CLI_OPT_COLOR),
                                         NULL,     NULL,        NULL};
        return cli_complain(voice, &complaint);
    }
    return run_command(run, command, voice);
}

static bool has_argument(int argc, char **argv, const char *argument)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], argument))
            return true;
    return false;
}

static int run_main(int argc, char **argv)
{
    bool wrong_language;
    cli_run run = {.lang = find_language(argc, argv, &wrong_language)};
    const cli_voice voice = {run.lang, has_argument(argc, argv, "--json")};
    const cli_command *command = &cli_commands[0];
    int first = 1, exit_status, place = word_place(argc, argv, 1);
    const char *word = place ? argv[place] : "";
    if (wrong_language)
        return cli_unknown_language(&voice, argument_after(argc, argv, "--lang"));
    if (!strcmp(word, "help")) {
        int topic = word_place(argc, argv, place + 1);
        return show_topic(&voice, topic ? argv[topic] : NULL);
    }
    run.named = place && find_command(word);
    if (run.named) {
        command = find_command(word);
        memmove(argv + 2, argv + 1, (size_t)(place - 1) * sizeof *argv);
        first = 2;
    } else if (place == 1) {
        return cli_unknown_command(&voice, argv + 1, argc - 1);
    }
    if (cli_parse(&run.args, command->command, argc, argv, first))
        exit_status = run_parsed(&run, command, &voice);
    else if (run.args.error)
        exit_status = cli_wrong_arguments(&voice, &run.args);
    else
        exit_status = cli_no_memory(&voice);
    cli_args_free(&run.args);
    return exit_status;
}

int main(int argc, char **argv)
{
    return gm_os_main(argc, argv, run_main);
}
