/* SPDX-License-Identifier: MIT */
#include "scan/deep.h"

#include <stdlib.h>
#include <string.h>

#include "gpucode/payload.h"
#include "gpucode/unpack.h"

/* Payloads that are gathered at one time, and the memory of them all. */
#define GATHERED_MAX   32
#define GATHERED_BYTES ((uint64_t)24 << 20)
#define HEADER_BYTES   ((size_t)64)
#define SECTION_BYTES  64u
#define SEGMENT_BYTES  56u
#define MACHINE_CUDA   190u
#define PACKED_RAW_MAX ((uint64_t)16 << 20) /* the largest seen has 15 MB (cuBLASLt 13) */
#define FRAME_HEAD_MIN ((size_t)18)         /* largest header of a frame */

/* One payload on its way. A packed cubin, whose stored size is not known, is unpacked meanwhile. */
struct gathered {
    gm_image image;
    bool bare; /* of no container */
    uint8_t *bytes;
    size_t filled, room;
    uint64_t taken; /* packed cubin: bytes of the frame so far */
    gm_unpacker *unpacker;
};

struct gm_deep {
    gm_pass *pass;
    gm_arena *arena; /* of payloads */
    size_t limit;
    size_t count;
    struct gathered gathered[GATHERED_MAX];
};

gm_deep *gm_deep_new(gm_pass *pass, gm_arena *arena, const gm_limits *limits)
{
    gm_deep *deep = calloc(1, sizeof *deep);
    if (deep) {
        deep->pass = pass;
        deep->arena = arena;
        deep->limit = limits->images_per_library;
    }
    return deep;
}

static void drop(gm_deep *deep, size_t index)
{
    struct gathered *one = &deep->gathered[index];
    gm_unpacker_free(one->unpacker);
    free(one->bytes);
    *one = deep->gathered[--deep->count];
}

void gm_deep_free(gm_deep *deep)
{
    while (deep && deep->count)
        drop(deep, 0);
    free(deep);
}

/* A place for one more, with `room` bytes; NULL where there are too many: they are not looked into.
 */
static struct gathered *begin(gm_deep *deep, const gm_image *image, uint64_t room)
{
    uint64_t all = room;
    for (size_t i = 0; i < deep->count; i++) {
        all += deep->gathered[i].room;
        if (deep->gathered[i].image.offset == image->offset)
            return NULL;
    }
    if (deep->count == GATHERED_MAX || all > GATHERED_BYTES)
        return NULL;
    uint8_t *bytes = malloc((size_t)room);
    if (!bytes)
        return NULL;
    struct gathered *one = &deep->gathered[deep->count++];
    *one = (struct gathered){.image = *image, .bytes = bytes, .room = (size_t)room};
    return one;
}

static bool keep_bare(gm_deep *deep, const gm_image *image, const gm_payload *payload)
{
    gm_image *bare = payload ? GM_PUSH(deep->pass->arena, &deep->pass->bare) : NULL;
    if (!bare)
        return payload == NULL;
    *bare = *image;
    bare->target = payload->target;
    bare->payload = payload;
    return true;
}

/* `bytes`: the whole payload, unpacked already where it was packed and bare. */
static bool look(gm_deep *deep, const gm_image *image, bool bare, bool unpacked, gm_span bytes)
{
    const gm_payload *payload;
    gm_pass *pass = deep->pass;
    gm_image as_is = *image;
    if (unpacked)
        as_is.compression = GM_COMPRESSION_NONE;
    if (pass->payloads.count >= deep->limit || pass->bare.count >= deep->limit) {
        pass->incomplete = true;
        return true;
    }
    if (!gm_payload_read(&as_is, bytes, deep->arena, &payload))
        return false;
    if (bare)
        return keep_bare(deep, image, payload);
    gm_pass_payload *kept = GM_PUSH(pass->arena, &pass->payloads);
    if (kept)
        *kept = (gm_pass_payload){image->offset, payload};
    return kept != NULL;
}

