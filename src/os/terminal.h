/* SPDX-License-Identifier: MIT */
/* The program's surroundings: arguments, environment, standard streams, terminal, interruption.
 * All text is UTF-8; UTF-16 ends in the Windows files of this folder. */
#ifndef GM_OS_TERMINAL_H
#define GM_OS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/* Runs `run` with the arguments as UTF-8 and standard streams as UTF-8 without line-end
 * conversion; returns its result, or 5 when standard output could not be flushed. */
int gm_os_main(int argc, char **argv, int (*run)(int argc, char **argv));

/* Appends the value of a variable; false when it is not set or empty. */
bool gm_os_getenv(const char *name, gm_text *value);

/* Appends the folder of this program's configuration: $XDG_CONFIG_HOME/gpumatch or
 * ~/.config/gpumatch, on Windows %APPDATA%\\gpumatch; false when the system does not say. */
bool gm_os_config_directory(gm_text *path);

/* Appends the languages that the user reads, best first and separated by ':', as the system calls
 * them ("zh_CN.UTF-8", "zh_CN:en", "zh-CN:en-US"); false when it does not say. */
bool gm_os_languages(gm_text *tags);

bool gm_os_write_stdout(const char *data, size_t size);
bool gm_os_write_stderr(const char *data, size_t size);

/* Is somebody typing? */
bool gm_os_stdin_is_terminal(void);

/* Columns of the terminal on standard output; for anything else those that the variable COLUMNS
 * gives, or 80. */
unsigned gm_os_stdout_columns(void);

/* A terminal that shows colours, and nobody said otherwise (NO_COLOR, TERM=dumb). */
bool gm_os_stdout_has_color(void);

/* A terminal on standard error whose current line can be written anew (not TERM=dumb). */
bool gm_os_stderr_rewrites(void);
void gm_os_flush_stderr(void);

/* Seconds that pass, from some moment on. */
double gm_os_seconds(void);

/* True once the user has interrupted the program (Ctrl-C). The first interruption only sets this;
 * a second one ends the program. */
typedef bool (*gm_os_cancelled_fn)(void *user);
gm_os_cancelled_fn gm_os_cancelled(void);

/* Whole files, for text that people name or pipe; at most GM_TEXT_LIMIT bytes. */
gm_status gm_os_read_stdin(gm_text *text, gm_error *reterr);
gm_status gm_os_read_file(const char *path, gm_text *text, gm_error *reterr);
bool gm_os_is_file(const char *path);

/* A file that appears under its name only when it is complete: written beside it, then renamed.
 * Devices, pipes and links are written in place. */
typedef struct gm_os_output gm_os_output;
gm_status gm_os_output_open(const char *path, gm_os_output **ret_output, gm_error *reterr);
bool gm_os_output_write(gm_os_output *output, const char *data, size_t size);
/* Renames when `keep` and everything was written, else removes; frees `output`. False when writing
 * or renaming failed. */
bool gm_os_output_close(gm_os_output *output, bool keep);

#endif
