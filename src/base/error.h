/* SPDX-License-Identifier: MIT */
/* Errors are values: what happened, where, and the facts a sentence about it needs. No sentence is
 * made here; `words` turns code and arguments into text. */
#ifndef GM_BASE_ERROR_H
#define GM_BASE_ERROR_H

#include <stdint.h>

#include "gpumatch/status.h"

#define GM_ERROR_TEXT_BYTES 512

/* An error without allocation, so that "no memory" can be reported too.
 * `code` is a message id without its "error." prefix ("not-a-gpu", "cannot-open"); it points to a
 * string literal. `subject` names what the error is about (a path, an option's value) and is cut
 * at a character border when too long. `offset` is a byte offset in the subject or
 * GM_OFFSET_NONE. `system` is the operating system's error number or 0. */
typedef struct gm_error {
    gm_status status;
    const char *code;
    char subject[GM_ERROR_TEXT_BYTES];
    char detail[GM_ERROR_TEXT_BYTES];
    uint64_t offset;
    int system;
} gm_error;

#define GM_OFFSET_NONE UINT64_MAX

/* Fills `reterr` (may be NULL) and returns `status`, so that a failing function can end with
 * `return gm_fail(reterr, GM_DAMAGED, "bad-elf", path, offset);`. `subject` may be NULL. */
gm_status gm_fail(gm_error *reterr, gm_status status, const char *code, const char *subject,
                  uint64_t offset);

/* As gm_fail, with a second text ("known values", the part that was wrong). */
gm_status gm_fail_detail(gm_error *reterr, gm_status status, const char *code, const char *subject,
                         const char *detail);

/* Token ("damaged") and exit status of a status. */
const char *gm_status_token(gm_status status);
int gm_status_exit(gm_status status);

#endif
