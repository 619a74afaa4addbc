/* SPDX-License-Identifier: MIT */
/* A growing text with a ceiling. Errors stick: after one, appending does nothing, `failed` is set
 * and `data` is gm_text_lost, so a caller tests once at the end. A text, an arena or a writer of
 * JSON that is handed gm_text_lost fails in its turn: what was put together of small texts is never
 * shown with one of them missing. */
#ifndef GM_BASE_TEXT_H
#define GM_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/format.h"

typedef struct gm_text {
    char *data; /* always ends with NUL; "" before the first append */
    size_t size;
    size_t capacity;
    size_t limit; /* bytes; 0 means GM_TEXT_LIMIT */
    bool failed;
} gm_text;

extern const char gm_text_lost[]; /* ""; known by its address */

#define GM_TEXT_LIMIT ((size_t)64 << 20)
#define GM_TEXT_INIT                                                                               \
    {                                                                                              \
        (char *)"", 0, 0, 0, false                                                                 \
    }

void gm_text_free(gm_text *text);
void gm_text_clear(gm_text *text);

/* Room for `more` bytes behind the text, to be filled by the caller, who then says with
 * gm_text_filled how many they are. NULL without memory or over the limit (then `failed`). */
char *gm_text_reserve(gm_text *text, size_t more);
void gm_text_filled(gm_text *text, size_t size);

void gm_text_add(gm_text *text, const char *piece);
void gm_text_add_n(gm_text *text, const char *piece, size_t size);
void gm_text_addf(gm_text *text, const char *format, ...) GM_FORMAT(2, 3);

/* The text, `other` (may be NULL) where it is empty; what is lost is not empty. A decision on
 * `size` alone would take one for the other. */
const char *gm_text_or(const gm_text *text, const char *other);

/* Appends a size, "975.4 MiB". */
void gm_text_add_size(gm_text *text, uint64_t bytes);

/* Appends `piece` so that text from outside cannot drive a terminal: control characters,
 * marks that turn its direction and invalid bytes become \xNN. */
void gm_text_add_visible(gm_text *text, const char *piece, size_t size);

#endif
