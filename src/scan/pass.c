/* SPDX-License-Identifier: MIT */
#include "scan/pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "hostfile/elf.h"

/* The buffer is a window of whole blocks. Whatever begins before `limit` is handled with at least
 * LOOK_AHEAD bytes behind it, and has BEHIND bytes before it. */
#define WINDOW_BYTES ((size_t)256 << 10)
#define LOOK_AHEAD   ((size_t)2 * GM_KEEP_BLOCK)
#define BEHIND       GM_KEEP_BLOCK

/* The first part of the file: its header and, in most files, its segments, notes and names. */
#define HEAD_BYTES ((uint64_t)64 << 10)
/* Enough for the relocations of the largest libraries seen (cuBLASLt: 9 MB). */
#define KEEP_BYTES ((size_t)24 << 20)

/* Containers inside the payload of others, which no honest file has, are followed this deep. */
#define WALKS_MAX 64

#define DT_RELA    7u
#define DT_RELASZ  8u
#define WORD_BYTES sizeof(uint64_t)

#define WINDOW_BLOCKS (WINDOW_BYTES / GM_KEEP_BLOCK)
_Static_assert(LOOK_AHEAD >= GM_FATBIN_NEED_MAX, "a walk must find all that it needs");

struct walk {
    gm_fatbin_walk walk;
    gm_fatbin fatbin;
    size_t index; /* of its place in pass->fatbins */
};

struct running {
    const gm_context *context;
    gm_pass *pass;
    gm_error *reterr;
    uint64_t base; /* offset of the buffer in the file, a multiple of the block size */
    size_t filled;
    bool ended;
    uint64_t done;  /* everything before has been handled */
    uint64_t limit; /* everything before is to be handled now */
    uint64_t total; /* declared size of the stream */
    bool is_elf;
    gm_elf_segment wanted[16]; /* ranges that are kept for what they are */
    size_t wanted_count;
    size_t walk_count;
    struct walk walks[WALKS_MAX];
    bool marked[WINDOW_BLOCKS]; /* blocks of the buffer that are to be kept */
    uint8_t buffer[WINDOW_BYTES];
};

