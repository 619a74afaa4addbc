/* SPDX-License-Identifier: MIT */
/* What the commands share. */
#ifndef GM_CLI_CLI_H
#define GM_CLI_CLI_H

#include "cli/options.h"
#include "cli/progress.h"
#include "gpumatch/gpumatch.h"

/* Everything one run of the program needs; filled by main. */
typedef struct cli_run {
    cli_args args;
    gm_output output;
    cli_progress progress;
    gm_lang lang;
    bool named; /* a command was named; without one it is check */
} cli_run;

/* One command: builds options out of run->args and asks the library. */
typedef gm_status (*cli_command_fn)(cli_run *run, int *ret_exit, gm_problem *problem);
gm_status cli_check(cli_run *run, int *ret_exit, gm_problem *problem);
gm_status cli_scan(cli_run *run, int *ret_exit, gm_problem *problem);
gm_status cli_pick(cli_run *run, int *ret_exit, gm_problem *problem);
gm_status cli_explain(cli_run *run, int *ret_exit, gm_problem *problem);
gm_status cli_show(cli_run *run, int *ret_exit, gm_problem *problem);
gm_status cli_info(cli_run *run, int *ret_exit, gm_problem *problem);
gm_status cli_gather(cli_run *run, int *ret_exit, gm_problem *problem);

/* The machine flags, which three commands share. */
gm_machine_options cli_machine(const cli_args *args);

/* --help of one command, or of the program for command 0. */
void cli_help(gm_text *out, gm_lang lang, unsigned command);

/* The page of `help TOPIC`; false: there is no such topic. The nearest one or NULL; all names that
 * help knows, "check, …, exit-status". */
bool cli_help_topic(gm_text *out, gm_lang lang, const char *topic);
const char *cli_topic_near(const char *topic);
void cli_add_topics(gm_text *out);

typedef struct cli_command {
    const char *name;
    unsigned command;
    cli_command_fn run;
} cli_command;
extern const cli_command cli_commands[]; /* ended by name NULL */

#endif
