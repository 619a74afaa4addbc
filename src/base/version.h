/* SPDX-License-Identifier: MIT */
/* Dotted version numbers: "576.02", "580.65.06", "2.7.1", "12.8". */
#ifndef GM_BASE_VERSION_H
#define GM_BASE_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GM_VERSION_PARTS 5

/* `count` is 0 for "unknown". Missing parts compare as 0, so 2.7 == 2.7.0. The text keeps its
 * leading zeros elsewhere (576.02): this is for comparing only. */
typedef struct gm_version {
    uint32_t part[GM_VERSION_PARTS];
    uint8_t count;
} gm_version;

/* Reads digits and dots from the start of `text`; stops at anything else ("2.7.1+cu118",
 * "2.9.0a0"). Returns how many bytes were read, 0 when `text` does not start with a number. */
size_t gm_version_read(const char *text, gm_version *version);

/* Reads all of `text`; false (and count 0) when something is left over. */
bool gm_version_parse(const char *text, gm_version *version);

/* < 0, 0, > 0. Unknown versions order before all others; test `count` first. */
int gm_version_compare(gm_version a, gm_version b);

#endif
