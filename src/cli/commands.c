/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "os/terminal.h"

const cli_command cli_commands[] = {
    {"check", CLI_CHECK, cli_check},    {"scan", CLI_SCAN, cli_scan},
    {"pick", CLI_PICK, cli_pick},       {"explain", CLI_EXPLAIN, cli_explain},
    {"show", CLI_SHOW, cli_show},       {"info", CLI_INFO, cli_info},
    {"gather", CLI_GATHER, cli_gather}, {NULL, 0, NULL}};

/* A problem that the program itself has found; main makes the sentence. */
static gm_status own_problem(gm_problem *problem, gm_status status, const char *code,
                             const char *subject)
{
    *problem = (gm_problem){.status = status, .code = code, .subject = strdup(subject)};
    return status;
}

gm_machine_options cli_machine(const cli_args *args)
{
    return (gm_machine_options){.machine = cli_value(args, CLI_OPT_MACHINE),
                                .gpus = args->options[CLI_OPT_GPU].items,
                                .gpu_count = args->options[CLI_OPT_GPU].count,
                                .driver = cli_value(args, CLI_OPT_DRIVER),
                                .kernel_module = cli_value(args, CLI_OPT_KERNEL_MODULE),
                                .os = cli_value(args, CLI_OPT_OS),
                                .arch = cli_value(args, CLI_OPT_ARCH),
                                .python = cli_value(args, CLI_OPT_PYTHON),
                                .glibc = cli_value(args, CLI_OPT_GLIBC)};
}

gm_status cli_check(cli_run *run, int *ret_exit, gm_problem *problem)
{
    const cli_args *args = &run->args;
    gm_check_options options = {.size = sizeof options,
                                .data = cli_value(args, CLI_OPT_DATA),
                                .machine = cli_machine(args),
                                .env = cli_value(args, CLI_OPT_ENV),
                                .read = cli_given(args, CLI_OPT_READ),
                                .with = args->options[CLI_OPT_WITH].items,
                                .with_count = args->options[CLI_OPT_WITH].count,
                                .code = args->options[CLI_OPT_CODE].items,
                                .code_count = args->options[CLI_OPT_CODE].count,
                                .paths = args->operands.items,
                                .path_count = args->operands.count};
    return gm_check(&options, &run->output, ret_exit, problem);
}

gm_status cli_scan(cli_run *run, int *ret_exit, gm_problem *problem)
{
    const cli_args *args = &run->args;
    gm_scan_options options = {.size = sizeof options,
                               .data = cli_value(args, CLI_OPT_DATA),
                               .paths = args->operands.items,
                               .path_count = args->operands.count,
                               .images = cli_given(args, CLI_OPT_IMAGES),
                               .deep = cli_given(args, CLI_OPT_DEEP),
                               .modules = cli_given(args, CLI_OPT_MODULES),
                               .sizes = cli_given(args, CLI_OPT_SIZES),
                               .diff = cli_given(args, CLI_OPT_DIFF),
                               .require = cli_value(args, CLI_OPT_REQUIRE)};
    return gm_scan(&options, &run->output, ret_exit, problem);
}

gm_status cli_pick(cli_run *run, int *ret_exit, gm_problem *problem)
{
    const cli_args *args = &run->args;
    gm_pick_options options = {.size = sizeof options,
                               .data = cli_value(args, CLI_OPT_DATA),
                               .machine = cli_machine(args),
                               .names = args->operands.items,
                               .name_count = args->operands.count,
                               .platform = cli_value(args, CLI_OPT_PLATFORM),
                               .channel = cli_value(args, CLI_OPT_CHANNEL),
                               .installer = cli_value(args, CLI_OPT_INSTALLER)};
    return gm_pick(&options, &run->output, ret_exit, problem);
}

/* Who types `explain` alone would wait for an answer while it waits for the text. */
static void invite(const cli_run *run)
{
    gm_text text = GM_TEXT_INIT;
    gm_words_add(&text, run->lang, "report.paste", NULL, 0);
    gm_text_add(&text, "\n");
    gm_os_write_stderr(text.data, text.size);
    gm_text_free(&text);
}

/* The text: standard input for "-" or nothing, else the words of the command line; a single word
 * that names a file is read. */
