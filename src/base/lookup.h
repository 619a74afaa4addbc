/* SPDX-License-Identifier: MIT */
/* Small comparisons of text that every layer needs. */
#ifndef GM_BASE_LOOKUP_H
#define GM_BASE_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

bool gm_text_equal(const char *a, const char *b); /* NULL equals only NULL */

/* The last part of a path of any system: "libx.so" of "a\\libx.so", "b" of "/a/b/". */
const char *gm_file_name(const char *path);

/* What a library is called, whatever its version: `*ret_size` bytes of its path, without "lib",
 * extension, versions and the hash that auditwheel and delvewheel add. "libtorch_cuda.so.2" →
 * "torch_cuda", "cublasLt64_13.dll" → "cublasLt", "libctranslate2-a7a60d30.so.4" → "ctranslate2".
 */
const char *gm_library_name(const char *path, size_t *ret_size);

/* ASCII only, whatever the locale. In the header because they are asked for each byte of a text. */
static inline char gm_ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static inline bool gm_ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool gm_ascii_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char gm_ascii_upper(char c);
bool gm_ascii_is_space(char c);
bool gm_ascii_equal_n(const char *a, const char *b, size_t size); /* ignoring case */
bool gm_ascii_starts(const char *text, const char *prefix);       /* ignoring case */

/* How many letters must change, go, come or swap (optimal string alignment) to make `b` of `a`, for
 * short words; below GM_TEXT_NEAR one is likely the other mistyped. */
#define GM_TEXT_NEAR 3
size_t gm_text_distance(const char *a, const char *b);

/* The one of `names` (ended by NULL) that `text` likely stands for: it is mistyped or cut short, in
 * any case of letters. NULL: none is near. */
const char *gm_text_nearest(const char *text, const char *const *names);

#endif
