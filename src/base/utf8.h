/* SPDX-License-Identifier: MIT */
/* UTF-8 and the width of text on a terminal. */
#ifndef GM_BASE_UTF8_H
#define GM_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes one code point of `text` (at most `size` bytes, size > 0) into `*code` and returns how
 * many bytes it takes; an invalid byte gives U+FFFD and 1. */
size_t gm_utf8_decode(const char *text, size_t size, uint32_t *code);

/* Writes `code` to `out` (4 bytes of room) and returns the number of bytes; code points that do
 * not exist are written as U+FFFD. */
size_t gm_utf8_encode(uint32_t code, char out[4]);

/* The largest length <= `size` at which `text` can be cut without splitting a code point. */
size_t gm_utf8_floor(const char *text, size_t size);

/* Terminal columns of one code point (0 combining, 2 East Asian wide) and of NUL-terminated text.
 */
int gm_utf8_columns(uint32_t code);
size_t gm_utf8_width(const char *text);

#endif
