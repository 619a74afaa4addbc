/* SPDX-License-Identifier: MIT */
/* Words of the file that reading and writing share. Internal to `snapshot`. */
#ifndef GM_SNAPSHOT_PARTS_H
#define GM_SNAPSHOT_PARTS_H

#include "snapshot/snapshot.h"

#define GM_SNAPSHOT_SCHEMA "gpumatch.snapshot/1"

extern const char *const gm_registration_tokens[]; /* by gm_registration, ended by NULL */
extern const char *const gm_role_tokens[];
extern const char *const gm_answer_tokens[]; /* by gm_key_answer */

/* An image in one line: "sass sm_90 lz4 1234", "ptx compute_90 zstd 99 ptx8.7 relocatable": kind,
 * target ("-" none), compression, stored bytes, then what is special about it. */
void gm_image_format(gm_text *out, const gm_image *image, uint64_t bytes);
bool gm_image_parse(const char *text, gm_image *image);

#endif
