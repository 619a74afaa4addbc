/* SPDX-License-Identifier: MIT */
/* How far long work is, on one line of the terminal that standard error goes to. */
#ifndef GM_CLI_PROGRESS_H
#define GM_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "words/words.h"

typedef struct cli_progress {
    gm_lang lang;
    double started, told;     /* seconds of gm_os_seconds; told 0: nothing shown yet */
    uint64_t before_bytes;    /* read of files that are done */
    uint64_t file_done_bytes; /* of the one that is being read */
    bool shown;               /* the line stands on the terminal */
} cli_progress;

/* What the library calls (gm_output.progress); `user` is a cli_progress. Silent for half a second,
 * then the line is written anew ten times a second at most. */
void cli_progress_tell(void *user, const char *path, uint64_t done_bytes, uint64_t total_bytes);

/* Takes the line away, before anything else is written. */
void cli_progress_clear(cli_progress *progress);

#endif
