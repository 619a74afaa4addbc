/* SPDX-License-Identifier: MIT */
#include "base/reader.h"

#include <stdlib.h>
#include <string.h>

gm_reader *gm_reader_new(gm_source *source)
{
    gm_reader *reader = malloc(sizeof *reader);
    if (reader) {
        reader->source = source;
        reader->at = 0;
        reader->filled = 0;
    }
    return reader;
}

void gm_reader_free(gm_reader *reader)
{
    free(reader);
}

gm_status gm_source_read_full(gm_source *source, uint64_t offset, void *buffer, size_t size,
                              size_t *got, gm_error *reterr)
{
    *got = 0;
    while (*got < size) {
        size_t now;
        gm_status status = source->read(source, offset + *got, (uint8_t *)buffer + *got,
                                        size - *got, &now, reterr);
        if (status != GM_OK)
            return status;
        if (now == 0)
            break;
        *got += now;
    }
    return GM_OK;
}

/* Keeps what the window already has of [offset, …), so that a forward-only source is asked for
 * adjacent offsets, and fills up to `want` bytes behind it. */
static gm_status refill(gm_reader *reader, uint64_t offset, size_t want, gm_error *reterr)
{
    uint64_t end = reader->at + reader->filled;
    size_t kept = 0, got;
    if (offset >= reader->at && offset < end) {
        kept = (size_t)(end - offset);
        memmove(reader->window, reader->window + (offset - reader->at), kept);
    }
    reader->at = offset;
    reader->filled = kept;
    if (kept >= want)
        return GM_OK;
    gm_status status = gm_source_read_full(reader->source, offset + kept, reader->window + kept,
                                           want - kept, &got, reterr);
    if (status == GM_OK)
        reader->filled += got;
    return status;
}

gm_status gm_reader_look(gm_reader *reader, uint64_t offset, size_t need, size_t want,
                         gm_span *ret_span, gm_error *reterr)
{
    uint64_t end = reader->at + reader->filled;
    bool inside = offset >= reader->at && offset <= end && need <= end - offset;
    *ret_span = (gm_span){NULL, 0};
    if (!inside) {
        size_t size = want < need ? need : want;
        if (size > GM_READER_BYTES)
            size = GM_READER_BYTES;
        gm_status status = refill(reader, offset, size, reterr);
        if (status != GM_OK) {
            reader->filled = 0;
            return status;
        }
    }
    size_t skip = (size_t)(offset - reader->at);
    *ret_span = (gm_span){reader->window + skip, reader->filled - skip};
    return GM_OK;
}
