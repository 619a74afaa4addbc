/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"

static const struct option_row {
    const char *name;
    char letter;
    bool value;
    unsigned commands;
} option_rows[CLI_OPTION_COUNT] = {
#define CLI_ROW(id, name, letter, value, commands) {name, letter, value, commands},
    CLI_OPTIONS(CLI_ROW)
#undef CLI_ROW
};

static bool push(cli_values *values, const char *value)
{
    const char **items = realloc(values->items, (values->count + 1) * sizeof *items);
    if (!items)
        return false;
    items[values->count++] = value;
    values->items = items;
    return true;
}

static int find_long(unsigned command, const char *name, size_t size)
{
    for (int i = 0; i < CLI_OPTION_COUNT; i++)
        if (option_rows[i].commands & command && strlen(option_rows[i].name) == size &&
            !memcmp(option_rows[i].name, name, size))
            return i;
    return -1;
}

static int find_letter(unsigned command, char letter)
{
    for (int i = 0; letter && i < CLI_OPTION_COUNT; i++)
        if (option_rows[i].commands & command && option_rows[i].letter == letter)
            return i;
    return -1;
}

static bool wrong(cli_args *args, const char *error, const char *argument, int option)
{
    args->error = error;
    args->wrong = argument;
    args->option = option;
    return false;
}

/* One option at argv[*at]; takes the next argument as its value where it needs one. */
static bool parse_option(cli_args *args, int argc, char **argv, int *at)
{
    const char *argument = argv[*at], *value = NULL;
    int option;
    if (argument[1] == '-') {
        const char *equals = strchr(argument, '=');
        size_t size = equals ? (size_t)(equals - argument) - 2 : strlen(argument) - 2;
        option = find_long(args->command, argument + 2, size);
        value = equals ? equals + 1 : NULL;
    } else {
        option = find_letter(args->command, argument[1]);
        if (option >= 0 && argument[2] && option_rows[option].value)
            value = argument + 2;
        else if (argument[2])
            option = -1;
    }
    if (option < 0)
        return args->command == CLI_EXPLAIN ? push(&args->operands, argument)
                                            : wrong(args, "unknown-option", argument, option);
    if (value && !option_rows[option].value)
        return wrong(args, "takes-no-value", argument, option);
    if (!value && option_rows[option].value) {
        if (*at + 1 >= argc)
            return wrong(args, "needs-value", argument, option);
        value = argv[++*at];
    }
    return push(&args->options[option], value);
}

bool cli_parse(cli_args *args, unsigned command, int argc, char **argv, int first)
{
    bool only_operands = false;
    *args = (cli_args){.command = command};
    for (int at = first; at < argc; at++) {
        bool ok;
        if (!only_operands && !strcmp(argv[at], "--")) {
            only_operands = true;
            continue;
        }
        if (only_operands || argv[at][0] != '-' || argv[at][1] == '\0')
            ok = push(&args->operands, argv[at]);
        else
            ok = parse_option(args, argc, argv, &at);
        if (!ok)
            return false;
    }
    return true;
}

bool cli_takes_next(const char *argument)
{
    int option = argument[1] == '-' ? find_long(CLI_ALL, argument + 2, strlen(argument + 2))
                                    : find_letter(CLI_ALL, argument[1]);
    return option >= 0 && option_rows[option].value && (argument[1] == '-' || !argument[2]);
}

void cli_args_free(cli_args *args)
{
    for (int i = 0; i < CLI_OPTION_COUNT; i++)
        free(args->options[i].items);
    free(args->operands.items);
}

const char *cli_value(const cli_args *args, cli_option option)
{
    const cli_values *values = &args->options[option];
    return values->count ? values->items[values->count - 1] : NULL;
}

bool cli_given(const cli_args *args, cli_option option)
{
    return args->options[option].count > 0;
}

const char *cli_suggest(unsigned command, const char *mistyped)
{
    const char *names[CLI_OPTION_COUNT + 1];
    char name[32];
    size_t count = 0;
    mistyped += strspn(mistyped, "-");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(mistyped, "="), mistyped);
    for (int i = 0; i < CLI_OPTION_COUNT; i++)
        if (option_rows[i].commands & command)
            names[count++] = option_rows[i].name;
    names[count] = NULL;
    return gm_text_nearest(name, names);
}

const char *cli_option_name(int option)
{
    return option_rows[option].name;
}

bool cli_has_option(unsigned command, const char *argument)
{
    return argument[1] == '-' ? find_long(command, argument + 2, strcspn(argument + 2, "=")) >= 0
                              : find_letter(command, argument[1]) >= 0;
}

bool cli_takes_option(unsigned command, int option)
{
    return option_rows[option].commands & command;
}

void cli_option_help(gm_text *out, gm_lang lang, int option)
{
    const struct option_row *row = &option_rows[option];
    char id[64];
    if (row->letter)
        gm_text_addf(out, "-%c, ", row->letter);
    gm_text_addf(out, "--%s", row->name);
    if (!row->value)
        return;
    snprintf(id, sizeof id, "help.value.%s", row->name);
    gm_text_add(out, " ");
    gm_words_add(out, lang, id, NULL, 0);
}
