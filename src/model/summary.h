/* SPDX-License-Identifier: MIT */
/* What counts of a library's code, without offsets: as text, in snapshots and in tables. */
#ifndef GM_MODEL_SUMMARY_H
#define GM_MODEL_SUMMARY_H

#include "base/text.h"
#include "model/code.h"

extern const char *const gm_registration_tokens[]; /* by gm_registration, ended by NULL */

/* An image in one line: "sass sm_90 lz4 1234", "ptx compute_90 zstd 99 ptx8.7 relocatable": kind,
 * target ("-" none), compression, stored bytes, then what is special about it. Parsing reads `size`
 * bytes of `text`; false where they say something else. */
void gm_image_format(gm_text *out, const gm_image *image, uint64_t bytes);
bool gm_image_parse(const char *text, size_t size, gm_image *image);

/* Adds the modules of a summary: "397 registered: sass sm_75 lz4 123, ptx compute_120 zstd 99
 * ptx8.7; 1 linked stub: sass sm_75 none 1640": how many are alike, how the runtime gets to know
 * them, their images with the bytes of all. The library is condensed. False for anything
 * else, and without memory. */
bool gm_summary_parse(const char *text, gm_arena *arena, gm_library *library);

#endif
