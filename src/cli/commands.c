/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "os/terminal.h"

const cli_command cli_commands[] = {{"check", CLI_CHECK, cli_check},
                                    {"scan", CLI_SCAN, cli_scan},
                                    {"pick", CLI_PICK, cli_pick},
                                    {"explain", CLI_EXPLAIN, cli_explain},
                                    {NULL, 0, NULL}};

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
                                .machine = cli_machine(args),
                                .env = cli_value(args, CLI_OPT_ENV),
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
                               .paths = args->operands.items,
                               .path_count = args->operands.count,
                               .images = cli_given(args, CLI_OPT_IMAGES),
                               .modules = cli_given(args, CLI_OPT_MODULES),
                               .require = cli_value(args, CLI_OPT_REQUIRE)};
    return gm_scan(&options, &run->output, ret_exit, problem);
}

gm_status cli_pick(cli_run *run, int *ret_exit, gm_problem *problem)
{
    const cli_args *args = &run->args;
    gm_pick_options options = {.size = sizeof options,
                               .machine = cli_machine(args),
                               .names = args->operands.items,
                               .name_count = args->operands.count,
                               .platform = cli_value(args, CLI_OPT_PLATFORM),
                               .channel = cli_value(args, CLI_OPT_CHANNEL),
                               .installer = cli_value(args, CLI_OPT_INSTALLER)};
    return gm_pick(&options, &run->output, ret_exit, problem);
}

/* The text: standard input for "-" or nothing, else the words of the command line; a single word
 * that names a file is read. */
static gm_status explain_text(const cli_args *args, gm_text *text, gm_error *reterr)
{
    if (args->operands.count == 0 ||
        (args->operands.count == 1 && !strcmp(args->operands.items[0], "-")))
        return gm_os_read_stdin(text, reterr);
    if (args->operands.count == 1 && gm_os_is_file(args->operands.items[0]))
        return gm_os_read_file(args->operands.items[0], text, reterr);
    for (size_t i = 0; i < args->operands.count; i++)
        gm_text_addf(text, "%s%s", i ? " " : "", args->operands.items[i]);
    return GM_OK;
}

gm_status cli_explain(cli_run *run, int *ret_exit, gm_problem *problem)
{
    gm_text text = GM_TEXT_INIT;
    gm_error error;
    gm_status status = explain_text(&run->args, &text, &error);
    if (status != GM_OK) {
        *problem =
            (gm_problem){.status = status, .code = error.code, .subject = strdup(error.subject)};
    } else {
        gm_explain_options options = {.size = sizeof options,
                                      .machine = cli_machine(&run->args),
                                      .here = cli_given(&run->args, CLI_OPT_HERE),
                                      .text = text.data,
                                      .text_size = text.size};
        status = gm_explain(&options, &run->output, ret_exit, problem);
    }
    gm_text_free(&text);
    return status;
}
