/* SPDX-License-Identifier: MIT */
#include "scan/pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "scan/deep.h"

/* Enough for the relocations of the largest libraries seen (cuBLASLt: 9 MB). */
#define KEEP_BYTES ((size_t)24 << 20)

/* Containers inside the payload of others, which no honest file has, are followed this deep. */
#define WALKS_MAX 64

#define WINDOW_BLOCKS (GM_STREAM_WINDOW / GM_KEEP_BLOCK)
_Static_assert(GM_STREAM_LOOK_AHEAD >= GM_FATBIN_NEED_MAX, "a walk must find all that it needs");

struct walk {
    gm_fatbin_walk walk;
    gm_fatbin fatbin;
    size_t index; /* of its place in pass->fatbins */
};

struct running {
    const gm_keeper *keeper;
    gm_deep *deep; /* NULL: payloads do not matter */
    size_t walk_count;
    struct walk walks[WALKS_MAX];
    gm_stream stream;
};

static gm_status no_memory(gm_stream *s)
{
    return gm_fail(s->reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

gm_span gm_stream_from(const gm_stream *s, uint64_t offset)
{
    if (offset < s->base || offset - s->base > s->filled)
        return (gm_span){NULL, 0};
    size_t skip = (size_t)(offset - s->base);
    return (gm_span){s->buffer + skip, s->filled - skip};
}

void gm_stream_mark(gm_stream *s, uint64_t from, uint64_t to)
{
    uint64_t end = s->base + s->filled;
    if (from < s->base)
        from = s->base;
    if (to > end)
        to = end;
    for (uint64_t at = from; at < to; at = (at / GM_KEEP_BLOCK + 1) * GM_KEEP_BLOCK)
        s->marked[(at - s->base) / GM_KEEP_BLOCK] = true;
}

void gm_stream_want(gm_stream *s, uint64_t offset, uint64_t bytes)
{
    if (bytes && s->wanted_count < sizeof s->wanted / sizeof *s->wanted)
        s->wanted[s->wanted_count++] = (gm_host_segment){.offset = offset, .bytes = bytes};
}

/* Keeps the marked blocks before `new_base` and moves the rest to the front of the buffer. */
static gm_status move_to(gm_stream *s, uint64_t new_base)
{
    size_t leaving = (size_t)(new_base - s->base) / GM_KEEP_BLOCK;
    for (size_t i = 0; i < leaving; i++) {
        if (!s->marked[i])
            continue;
        uint64_t offset = s->base + i * GM_KEEP_BLOCK;
        gm_span block = gm_stream_from(s, offset);
        if (block.size > GM_KEEP_BLOCK)
            block.size = GM_KEEP_BLOCK;
        if (!gm_keep_add(&s->pass->keep, offset, block))
            return no_memory(s);
    }
    size_t gone = leaving * GM_KEEP_BLOCK;
    size_t rest = gone < s->filled ? s->filled - gone : 0;
    if (rest)
        memmove(s->buffer, s->buffer + gone, rest);
    memmove(s->marked, s->marked + leaving, WINDOW_BLOCKS - leaving);
    memset(s->marked + WINDOW_BLOCKS - leaving, 0, leaving);
    s->base = new_base;
    s->filled = rest;
    return GM_OK;
}

static gm_status fill(gm_stream *s, gm_source *source)
{
    uint64_t end = s->base + s->filled;
    size_t room = GM_STREAM_WINDOW - s->filled, got;
    if (room > s->total - end)
        room = (size_t)(s->total - end);
    gm_status status =
        gm_source_read_full(source, end, s->buffer + s->filled, room, &got, s->reterr);
    if (status != GM_OK)
        return status;
    s->filled += got;
    end += got;
    s->ended = got < room || end == s->total;
    s->limit = s->ended ? end : end - GM_STREAM_LOOK_AHEAD;
    return GM_OK;
}

/* ---- containers ---- */

/* Walks on as far as the bytes at hand reach; false without memory. */
static bool advance(struct running *run, struct walk *walk)
{
    gm_stream *s = &run->stream;
    walk->walk.fatbin = &walk->fatbin; /* walks move within their array */
    while (walk->walk.state != GM_WALK_DONE && (s->ended || walk->walk.need_offset < s->limit)) {
        size_t before = walk->fatbin.entries.count;
        if (!gm_fatbin_feed(&walk->walk, gm_stream_from(s, walk->walk.need_offset), s->pass->arena,
                            s->context->limits.images_per_library))
            return false;
        if (run->deep && walk->fatbin.entries.count > before &&
            !gm_deep_image(run->deep, s, &walk->fatbin.entries.items[before].image))
            return false;
    }
    return true;
}

/* Those that began in earlier windows. */
static gm_status walk_on(struct running *run)
{
    for (size_t i = 0; i < run->walk_count;) {
        struct walk *walk = &run->walks[i];
        if (!advance(run, walk))
            return no_memory(&run->stream);
        if (walk->walk.state != GM_WALK_DONE) {
            i++;
            continue;
        }
        run->stream.pass->fatbins.items[walk->index] = walk->fatbin;
        *walk = run->walks[--run->walk_count];
    }
    return GM_OK;
}

/* Most containers lie within a window, and their walk ends at once. */
static gm_status start_walk(struct running *run, uint64_t offset)
{
    gm_pass *pass = run->stream.pass;
    if (run->walk_count == WALKS_MAX ||
        pass->fatbins.count >= run->stream.context->limits.images_per_library) {
        pass->incomplete = true;
        return GM_OK;
    }
    gm_fatbin *fatbin = GM_PUSH(pass->arena, &pass->fatbins);
    if (!fatbin)
        return no_memory(&run->stream);
    fatbin->offset = offset;
    struct walk *walk = &run->walks[run->walk_count];
    *walk = (struct walk){.index = pass->fatbins.count - 1};
    gm_fatbin_begin(&walk->walk, &walk->fatbin, offset, run->stream.total);
    if (!advance(run, walk))
        return no_memory(&run->stream);
    if (walk->walk.state == GM_WALK_DONE)
        *fatbin = walk->fatbin;
    else
        run->walk_count++;
    return GM_OK;
}

static gm_status find_containers(struct running *run)
{
    gm_span bytes = gm_stream_from(&run->stream, run->stream.base);
    size_t last = (size_t)(run->stream.limit - run->stream.base) + GM_FATBIN_MAGIC_BYTES - 1;
    if (bytes.size > last)
        bytes.size = last;
    size_t at = (size_t)(run->stream.done - run->stream.base);
    while ((at = gm_fatbin_find(bytes, at)) < bytes.size) {
        gm_status status = start_walk(run, run->stream.base + at);
        if (status != GM_OK)
            return status;
        at++;
    }
    return GM_OK;
}

static void keep_wanted(gm_stream *s)
{
    for (size_t i = 0; i < s->wanted_count; i++) {
        const gm_host_segment *range = &s->wanted[i];
        uint64_t end =
            range->bytes > UINT64_MAX - range->offset ? UINT64_MAX : range->offset + range->bytes;
        if (range->offset < s->limit && end > s->done)
            gm_stream_mark(s, range->offset, end);
    }
}

static gm_status handle_window(struct running *run)
{
    const gm_keeper *keeper = run->keeper;
    gm_status status = walk_on(run);
    if (status == GM_OK)
        status = find_containers(run);
    if (status == GM_OK && keeper && keeper->window)
        status = keeper->window(&run->stream);
    if (status == GM_OK)
        keep_wanted(&run->stream);
    if (status == GM_OK && run->deep && !gm_deep_window(run->deep, &run->stream))
        status = no_memory(&run->stream);
    return status;
}

static gm_status next_window(struct running *run, gm_source *source, const char *path)
{
    gm_stream *s = &run->stream;
    const gm_context *context = s->context;
    gm_status status = fill(s, source);
    if (status != GM_OK)
        return status;
    if (s->done == 0 && run->keeper)
        run->keeper->begin(s);
    status = handle_window(run);
    if (status != GM_OK)
        return status;
    s->done = s->limit;
    if (context->progress)
        context->progress(context->user, path, s->done, s->total);
    if (gm_context_cancelled(context))
        return gm_fail(s->reterr, GM_CANCELLED, "cancelled", path, GM_OFFSET_NONE);
    uint64_t end = s->base + s->filled;
    uint64_t behind = s->done < GM_STREAM_BEHIND
                          ? 0
                          : (s->done - GM_STREAM_BEHIND) / GM_KEEP_BLOCK * GM_KEEP_BLOCK;
    return move_to(s,
                   s->ended ? (end + GM_KEEP_BLOCK - 1) / GM_KEEP_BLOCK * GM_KEEP_BLOCK : behind);
}

gm_status gm_pass_run(const gm_context *context, gm_source *source, gm_span head,
                      const gm_keeper *keeper, gm_arena *deep, const char *path, gm_arena *arena,
                      gm_pass *ret_pass, gm_error *reterr)
{
    struct running *run = malloc(sizeof *run);
    *ret_pass = (gm_pass){.arena = arena};
    gm_keep_begin(&ret_pass->keep, arena, KEEP_BYTES);
    if (!run)
        return gm_fail(reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    memset(run, 0, offsetof(struct running, stream.buffer));
    gm_stream *s = &run->stream;
    run->keeper = keeper;
    s->context = context;
    s->pass = ret_pass;
    s->reterr = reterr;
    s->total = source->size_bytes;
    s->filled = head.size < GM_STREAM_WINDOW ? head.size : GM_STREAM_WINDOW;
    if (s->filled)
        memcpy(s->buffer, head.data, s->filled);
    run->deep = deep ? gm_deep_new(ret_pass, deep, &context->limits) : NULL;
    s->deep = deep != NULL;
    gm_status status = deep && !run->deep ? no_memory(s) : GM_OK;
    while (status == GM_OK && !s->ended)
        status = next_window(run, source, path);
    gm_deep_free(run->deep);
    gm_deep_sort(ret_pass);
    ret_pass->file_bytes = s->done;
    ret_pass->incomplete = ret_pass->incomplete || ret_pass->keep.over_limit;
    free(run);
    return status;
}
