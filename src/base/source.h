/* SPDX-License-Identifier: MIT */
/* Where bytes come from. A file can be read at any offset; a compressed member of an archive only
 * forward, once. Formats read both, and give the same list either way. */
#ifndef GM_BASE_SOURCE_H
#define GM_BASE_SOURCE_H

#include "base/bytes.h"
#include "base/error.h"

typedef struct gm_source gm_source;

struct gm_source {
    /* Reads up to `size` bytes at `offset`; `*got` is less than `size` only at the end. A
     * forward-only source is asked for ascending, adjacent offsets. */
    gm_status (*read)(gm_source *source, uint64_t offset, void *buffer, size_t size, size_t *got,
                      gm_error *reterr);
    void (*close)(gm_source *source); /* frees the source; never NULL */
    uint64_t size_bytes;              /* of the whole source */
    bool forward_only;
    /* What the source found wrong with its own bytes on the way (a checksum, a broken compressed
     * stream): id of a message "damage.<id>", NULL nothing so far. It then ends at or before
     * `size_bytes`; what it gave stands. */
    const char *damage;
    uint64_t damage_offset;
    void *state;
};

/* A source over bytes in memory (borrowed): tests, pasted text, small members. */
gm_source *gm_source_memory(gm_span bytes);

/* Hides that `inner` (borrowed) is random: any read that is not the next one fails. For tests and
 * for everything that must prove it reads forward. */
gm_source *gm_source_forward(gm_source *inner);

static inline void gm_source_close(gm_source *source)
{
    if (source)
        source->close(source);
}

#endif