static gm_status explain_text(const cli_run *run, gm_text *text, gm_error *reterr)
{
    const cli_args *args = &run->args;
    if (args->operands.count == 0 ||
        (args->operands.count == 1 && !strcmp(args->operands.items[0], "-"))) {
        if (gm_os_stdin_is_terminal())
            invite(run);
        return gm_os_read_stdin(text, reterr);
    }
    if (args->operands.count == 1 && gm_os_is_file(args->operands.items[0]))
        return gm_os_read_file(args->operands.items[0], text, reterr);
    for (size_t i = 0; i < args->operands.count; i++)
        gm_text_addf(text, "%s%s", i ? " " : "", args->operands.items[i]);
    return text->failed ? gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE) : GM_OK;
}

gm_status cli_explain(cli_run *run, int *ret_exit, gm_problem *problem)
{
    gm_text text = GM_TEXT_INIT;
    gm_error error;
    gm_status status = explain_text(run, &text, &error);
    if (status != GM_OK) {
        own_problem(problem, status, error.code, error.subject);
    } else {
        gm_explain_options options = {.size = sizeof options,
                                      .data = cli_value(&run->args, CLI_OPT_DATA),
                                      .machine = cli_machine(&run->args),
                                      .here = cli_given(&run->args, CLI_OPT_HERE),
                                      .text = text.data,
                                      .text_size = text.size};
        status = gm_explain(&options, &run->output, ret_exit, problem);
    }
    gm_text_free(&text);
    return status;
}

gm_status cli_show(cli_run *run, int *ret_exit, gm_problem *problem)
{
    const cli_args *args = &run->args;
    const cli_values *operands = &args->operands;
    bool named = operands->count > 0;
    gm_show_options options = {.size = sizeof options,
                               .data = cli_value(args, CLI_OPT_DATA),
                               .table = named ? operands->items[0] : NULL,
                               .words = named ? operands->items + 1 : NULL,
                               .word_count = named ? operands->count - 1 : 0};
    return gm_show(&options, &run->output, ret_exit, problem);
}

gm_status cli_info(cli_run *run, int *ret_exit, gm_problem *problem)
{
    const cli_args *args = &run->args;
    gm_info_options options = {.size = sizeof options,
                               .data = cli_value(args, CLI_OPT_DATA),
                               .machine = cli_machine(args)};
    if (args->operands.count)
        return own_problem(problem, GM_USAGE, "takes-no-operand", args->operands.items[0]);
    return gm_info(&options, &run->output, ret_exit, problem);
}

static bool write_file(void *user, const char *data, size_t size)
{
    return gm_os_output_write(user, data, size);
}

/* What was written, and that it may be sent. */
static void tell_gathered(const cli_run *run, const char *file)
{
    gm_text text = GM_TEXT_INIT, shown = GM_TEXT_INIT;
    gm_text_add_visible(&shown, file, strlen(file));
    gm_words_arg arg = {"file", shown.data, false};
    gm_words_add(&text, run->lang, "report.gathered", &arg, 1);
    gm_text_add(&text, "\n");
    if (run->output.verbose >= 0)
        gm_os_write_stdout(text.data, text.size);
    gm_text_free(&shown);
    gm_text_free(&text);
}

gm_status cli_gather(cli_run *run, int *ret_exit, gm_problem *problem)
{
    const cli_args *args = &run->args;
    gm_gather_options options = {.size = sizeof options,
                                 .data = cli_value(args, CLI_OPT_DATA),
                                 .env = cli_value(args, CLI_OPT_ENV),
                                 .read = cli_given(args, CLI_OPT_READ)};
    gm_os_output *file = NULL;
    if (args->operands.count != 1)
        return own_problem(problem, GM_USAGE, "gather-needs-file",
                           args->operands.count ? args->operands.items[1] : "");
    const char *path = args->operands.items[0];
    if (!strcmp(path, "-"))
        return gm_gather(&options, &run->output, ret_exit, problem);
    if (gm_os_output_open(path, &file, NULL) != GM_OK)
        return own_problem(problem, GM_IO, "output-failed", path);
    run->output.write = write_file;
    run->output.user = file;
    gm_status status = gm_gather(&options, &run->output, ret_exit, problem);
    bool kept = gm_os_output_close(file, status == GM_OK);
    if (status == GM_OK && !kept)
        return own_problem(problem, GM_IO, "output-failed", path);
    if (status == GM_OK)
        tell_gathered(run, path);
    return status;
}
