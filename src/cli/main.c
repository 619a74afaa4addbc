/* SPDX-License-Identifier: MIT */
/* The program: finds the command, language and output, asks the library, writes the answer once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
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

/* --lang, else GPUMATCH_LANG, else the system's language, else English. Needed before the
 * arguments are parsed, so that complaints about them come in the right language. */
static gm_lang find_language(int argc, char **argv, bool *ret_wrong)
{
    const char *asked = argument_after(argc, argv, "--lang");
    gm_lang lang = asked ? gm_words_lang_find(asked) : -1;
    gm_text tag = GM_TEXT_INIT;
    *ret_wrong = asked && lang < 0;
    if (lang < 0 && gm_os_getenv("GPUMATCH_LANG", &tag))
        lang = gm_words_lang_find(tag.data);
    gm_text_clear(&tag);
    if (lang < 0 && gm_os_locale(&tag))
        lang = gm_words_lang_find(tag.data);
    gm_text_free(&tag);
    return lang < 0 ? 0 : lang;
}

static void add_sentence(gm_text *out, gm_lang lang, const char *id, const char *subject,
                         const char *detail)
{
    gm_text shown = GM_TEXT_INIT;
    gm_text_add_visible(&shown, subject, strlen(subject));
    gm_words_arg args[] = {{"subject", shown.data, false}, {"detail", detail, false}};
    gm_words_add(out, lang, id, args, 2);
    gm_text_free(&shown);
}

/* An error is told on stderr; with --json the answer on stdout is a gpumatch.error/1 object. */
static int fail(bool json, gm_status status, const char *code, const char *message,
                const char *hint, const char *subject)
{
    gm_text text = GM_TEXT_INIT;
    if (json) {
        gm_json writer;
        gm_json_begin(&writer, gm_write_text, &text);
        gm_json_object(&writer);
        gm_json_put_text(&writer, "schema", "gpumatch.error/1");
        gm_json_put_text(&writer, "code", code);
        gm_json_key(&writer, "args");
        gm_json_object(&writer);
        gm_json_put_text(&writer, "subject", subject);
        gm_json_object_end(&writer);
        gm_json_put_text(&writer, "message", message);
        gm_json_put_text(&writer, "hint", hint);
        gm_json_object_end(&writer);
        gm_json_end(&writer);
        gm_os_write_stdout(text.data, text.size);
    } else {
        gm_text_addf(&text, "gpumatch: %s\n", message);
        if (hint)
            gm_text_addf(&text, "  %s\n", hint);
        gm_os_write_stderr(text.data, text.size);
    }
    gm_text_free(&text);
    return gm_status_exit(status);
}

/* A complaint about the arguments themselves. */
static int complain(gm_lang lang, bool json, gm_status status, const char *code,
                    const char *subject, const char *suggestion)
{
    char id[64];
    gm_text message = GM_TEXT_INIT, hint = GM_TEXT_INIT;
    snprintf(id, sizeof id, "error.%s", code);
    add_sentence(&message, lang, id, subject, suggestion);
    snprintf(id, sizeof id, suggestion ? "error.%s.suggest" : "error.%s.hint", code);
    if (gm_words_find(lang, id))
        add_sentence(&hint, lang, id, subject, suggestion);
    int exit_status = fail(json, status, code, message.data, hint.size ? hint.data : NULL, subject);
    gm_text_free(&message);
    gm_text_free(&hint);
    return exit_status;
}

static const cli_command *find_command(const char *name)
{
    for (const cli_command *command = cli_commands; command->name; command++)
        if (!strcmp(command->name, name))
            return command;
    return NULL;
}

/* Place of the command in argv, options before it skipped; 0 where there is none. */
static int command_place(int argc, char **argv)
{
    int at = 1;
    while (at < argc && argv[at][0] == '-' && argv[at][1])
        at += cli_takes_next(argv[at]) ? 2 : 1;
    return at < argc && find_command(argv[at]) ? at : 0;
}

static bool write_stdout(void *user, const char *data, size_t size)
{
    (void)user;
    return gm_os_write_stdout(data, size);
}

static bool write_file(void *user, const char *data, size_t size)
{
    return gm_os_output_write(user, data, size);
}

static int show(gm_text *text)
{
    bool ok = gm_os_write_stdout(text->data, text->size) && !text->failed;
    gm_text_free(text);
    return ok ? 0 : gm_status_exit(GM_IO);
}