static gm_status no_memory(struct running *run)
{
    return gm_fail(run->reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

/* What is at hand from `offset` on. */
static gm_span bytes_from(const struct running *run, uint64_t offset)
{
    if (offset < run->base || offset - run->base > run->filled)
        return (gm_span){NULL, 0};
    size_t skip = (size_t)(offset - run->base);
    return (gm_span){run->buffer + skip, run->filled - skip};
}

/* Marks the blocks that [from, to) touches, as far as they are at hand. */
static void mark(struct running *run, uint64_t from, uint64_t to)
{
    uint64_t end = run->base + run->filled;
    if (from < run->base)
        from = run->base;
    if (to > end)
        to = end;
    for (uint64_t at = from; at < to; at = (at / GM_KEEP_BLOCK + 1) * GM_KEEP_BLOCK)
        run->marked[(at - run->base) / GM_KEEP_BLOCK] = true;
}

/* Keeps the marked blocks before `new_base` and moves the rest to the front of the buffer. */
static gm_status move_to(struct running *run, uint64_t new_base)
{
    size_t leaving = (size_t)(new_base - run->base) / GM_KEEP_BLOCK;
    for (size_t i = 0; i < leaving; i++) {
        if (!run->marked[i])
            continue;
        uint64_t offset = run->base + i * GM_KEEP_BLOCK;
        gm_span block = bytes_from(run, offset);
        if (block.size > GM_KEEP_BLOCK)
            block.size = GM_KEEP_BLOCK;
        if (!gm_keep_add(&run->pass->keep, offset, block))
            return no_memory(run);
    }
    size_t gone = leaving * GM_KEEP_BLOCK;
    size_t rest = gone < run->filled ? run->filled - gone : 0;
    if (rest)
        memmove(run->buffer, run->buffer + gone, rest);
    memmove(run->marked, run->marked + leaving, WINDOW_BLOCKS - leaving);
    memset(run->marked + WINDOW_BLOCKS - leaving, 0, leaving);
    run->base = new_base;
    run->filled = rest;
    return GM_OK;
}

static gm_status fill(struct running *run, gm_source *source)
{
    uint64_t end = run->base + run->filled;
    size_t room = WINDOW_BYTES - run->filled, got;
    if (room > run->total - end)
        room = (size_t)(run->total - end);
    gm_status status =
        gm_source_read_full(source, end, run->buffer + run->filled, room, &got, run->reterr);
    if (status != GM_OK)
        return status;
    run->filled += got;
    end += got;
    run->ended = got < room || end == run->total;
    run->limit = run->ended ? end : end - LOOK_AHEAD;
    return GM_OK;
}

/* ---- containers ---- */

/* Walks on as far as the bytes at hand reach; false without memory. */
static bool advance(struct running *run, struct walk *walk)
{
    walk->walk.fatbin = &walk->fatbin; /* walks move within their array */
    while (walk->walk.state != GM_WALK_DONE && (run->ended || walk->walk.need_offset < run->limit))
        if (!gm_fatbin_feed(&walk->walk, bytes_from(run, walk->walk.need_offset), run->pass->arena,
                            run->context->limits.images_per_library))
            return false;
    return true;
}

/* Those that began in earlier windows. */
static gm_status walk_on(struct running *run)
{
    for (size_t i = 0; i < run->walk_count;) {
        struct walk *walk = &run->walks[i];
        if (!advance(run, walk))
            return no_memory(run);
        if (walk->walk.state != GM_WALK_DONE) {
            i++;
            continue;
        }
        run->pass->fatbins.items[walk->index] = walk->fatbin;
        *walk = run->walks[--run->walk_count];
    }
    return GM_OK;
}

/* Most containers lie within a window, and their walk ends at once. */
static gm_status start_walk(struct running *run, uint64_t offset)
{
    gm_pass *pass = run->pass;
    if (run->walk_count == WALKS_MAX ||
        pass->fatbins.count >= run->context->limits.images_per_library) {
        pass->incomplete = true;
        return GM_OK;
    }
    gm_fatbin *fatbin = GM_PUSH(pass->arena, &pass->fatbins);
    if (!fatbin)
        return no_memory(run);
    fatbin->offset = offset;
    struct walk *walk = &run->walks[run->walk_count];
    *walk = (struct walk){.index = pass->fatbins.count - 1};
    gm_fatbin_begin(&walk->walk, &walk->fatbin, offset, run->total);
    if (!advance(run, walk))
        return no_memory(run);
    if (walk->walk.state == GM_WALK_DONE)
        *fatbin = walk->fatbin;
    else
        run->walk_count++;
    return GM_OK;
}

static gm_status find_containers(struct running *run)
{
    gm_span bytes = bytes_from(run, run->base);
    size_t last = (size_t)(run->limit - run->base) + GM_FATBIN_MAGIC_BYTES - 1;
    if (bytes.size > last)
        bytes.size = last;
    size_t at = (size_t)(run->done - run->base);
    while ((at = gm_fatbin_find(bytes, at)) < bytes.size) {
        gm_status status = start_walk(run, run->base + at);
        if (status != GM_OK)
            return status;
        at++;
    }
    return GM_OK;
}

/* ---- what to keep of the host file ---- */

static uint64_t word_at(const uint8_t *b)
{
    return gm_u64le((gm_span){b, WORD_BYTES}, 0, &(bool){true});
}

/* A word that could be the type of a relocation, or a tag of the dynamic section. */
static void take_number(struct running *run, uint64_t offset)
{
    gm_span bytes = bytes_from(run, offset);
    if (offset < run->base + 2 * WORD_BYTES || bytes.size < 2 * WORD_BYTES)
        return;
    uint64_t words[3] = {word_at(bytes.data - WORD_BYTES), word_at(bytes.data),
                         word_at(bytes.data + WORD_BYTES)};
    if (gm_elf_maybe_relocation(words))
        mark(run, offset - WORD_BYTES, offset + 2 * WORD_BYTES);
    /* DT_RELA and DT_RELASZ follow each other; what stands before them matters as well. */
    if (words[1] == DT_RELASZ && word_at(bytes.data - 2 * WORD_BYTES) == DT_RELA)
        mark(run, offset < BEHIND ? 0 : offset - BEHIND, offset + GM_KEEP_BLOCK);
}

static gm_status take_record(struct running *run, uint64_t offset)
{
    gm_pass *pass = run->pass;
    if (!gm_elf_is_record(bytes_from(run, offset)))
        return GM_OK;
    mark(run, offset, offset + GM_ELF_RECORD_BYTES);
    if (pass->records.count >= run->context->limits.images_per_library) {
        pass->incomplete = true;
        return GM_OK;
    }
    uint64_t *record = GM_PUSH(pass->arena, &pass->records);
    if (!record)
        return no_memory(run);
    *record = offset;
    return GM_OK;
}

static gm_status take_word(struct running *run, uint64_t at)
{
    uint64_t word = word_at(run->buffer + (at - run->base));
    if (word == GM_ELF_R_X86_64_RELATIVE || word == GM_ELF_R_AARCH64_RELATIVE)
        take_number(run, at);
    return (uint32_t)word == GM_ELF_RECORD_MAGIC ? take_record(run, at) : GM_OK;
}

/* `value` as its four little-endian bytes look to this machine. */
static inline uint32_t as_stored(uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 24)};
    uint32_t stored;
    memcpy(&stored, bytes, sizeof stored);
    return stored;
}

