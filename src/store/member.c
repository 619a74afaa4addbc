/* SPDX-License-Identifier: MIT */
/* Members as sources. */
#include <stdlib.h>

#include "base/reader.h"
#include "store/archive.h"
#include "store/inflate.h"

/* Compressed bytes are asked for in this many at a time; the first times in fewer, because most
 * members are left after their first bytes, and all that is at hand is inflated. */
#define INPUT_BYTES       ((size_t)64 << 10)
#define FIRST_INPUT_BYTES ((size_t)512)

struct gm_member_reader {
    gm_source source;
    const gm_archive *archive;
    const gm_member *member;
    gm_inflate *inflate;
    uint64_t taken; /* compressed bytes that have come */
    uint64_t made;
    uint32_t crc;
    bool ended;
    gm_span pending; /* compressed bytes not used yet */
    uint8_t input[INPUT_BYTES];
};

static void close_nothing(gm_source *source)
{
    (void)source;
}

/* A stored member is a window into the archive. */
static gm_status stored_read(gm_source *source, uint64_t offset, void *buffer, size_t size,
                             size_t *got, gm_error *reterr)
{
    const gm_member_reader *reader = (const gm_member_reader *)source;
    const gm_member *member = reader->member;
    gm_source *file = reader->archive->source;
    *got = 0;
    if (offset >= member->size_bytes)
        return GM_OK;
    if (size > member->size_bytes - offset)
        size = (size_t)(member->size_bytes - offset);
    gm_status status = file->read(file, member->data_offset + offset, buffer, size, got, reterr);
    if (status == GM_OK && *got == 0 && size > 0) {
        source->damage = "member-cut";
        source->damage_offset = offset;
    }
    return status;
}

static void end(gm_member_reader *reader, const char *damage)
{
    reader->ended = true;
    reader->source.damage = damage;
    reader->source.damage_offset = reader->made;
}

/* Gets compressed bytes when there are none; none afterwards means that the member has no more. */
static gm_status refill(gm_member_reader *reader, gm_error *reterr)
{
    const gm_member *member = reader->member;
    gm_source *file = reader->archive->source;
    uint64_t left = member->stored_bytes - reader->taken;
    size_t size = reader->taken < INPUT_BYTES ? FIRST_INPUT_BYTES : INPUT_BYTES, got;
    if (size < reader->taken && size < INPUT_BYTES)
        size = (size_t)reader->taken; /* twice as much is there then */
    if (reader->pending.size || left == 0)
        return GM_OK;
    if (size > left)
        size = (size_t)left;
    gm_status status = gm_source_read_full(file, member->data_offset + reader->taken, reader->input,
                                           size, &got, reterr);
    reader->pending = (gm_span){reader->input, status == GM_OK ? got : 0};
    reader->taken += reader->pending.size;
    return status;
}

/* Inflates into `out` as much as comes from the bytes at hand. */
static gm_status step(gm_member_reader *reader, uint8_t *out, size_t room, size_t *made,
                      gm_error *reterr)
{
    *made = 0;
    gm_status status = refill(reader, reterr);
    if (status != GM_OK)
        return status;
    size_t given = reader->pending.size;
    gm_inflate_result result = gm_inflate_run(reader->inflate, &reader->pending, out, room, made);
    reader->crc = gm_crc32(reader->crc, (gm_span){out, *made});
    reader->made += *made;
    if (result == GM_INFLATE_END)
        end(reader, NULL);
    else if (result == GM_INFLATE_DAMAGED)
        end(reader, "member-stream");
    else if (given == 0 && *made == 0)
        end(reader, "member-cut");
    else if (*made == 0 && reader->pending.size == given) /* it does not move */
        end(reader, "member-stream");
    return GM_OK;
}

/* All declared bytes have come: the stream must end here. */
static gm_status check_end(gm_member_reader *reader, gm_error *reterr)
{
    uint64_t size = reader->made;
    uint32_t crc = reader->crc;
    while (!reader->ended) {
        uint8_t surplus;
        size_t made;
        gm_status status = step(reader, &surplus, 1, &made, reterr);
        if (status != GM_OK)
            return status;
        if (made) {
            reader->made = size;
            end(reader, "member-longer");
        }
    }
    if (!reader->source.damage && crc != reader->member->crc32)
        end(reader, "member-crc");
    return GM_OK;
}

static gm_status deflated_read(gm_source *source, uint64_t offset, void *buffer, size_t size,
                               size_t *got, gm_error *reterr)
{
    gm_member_reader *reader = (gm_member_reader *)source;
    uint64_t declared = reader->member->size_bytes;
    *got = 0;
    if (offset != reader->made)
        return gm_fail(reterr, GM_IO, "not-forward", NULL, offset);
    if (size > declared - reader->made)
        size = (size_t)(declared - reader->made);
    while (*got < size && !reader->ended) {
        size_t made;
        gm_status status = step(reader, (uint8_t *)buffer + *got, size - *got, &made, reterr);
        if (status != GM_OK)
            return status;
        *got += made;
    }
    if (reader->made == declared)
        return check_end(reader, reterr);
    if (reader->ended && !source->damage)
        end(reader, "member-shorter");
    return GM_OK;
}

gm_member_reader *gm_member_reader_new(const gm_archive *archive)
{
    gm_member_reader *reader = malloc(sizeof *reader);
    if (!reader)
        return NULL;
    reader->archive = archive;
    reader->inflate = gm_inflate_new();
    if (!reader->inflate) {
        free(reader);
        return NULL;
    }
    return reader;
}

void gm_member_reader_free(gm_member_reader *reader)
{
    if (reader)
        gm_inflate_free(reader->inflate);
    free(reader);
}

gm_source *gm_member_open(gm_member_reader *reader, const gm_member *member)
{
    reader->source = (gm_source){.read = member->deflated ? deflated_read : stored_read,
                                 .close = close_nothing,
                                 .size_bytes = member->size_bytes,
                                 .forward_only = member->deflated};
    reader->member = member;
    reader->taken = reader->made = 0;
    reader->crc = 0;
    reader->ended = false;
    reader->pending = (gm_span){reader->input, 0};
    if (member->deflated)
        gm_inflate_reset(reader->inflate);
    return &reader->source;
}