/* Most payloads are at hand as a whole; others are gathered. */
static bool look_or_gather(gm_deep *deep, const gm_stream *s, const gm_image *image, bool bare)
{
    if (!gm_payload_readable(image))
        return true;
    gm_span bytes = gm_stream_from(s, image->offset);
    if (bytes.size >= image->stored_bytes)
        return look(deep, image, bare, false, gm_span_part(bytes, 0, image->stored_bytes));
    struct gathered *one = begin(deep, image, image->stored_bytes);
    if (one)
        one->bare = bare;
    return true;
}

bool gm_deep_image(gm_deep *deep, const gm_stream *stream, const gm_image *image)
{
    return look_or_gather(deep, stream, image, false);
}

/* Is this the payload of an image? Those of this window were found last. */
static bool is_known(const gm_deep *deep, const gm_stream *s, uint64_t offset)
{
    for (size_t i = 0; i < deep->count; i++)
        if (deep->gathered[i].image.offset == offset)
            return true;
    for (size_t i = deep->pass->payloads.count; i > 0; i--) {
        const gm_pass_payload *one = &deep->pass->payloads.items[i - 1];
        if (one->offset == offset)
            return true;
        if (one->offset < s->done)
            return false;
    }
    return false;
}

/* ---- cubins in no container ---- */

static bool is_cubin(gm_span bytes)
{
    static const uint8_t magic[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    bool ok = bytes.size >= HEADER_BYTES && !memcmp(bytes.data, magic, sizeof magic);
    return ok && gm_u16le(bytes, 18, &ok) == MACHINE_CUDA;
}

/* How far the tables of a cubin reach, which stand at its end; 0 when they make no sense. */
static uint64_t cubin_bytes(gm_span bytes)
{
    bool ok = true;
    uint64_t segments = gm_u64le(bytes, 32, &ok), sections = gm_u64le(bytes, 40, &ok);
    uint64_t segment_count = gm_u16le(bytes, 56, &ok), section_count = gm_u16le(bytes, 60, &ok);
    if (!ok || section_count == 0 || gm_u16le(bytes, 58, &ok) != SECTION_BYTES ||
        sections > GM_PAYLOAD_STORED_MAX || segments > GM_PAYLOAD_STORED_MAX)
        return 0;
    uint64_t end = sections + section_count * SECTION_BYTES;
    uint64_t other = segment_count ? segments + segment_count * SEGMENT_BYTES : 0;
    return end > other ? end : other;
}

static bool begin_bare(gm_deep *deep, const gm_stream *s, uint64_t offset)
{
    gm_span bytes = gm_stream_from(s, offset);
    uint64_t size = is_cubin(bytes) ? cubin_bytes(bytes) : 0;
    gm_image image = {
        .kind = GM_IMAGE_SASS, .offset = offset, .stored_bytes = size, .raw_bytes = size};
    return size < HEADER_BYTES || is_known(deep, s, offset) ||
           look_or_gather(deep, s, &image, true);
}

static void begin_packed(gm_deep *deep, const gm_stream *s, uint64_t offset)
{
    gm_span bytes = gm_stream_from(s, offset);
    uint64_t size = bytes.size >= FRAME_HEAD_MIN ? gm_unpack_declared(bytes) : 0;
    gm_image image = {.kind = GM_IMAGE_SASS,
                      .compression = GM_COMPRESSION_ZSTD,
                      .offset = offset,
                      .raw_bytes = size};
    if (size < HEADER_BYTES || size > PACKED_RAW_MAX || is_known(deep, s, offset))
        return;
    struct gathered *one = begin(deep, &image, size);
    if (!one)
        return;
    one->bare = true;
    one->unpacker = gm_unpacker_new(one->bytes, one->room);
    if (!one->unpacker)
        drop(deep, deep->count - 1);
}

static bool find_bare(gm_deep *deep, const gm_stream *s)
{
    static const uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd};
    const uint8_t *from = s->buffer + (s->done - s->base), *end = s->buffer + (s->limit - s->base);
    for (const uint8_t *at = from; at < end && (at = memchr(at, 0x7f, (size_t)(end - at))); at++)
        if (!begin_bare(deep, s, s->base + (uint64_t)(at - s->buffer)))
            return false;
    for (const uint8_t *at = from; at < end && (at = memchr(at, frame[0], (size_t)(end - at)));
         at++) {
        uint64_t offset = s->base + (uint64_t)(at - s->buffer);
        gm_span bytes = gm_stream_from(s, offset);
        if (bytes.size >= sizeof frame && !memcmp(bytes.data, frame, sizeof frame))
            begin_packed(deep, s, offset);
    }
    return true;
}