#define WORD_BLOCK ((size_t)256)

/* Could one of the words in the block matter? Nearly always none does, and this loop, which
 * compilers turn into vectors, is most of what a pass costs. */
static bool may_matter(const uint8_t *bytes)
{
    uint32_t halves[WORD_BLOCK / sizeof(uint32_t)], any = 0;
    const uint32_t x86 = as_stored(GM_ELF_R_X86_64_RELATIVE),
                   arm = as_stored(GM_ELF_R_AARCH64_RELATIVE),
                   magic = as_stored(GM_ELF_RECORD_MAGIC);
    memcpy(halves, bytes, sizeof halves);
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
        any |= (uint32_t)(halves[i] == x86) | (uint32_t)(halves[i] == arm) |
               (uint32_t)(halves[i] == magic);
    return any != 0;
}

/* Tables of the host file consist of aligned words. */
static gm_status find_words(struct running *run)
{
    uint64_t at = (run->done + WORD_BYTES - 1) / WORD_BYTES * WORD_BYTES;
    while (at < run->limit) {
        uint64_t end = run->limit - at < WORD_BLOCK ? run->limit : at + WORD_BLOCK;
        bool whole = end - at == WORD_BLOCK;
        if (whole && !may_matter(run->buffer + (at - run->base)))
            at = end;
        for (; at < end && run->limit - at >= WORD_BYTES; at += WORD_BYTES) {
            gm_status status = take_word(run, at);
            if (status != GM_OK)
                return status;
        }
        if (!whole)
            break;
    }
    return GM_OK;
}

/* All section names that matter hold "fatbin" in some spelling. */
static void find_names(struct running *run)
{
    const uint8_t *begin = run->buffer + (run->done - run->base);
    const uint8_t *end = run->buffer + (run->limit - run->base);
    /* By the 'n' of "tbin", the rarest of its bytes in libraries. */
    for (const uint8_t *at = begin; at < end; at++) {
        at = memchr(at, 'n', (size_t)(end - at));
        if (!at)
            return;
        uint64_t offset = run->base + (uint64_t)(at - run->buffer);
        if (offset < 3 || at[-1] != 'i' || (at[-2] | 0x20) != 'b' || at[-3] != 't')
            continue;
        offset -= 3;
        mark(run, offset < 32 ? 0 : offset - 32, offset + 32);
    }
}