static int show_version(void)
{
    gm_text text = GM_TEXT_INIT;
    gm_text_addf(&text, "gpumatch %s (%s)\n", gm_version_text(), gm_data_date());
    return show(&text);
}

static int show_help(gm_lang lang, unsigned command)
{
    gm_text text = GM_TEXT_INIT;
    cli_help(&text, lang, command);
    return show(&text);
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
                    .format = cli_given(args, CLI_OPT_JSON) ? GM_FORMAT_JSON : GM_FORMAT_TEXT,
                    .lang = gm_words_lang_tag(run->lang),
                    .columns = gm_os_stdout_columns(),
                    .verbose = cli_given(args, CLI_OPT_QUIET)     ? -1
                               : cli_given(args, CLI_OPT_VERBOSE) ? 1
                                                                  : 0,
                    .color = want_color(args),
                    .progress = gm_os_progress(),
                    .cancelled = gm_os_cancelled()};
}

/* What went wrong in a command, told by the library or (its own reading of text) by the program. */
static int tell_problem(const cli_run *run, bool json, gm_status status, const gm_problem *problem)
{
    if (problem->message)
        return fail(json, status, problem->code, problem->message, problem->hint, problem->subject);
    return complain(run->lang, json, status, problem->code, problem->subject, NULL);
}

static int run_command(cli_run *run, const cli_command *command, bool json)
{
    const char *file = cli_value(&run->args, CLI_OPT_OUTPUT);
    gm_os_output *output = NULL;
    gm_problem problem = {0};
    int exit_status = 0;
    prepare_output(run);
    if (file && gm_os_output_open(file, &output, NULL) != GM_OK)
        return complain(run->lang, json, GM_IO, "output-failed", file, NULL);
    if (file) {
        run->output.write = write_file;
        run->output.user = output;
    }
    gm_status status = command->run(run, &exit_status, &problem);
    if (status != GM_OK)
        exit_status = tell_problem(run, json, status, &problem);
    if (output && !gm_os_output_close(output, status == GM_OK) && status == GM_OK)
        exit_status = complain(run->lang, json, GM_IO, "output-failed", file, NULL);
    gm_problem_free(&problem);
    return exit_status;
}

/* --version, --help and help COMMAND as the first argument. */
static bool is_question(int argc, char **argv, gm_lang lang, int *ret_exit)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
        *ret_exit = show_version();
        return true;
    }
    if (strcmp(word, "--help") && strcmp(word, "-h") && strcmp(word, "help"))
        return false;
    const cli_command *about = argc > 2 ? find_command(argv[2]) : NULL;
    *ret_exit = show_help(lang, about ? about->command : 0);
    return true;
}

/* A command whose arguments have been parsed. */
static int run_parsed(cli_run *run, const cli_command *command, bool json)
{
    const cli_args *args = &run->args;
    if (cli_given(args, CLI_OPT_HELP))
        return show_help(run->lang, run->named ? command->command : 0);
    if (cli_given(args, CLI_OPT_VERSION))
        return show_version();
    if (!color_is_known(args))
        return complain(run->lang, json, GM_USAGE, "bad-color", cli_value(args, CLI_OPT_COLOR),
                        NULL);
    return run_command(run, command, json);
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
    bool wrong_language, json = has_argument(argc, argv, "--json");
    cli_run run = {.lang = find_language(argc, argv, &wrong_language)};
    const cli_command *command = &cli_commands[0];
    int first = 1, exit_status, place = command_place(argc, argv);
    if (is_question(argc, argv, run.lang, &exit_status))
        return exit_status;
    run.named = place > 0;
    if (place) {
        command = find_command(argv[place]);
        memmove(argv + 2, argv + 1, (size_t)(place - 1) * sizeof *argv);
        first = 2;
    } else if (argc > 1 && argv[1][0] != '-') {
        return complain(run.lang, json, GM_USAGE, "unknown-command", argv[1], NULL);
    }
    if (wrong_language)
        return complain(run.lang, json, GM_USAGE, "bad-lang", argument_after(argc, argv, "--lang"),
                        NULL);
    if (cli_parse(&run.args, command->command, argc, argv, first))
        exit_status = run_parsed(&run, command, json);
    else if (run.args.error)
        exit_status = complain(run.lang, json, GM_USAGE, run.args.error, run.args.wrong,
                               cli_suggest(command->command, run.args.wrong));
    else
        exit_status = gm_status_exit(GM_MEMORY);
    cli_args_free(&run.args);
    return exit_status;
}

int main(int argc, char **argv)
{
    return gm_os_main(argc, argv, run_main);
}
