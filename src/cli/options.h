/* SPDX-License-Identifier: MIT */
/* One table of options feeds parsing and --help. */
#ifndef GM_CLI_OPTIONS_H
#define GM_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "words/words.h"

/* Commands an option belongs to. */
enum {
    CLI_CHECK = 1,
    CLI_SCAN = 2,
    CLI_PICK = 4,
    CLI_EXPLAIN = 8,
    CLI_INFO = 16,
    CLI_GATHER = 32,
    CLI_SHOW = 64,
    CLI_MACHINE = CLI_CHECK | CLI_PICK | CLI_EXPLAIN | CLI_INFO,
    CLI_REPORT = CLI_CHECK | CLI_SCAN | CLI_PICK | CLI_EXPLAIN | CLI_INFO | CLI_SHOW,
    CLI_ALL = CLI_REPORT | CLI_GATHER
};

/* id, name, letter (0 none), takes a value, commands. Help text: "help.option.<name>"; what the
 * value is called: "help.value.<name>". */
#define CLI_OPTIONS(X)                                                                             \
    X(MACHINE, "machine", 0, true, CLI_MACHINE)                                                    \
    X(GPU, "gpu", 0, true, CLI_MACHINE)                                                            \
    X(DRIVER, "driver", 0, true, CLI_MACHINE)                                                      \
    X(KERNEL_MODULE, "kernel-module", 0, true, CLI_MACHINE)                                        \
    X(OS, "os", 0, true, CLI_MACHINE)                                                              \
    X(ARCH, "arch", 0, true, CLI_MACHINE)                                                          \
    X(PYTHON, "python", 0, true, CLI_MACHINE)                                                      \
    X(GLIBC, "glibc", 0, true, CLI_MACHINE)                                                        \
    X(ENV, "env", 0, true, CLI_CHECK | CLI_GATHER)                                                 \
    X(READ, "read", 0, false, CLI_CHECK | CLI_GATHER)                                              \
    X(WITH, "with", 0, true, CLI_CHECK)                                                            \
    X(CODE, "code", 0, true, CLI_CHECK)                                                            \
    X(DEEP, "deep", 0, false, CLI_SCAN)                                                            \
    X(IMAGES, "images", 0, false, CLI_SCAN)                                                        \
    X(MODULES, "modules", 0, false, CLI_SCAN)                                                      \
    X(SIZES, "sizes", 0, false, CLI_SCAN)                                                          \
    X(DIFF, "diff", 0, false, CLI_SCAN)                                                            \
    X(REQUIRE, "require", 0, true, CLI_SCAN)                                                       \
    X(PLATFORM, "platform", 0, true, CLI_PICK)                                                     \
    X(CHANNEL, "channel", 0, true, CLI_PICK)                                                       \
    X(INSTALLER, "installer", 0, true, CLI_PICK)                                                   \
    X(HERE, "here", 0, false, CLI_EXPLAIN)                                                         \
    X(DATA, "data", 0, true, CLI_ALL)                                                              \
    X(JSON, "json", 0, false, CLI_REPORT)                                                          \
    X(LANG, "lang", 0, true, CLI_ALL)                                                              \
    X(COLOR, "color", 0, true, CLI_REPORT)                                                         \
    X(OUTPUT, "output", 'o', true, CLI_REPORT)                                                     \
    X(QUIET, "quiet", 'q', false, CLI_ALL)                                                         \
    X(VERBOSE, "verbose", 'v', false, CLI_REPORT)                                                  \
    X(HELP, "help", 'h', false, CLI_ALL)                                                           \
    X(VERSION, "version", 'V', false, CLI_ALL)

typedef enum cli_option {
#define CLI_ENUM(id, name, letter, value, commands) CLI_OPT_##id,
    CLI_OPTIONS(CLI_ENUM)
#undef CLI_ENUM
        CLI_OPTION_COUNT
} cli_option;

/* Values in the order in which they were given; `count` for options without value. */
typedef struct cli_values {
    const char **items;
    size_t count;
} cli_values;

typedef struct cli_args {
    unsigned command;
    cli_values options[CLI_OPTION_COUNT];
    cli_values operands;
    const char *wrong; /* the argument that made no sense; NULL none */
    const char *error; /* code of the error about it ("unknown-option", "needs-value") */
    int option;        /* that it names; -1 none */
} cli_args;

/* Parses argv[first …]. Values point into argv. For explain, what looks like an unknown option is
 * text (people paste "--index-url …"). False: `wrong` and `error` are set, or no memory. */
bool cli_parse(cli_args *args, unsigned command, int argc, char **argv, int first);
void cli_args_free(cli_args *args);

/* The last value of an option or NULL; whether it was given. */
const char *cli_value(const cli_args *args, cli_option option);
bool cli_given(const cli_args *args, cli_option option);

/* Does this argument, before the command, take the next one as its value? */
bool cli_takes_next(const char *argument);

/* The option nearest to a mistyped one ("--dirver" → "driver"), or NULL. */
const char *cli_suggest(unsigned command, const char *wrong);

/* "kernel-module"; whether a command has what was typed as an option ("--os", "--os=linux"). */
const char *cli_option_name(int option);
bool cli_has_option(unsigned command, const char *argument);
bool cli_takes_option(unsigned command, int option);

/* Appends "-o, --output FILE". */
void cli_option_help(gm_text *out, gm_lang lang, int option);

#endif