static void want(struct running *run, uint64_t offset, uint64_t bytes)
{
    if (bytes && run->wanted_count < sizeof run->wanted / sizeof *run->wanted)
        run->wanted[run->wanted_count++] = (gm_elf_segment){.offset = offset, .bytes = bytes};
}

/* Headers at the start of the file say where other tables will come. */
static void read_head(struct running *run)
{
    gm_elf_header header;
    gm_elf_header_read(bytes_from(run, 0), &header);
    run->is_elf = header.is_elf;
    if (!header.is_elf)
        return;
    want(run, 0, HEAD_BYTES);
    want(run, header.segments_offset, (uint64_t)header.segment_count * header.segment_bytes);
    if (header.sections_offset)
        want(run, header.sections_offset, gm_elf_sections_bound(&header, &run->context->limits));
    for (size_t i = 0; i < header.segment_count; i++) {
        uint32_t type;
        gm_elf_segment segment;
        gm_span bytes = bytes_from(run, header.segments_offset + i * GM_ELF_SEGMENT_BYTES);
        if (gm_elf_segment_read(bytes, &type, &segment) &&
            (type == GM_ELF_PT_DYNAMIC || type == GM_ELF_PT_NOTE))
            want(run, segment.offset, segment.bytes);
    }
}

static void keep_wanted(struct running *run)
{
    for (size_t i = 0; i < run->wanted_count; i++) {
        const gm_elf_segment *range = &run->wanted[i];
        uint64_t end =
            range->bytes > UINT64_MAX - range->offset ? UINT64_MAX : range->offset + range->bytes;
        if (range->offset < run->limit && end > run->done)
            mark(run, range->offset, end);
    }
}

static gm_status handle_window(struct running *run)
{
    gm_status status = walk_on(run);
    if (status == GM_OK)
        status = find_containers(run);
    if (status != GM_OK || !run->is_elf)
        return status;
    keep_wanted(run);
    find_names(run);
    return find_words(run);
}

static gm_status next_window(struct running *run, gm_source *source, const char *path)
{
    const gm_context *context = run->context;
    gm_status status = fill(run, source);
    if (status != GM_OK)
        return status;
    if (run->done == 0)
        read_head(run);
    status = handle_window(run);
    if (status != GM_OK)
        return status;
    run->done = run->limit;
    if (context->progress)
        context->progress(context->user, path, run->done, run->total);
    if (gm_context_cancelled(context))
        return gm_fail(run->reterr, GM_CANCELLED, "cancelled", path, GM_OFFSET_NONE);
    uint64_t end = run->base + run->filled;
    uint64_t behind = run->done < BEHIND ? 0 : (run->done - BEHIND) / GM_KEEP_BLOCK * GM_KEEP_BLOCK;
    return move_to(run,
                   run->ended ? (end + GM_KEEP_BLOCK - 1) / GM_KEEP_BLOCK * GM_KEEP_BLOCK : behind);
}

gm_status gm_pass_run(const gm_context *context, gm_source *source, gm_span head, const char *path,
                      gm_arena *arena, gm_pass *ret_pass, gm_error *reterr)
{
    struct running *run = malloc(sizeof *run);
    *ret_pass = (gm_pass){.arena = arena};
    gm_keep_begin(&ret_pass->keep, arena, KEEP_BYTES);
    if (!run)
        return gm_fail(reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    memset(run, 0, offsetof(struct running, buffer));
    run->context = context;
    run->pass = ret_pass;
    run->reterr = reterr;
    run->total = source->size_bytes;
    run->filled = head.size < WINDOW_BYTES ? head.size : WINDOW_BYTES;
    if (run->filled)
        memcpy(run->buffer, head.data, run->filled);
    gm_status status = GM_OK;
    while (status == GM_OK && !run->ended)
        status = next_window(run, source, path);
    ret_pass->file_bytes = run->done;
    ret_pass->incomplete = ret_pass->incomplete || ret_pass->keep.over_limit;
    free(run);
    return status;
}
