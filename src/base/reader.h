/* SPDX-License-Identifier: MIT */
/* Reads a source through a window: one call of the source serves many small looks close to each
 * other. Also reads a forward-only source, as long as looks never go back behind the window. */
#ifndef GM_BASE_READER_H
#define GM_BASE_READER_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/source.h"

#define GM_READER_BYTES ((size_t)64 << 10)

typedef struct gm_reader {
    gm_source *source; /* borrowed */
    uint64_t at;       /* offset of the window in the source */
    size_t filled;
    uint8_t window[GM_READER_BYTES];
} gm_reader;

/* A reader on the heap (it is too large for the stack of a thread); NULL without memory. */
gm_reader *gm_reader_new(gm_source *source);
void gm_reader_free(gm_reader *reader);

/* Looks at `need` bytes at `offset` (need <= GM_READER_BYTES); when they are not in the window,
 * reads `want` bytes there (at least `need`, at most GM_READER_BYTES). `*ret_span` begins at
 * `offset`, holds all that is known from there on, and is valid until the next call; it is
 * shorter than `need` only at the end of the source. Errors are those of the source. */
gm_status gm_reader_look(gm_reader *reader, uint64_t offset, size_t need, size_t want,
                         gm_span *ret_span, gm_error *reterr);

/* Reads until `size` bytes are there or the source ends (a source may give less at a time). */
gm_status gm_source_read_full(gm_source *source, uint64_t offset, void *buffer, size_t size,
                              size_t *got, gm_error *reterr);

#endif
