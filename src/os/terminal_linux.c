/* SPDX-License-Identifier: MIT */
#include "os/terminal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* Set by the signal handler: the one thing in the program that must be global. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

int gm_os_main(int argc, char **argv, int (*run)(int argc, char **argv))
{
    /* Nothing here shows a time of day, but libzip makes one of each member of an archive, and
     * without TZ the C library looks at /etc/localtime every time. */
    setenv("TZ", "UTC0", 0);
    /* No SA_RESTART: reading from a terminal ends. The second one ends the program. */
    const struct sigaction once = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &once, NULL);
    signal(SIGPIPE, SIG_IGN);
    int exit_status = run(argc, argv);
    return fflush(stdout) == 0 && !ferror(stdout) ? exit_status : gm_status_exit(GM_IO);
}

bool gm_os_getenv(const char *name, gm_text *value)
{
    const char *text = getenv(name);
    if (!text || !*text)
        return false;
    gm_text_add(value, text);
    return true;
}

bool gm_os_config_directory(gm_text *path)
{
    if (gm_os_getenv("XDG_CONFIG_HOME", path))
        gm_text_add(path, "/gpumatch");
    else if (gm_os_getenv("HOME", path))
        gm_text_add(path, "/.config/gpumatch");
    return path->size > 0 && !path->failed;
}

/* As gettext does it: LANGUAGE is a list that counts unless the locale is C. */
bool gm_os_languages(gm_text *tags)
{
    gm_text locale = GM_TEXT_INIT;
    bool said = gm_os_getenv("LC_ALL", &locale) || gm_os_getenv("LC_MESSAGES", &locale) ||
                gm_os_getenv("LANG", &locale);
    bool plain = !said || !strcmp(locale.data, "C") || !strncmp(locale.data, "C.", 2) ||
                 !strcmp(locale.data, "POSIX");
    if (!plain && gm_os_getenv("LANGUAGE", tags))
        gm_text_add(tags, ":");
    if (said)
        gm_text_add(tags, locale.data);
    gm_text_free(&locale);
    return said;
}

bool gm_os_write_stdout(const char *data, size_t size)
{
    return fwrite(data, 1, size, stdout) == size;
}

bool gm_os_write_stderr(const char *data, size_t size)
{
    return fwrite(data, 1, size, stderr) == size;
}

unsigned gm_os_terminal_columns(void)
{
    struct winsize size;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool gm_os_stdout_has_color(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && (!no || !*no) && term && strcmp(term, "dumb") != 0;
}

bool gm_os_stdin_is_terminal(void)
{
    return isatty(STDIN_FILENO);
}

bool gm_os_stderr_rewrites(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

void gm_os_flush_stderr(void)
{
    fflush(stderr);
}

double gm_os_seconds(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool is_interrupted(void *user)
{
    (void)user;
    return interrupted != 0;
}

gm_os_cancelled_fn gm_os_cancelled(void)
{
    return is_interrupted;
}