/* ---- gathering ---- */

static bool finish(gm_deep *deep, struct gathered *one)
{
    if (one->unpacker) {
        one->image.stored_bytes = one->taken;
        one->image.raw_bytes = one->filled;
    }
    return look(deep, &one->image, one->bare, one->unpacker != NULL,
                (gm_span){one->bytes, one->filled});
}

/* Takes what is at hand; true when the payload is complete. `*ret_broken`: it is none. */
static bool take(struct gathered *one, const gm_stream *s, bool *ret_broken)
{
    uint64_t at = one->image.offset + (one->unpacker ? one->taken : one->filled);
    if (at >= s->limit)
        return false;
    gm_span bytes = gm_stream_from(s, at);
    if (bytes.size > s->limit - at)
        bytes.size = (size_t)(s->limit - at);
    if (one->unpacker) {
        size_t used = 0;
        gm_unpacked state = gm_unpacker_take(one->unpacker, bytes, &used, &one->filled);
        one->taken += used;
        *ret_broken = state == GM_UNPACK_BROKEN || (one->filled >= HEADER_BYTES &&
                                                    !is_cubin((gm_span){one->bytes, one->filled}));
        return !*ret_broken && state == GM_UNPACK_END;
    }
    size_t size = one->room - one->filled;
    if (bytes.size < size)
        size = bytes.size;
    memcpy(one->bytes + one->filled, bytes.data, size);
    one->filled += size;
    return one->filled == one->room;
}

static bool gather(gm_deep *deep, const gm_stream *s)
{
    for (size_t i = 0; i < deep->count;) {
        bool broken = false, whole = take(&deep->gathered[i], s, &broken);
        if (whole && !finish(deep, &deep->gathered[i]))
            return false;
        if (whole || broken)
            drop(deep, i);
        else
            i++;
    }
    return true;
}

/* What began earlier comes first: it makes room. */
bool gm_deep_window(gm_deep *deep, const gm_stream *stream)
{
    return gather(deep, stream) && find_bare(deep, stream) && gather(deep, stream);
}

static int by_offset(const void *a, const void *b)
{
    const gm_pass_payload *left = a, *right = b;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static int bare_by_offset(const void *a, const void *b)
{
    const gm_image *left = a, *right = b;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

void gm_deep_sort(gm_pass *pass)
{
    if (pass->payloads.count)
        qsort(pass->payloads.items, pass->payloads.count, sizeof *pass->payloads.items, by_offset);
    if (pass->bare.count)
        qsort(pass->bare.items, pass->bare.count, sizeof *pass->bare.items, bare_by_offset);
}

bool gm_deep_payload(const gm_pass *pass, uint64_t offset, const gm_payload **ret_payload)
{
    gm_pass_payload key = {offset, NULL};
    const gm_pass_payload *found = pass->payloads.count
                                       ? bsearch(&key, pass->payloads.items, pass->payloads.count,
                                                 sizeof *pass->payloads.items, by_offset)
                                       : NULL;
    *ret_payload = found ? found->payload : NULL;
    return found != NULL;
}
