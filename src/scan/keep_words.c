/* SPDX-License-Identifier: MIT */
/* Tables of host files consist of aligned words: finds those that matter on their way. */
#include <string.h>

#include "hostfile/elf.h"
#include "scan/stream.h"

#define DT_RELA    7u
#define DT_RELASZ  8u
#define WORD_BYTES sizeof(uint64_t)
#define HALF_BYTES sizeof(uint32_t)
#define WORD_BLOCK ((size_t)256)

static uint64_t word_at(const uint8_t *b)
{
    return gm_u64le((gm_span){b, WORD_BYTES}, 0, &(bool){true});
}

/* A word that could be the type of a relocation, or a tag of the dynamic section. */
static void take_number(gm_stream *s, uint64_t offset)
{
    gm_span bytes = gm_stream_from(s, offset);
    if (offset < s->base + 2 * WORD_BYTES || bytes.size < 2 * WORD_BYTES)
        return;
    uint64_t words[3] = {word_at(bytes.data - WORD_BYTES), word_at(bytes.data),
                         word_at(bytes.data + WORD_BYTES)};
    if (gm_elf_maybe_relocation(words, s->own.relative))
        gm_stream_mark(s, offset - WORD_BYTES, offset + 2 * WORD_BYTES);
    /* DT_RELA and DT_RELASZ follow each other; what stands before them matters as well. */
    if (words[1] == DT_RELASZ && word_at(bytes.data - 2 * WORD_BYTES) == DT_RELA)
        gm_stream_mark(s, offset < GM_STREAM_BEHIND ? 0 : offset - GM_STREAM_BEHIND,
                       offset + GM_KEEP_BLOCK);
}

static gm_status take_record(gm_stream *s, uint64_t offset)
{
    gm_pass *pass = s->pass;
    if (!gm_host_is_record(gm_stream_from(s, offset)))
        return GM_OK;
    gm_stream_mark(s, offset, offset + GM_HOST_RECORD_MAX_BYTES);
    if (pass->records.count >= s->context->limits.images_per_library) {
        pass->incomplete = true;
        return GM_OK;
    }
    uint64_t *record = GM_PUSH(pass->arena, &pass->records);
    if (!record)
        return gm_fail(s->reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    *record = offset;
    return GM_OK;
}

static gm_status take_word(gm_stream *s, uint64_t at)
{
    uint64_t word = word_at(s->buffer + (at - s->base));
    gm_status status = GM_OK;
    if (s->own.relative && (word == s->own.relative || word == DT_RELASZ))
        take_number(s, at);
    if ((uint32_t)word == s->own.magic)
        status = take_record(s, at);
    if (status == GM_OK && word >> 32 == s->own.magic)
        status = take_record(s, at + HALF_BYTES);
    return status;
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

/* Could one of the words in the block matter? Nearly always none does, and this loop, which
 * compilers turn into vectors, is most of what a pass costs. */
static bool may_matter(const uint8_t *bytes, uint32_t relative, uint32_t tag, uint32_t magic)
{
    uint32_t any = 0;
    for (size_t i = 0; i < WORD_BLOCK; i += HALF_BYTES) {
        uint32_t half;
        memcpy(&half, bytes + i, sizeof half);
        any |= (uint32_t)(half == relative) | (uint32_t)(half == tag) | (uint32_t)(half == magic);
    }
    return any != 0;
}

gm_status gm_stream_words(gm_stream *s)
{
    uint64_t at = (s->done + WORD_BYTES - 1) / WORD_BYTES * WORD_BYTES;
    const uint32_t magic = as_stored(s->own.magic),
                   relative = s->own.relative ? as_stored(s->own.relative) : magic,
                   tag = s->own.relative ? as_stored(DT_RELASZ) : magic;
    while (at < s->limit) {
        uint64_t end = s->limit - at < WORD_BLOCK ? s->limit : at + WORD_BLOCK;
        bool whole = end - at == WORD_BLOCK;
        if (whole && !may_matter(s->buffer + (at - s->base), relative, tag, magic))
            at = end;
        for (; at < end && s->limit - at >= WORD_BYTES; at += WORD_BYTES) {
            gm_status status = take_word(s, at);
            if (status != GM_OK)
                return status;
        }
        if (!whole)
            break;
    }
    return GM_OK;
}
