/* SPDX-License-Identifier: MIT */
/* Finds the patterns of the table in one pass over the text. Blanks do not count, so that a message
 * is found wherever its lines are broken: the last four characters that are not blanks are looked
 * up as an anchor, and only where one fits is a pattern compared. */
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "explain/internal.h"

#define GAP_BYTES_MAX 400 /* of anything between two pieces of one message */
#define GAP_WORK_MAX                                                                               \
    ((size_t)64 << 20) /* bytes looked at in gaps, in all: hostile text ends there */
#define FACTS_PER_ROW 32

struct search {
    const gm_catalog *catalog;
    const gm_flat *flat;
    gm_hit *hit;
    size_t *gap_work; /* bytes that may still be looked at in gaps */
    bool join;
};

const char *gm_messages_text(uint32_t offset)
{
    return offset ? (const char *)gm_messages_pool + offset : NULL;
}

const gm_message_row *gm_messages_by_error(unsigned number)
{
    for (uint32_t i = 0; number && i < gm_messages_count; i++) {
        const char *at = gm_messages_text(gm_messages[i].error);
        while (at) {
            if (strtoul(at, NULL, 10) == number)
                return &gm_messages[i];
            at = strpbrk(at, "|,");
            at = at ? at + 1 : NULL;
        }
    }
    return NULL;
}

bool gm_message_fails(const gm_message_row *row)
{
    const char *kind = gm_messages_text(row->kind);
    return !strcmp(kind, "error") || !strcmp(kind, "warning");
}

bool gm_message_needs_nothing(const gm_message_row *row)
{
    const char *action = gm_messages_text(row->action);
    return action && !strcmp(action, "nothing");
}

static bool is_gap(gm_field field)
{
    return field == GM_FIELD_any || field == GM_FIELD_device;
}

static void capture(struct search *s, gm_capture captured)
{
    while (captured.size && gm_flat_blank(s->flat->text[captured.at + captured.size - 1]))
        captured.size--;
    if (s->hit->capture_count < GM_CAPTURES_MAX)
        s->hit->captures[s->hit->capture_count++] = captured;
}

/* Matches literals and fields from `*pattern` up to the next gap or the end; returns where the
 * text goes on, 0 when it does not fit. */
static size_t match_piece(struct search *s, const char **pattern, size_t at)
{
    const char *p = *pattern;
    while (*p) {
        if (*p != GM_PATTERN_FIELD) {
            while (at < s->flat->size && gm_flat_blank(s->flat->text[at]))
                at++;
            if (at >= s->flat->size || gm_ascii_lower(s->flat->text[at]) != *p)
                return 0;
            at++;
            p++;
            continue;
        }
        gm_field field = (gm_field)p[1];
        if (is_gap(field))
            break;
        gm_capture captured;
        at = gm_field_read(s->flat, at, field, s->join, &captured);
        if (!at)
            return 0;
        capture(s, captured);
        p += 2;
    }
    *pattern = p;
    return at;
}

/* The nearest place from `at` on where the piece after a gap fits. */
static size_t match_gap(struct search *s, const char **pattern, size_t at)
{
    gm_field field = (gm_field)(*pattern)[1];
    const char *piece = *pattern + 2;
    size_t most = field == GM_FIELD_device ? GM_DEVICE_BYTES_MAX : GAP_BYTES_MAX;
    while (at < s->flat->size && gm_flat_blank(s->flat->text[at]))
        at++;
    for (size_t gap = 0; gap <= most && at + gap<s->flat->size && * s->gap_work> 0; gap++) {
        size_t captures = s->hit->capture_count;
        --*s->gap_work;
        if (gm_ascii_lower(s->flat->text[at + gap]) != *piece)
            continue;
        if (field == GM_FIELD_device)
            capture(s, (gm_capture){field, at, gap, true});
        const char *rest = piece;
        size_t end = match_piece(s, &rest, at + gap);
        if (end) {
            *pattern = rest;
            return end;
        }
        s->hit->capture_count = captures;
    }
    return 0;
}

/* The name before the first piece: back to the start of the line or to ": ", further when a known
 * GPU's name begins there. */
static void match_first(struct search *s)
{
    const char *text = s->flat->text;
    size_t end = s->hit->at, lowest = end > GM_DEVICE_BYTES_MAX ? end - GM_DEVICE_BYTES_MAX : 0,
           start;
    while (end > lowest && gm_flat_blank(text[end - 1]))
        end--;
    for (start = end; start > lowest && text[start - 1] != '\n'; start--)
        if (start >= 2 && text[start - 2] == ':' && gm_flat_blank(text[start - 1]))
            break;
    for (size_t at = lowest; at < start; at++) {
        gm_gpu gpu;
        gm_capture name = {GM_FIELD_device, at, end - at, true};
        if ((at == 0 || gm_flat_blank(text[at - 1])) &&
            gm_capture_gpu(s->catalog, s->flat, &name, &gpu)) {
            start = at;
            break;
        }
    }
    capture(s, (gm_capture){GM_FIELD_device, start, end - start, true});
    s->hit->at = start;
}

static bool borders_fit(const gm_flat *flat, uint32_t border, size_t at, size_t end)
{
    if ((border & GM_BORDER_START) && at > 0 && gm_flat_word(flat->text[at - 1]))
        return false;
    return !(border & GM_BORDER_END) || end >= flat->size || !gm_flat_word(flat->text[end]);
}

struct pass {
    const gm_catalog *catalog;
    const gm_flat *flat;
    gm_arena *arena;
    gm_hits *hits;
    uint8_t *seen;  /* hits per row */
    uint32_t *last; /* place of the last one, counted from 1 */
    size_t gap_work;
};

static bool match(struct pass *pass, const gm_message_pattern *pattern, size_t start, bool join,
                  gm_hit *hit)
{
    const char *p = gm_messages_text(pattern->text);
    struct search search = {pass->catalog, pass->flat, hit, &pass->gap_work, join};
    *hit = (gm_hit){.row = &gm_messages[pattern->row], .at = start};
    size_t at = match_piece(&search, &p, start);
    while (at && *p)
        at = match_gap(&search, &p, at);
    hit->end = at;
    if (!at || !borders_fit(pass->flat, pattern->border, start, at))
        return false;
    if (pattern->first == GM_FIELD_device)
        match_first(&search);
    return true;
}

/* Where the first piece begins whose anchor ends before `end`. */
static size_t piece_start(const gm_flat *flat, size_t end, size_t bytes)
{
    size_t at = end;
    while (at > 0 && bytes > 0)
        if (!gm_flat_blank(flat->text[--at]))
            bytes--;
    return bytes ? SIZE_MAX : at;
}

static gm_hit *last_hit(const struct pass *pass, uint32_t row)
{
    size_t place = pass->last[row];
    return place ? &pass->hits->items[place - 1] : NULL;
}

static bool try_pattern(struct pass *pass, const gm_message_pattern *pattern, size_t end)
{
    const char *kind = gm_messages_text(gm_messages[pattern->row].kind);
    gm_hit *last = last_hit(pass, pattern->row), hit;
    size_t start = piece_start(pass->flat, end, pattern->before + GM_ANCHOR_BYTES);
    bool enough = pass->seen[pattern->row] >= (strcmp(kind, "fact") ? 1 : FACTS_PER_ROW);
    if (start == SIZE_MAX || (enough && start >= last->end) ||
        (!match(pass, pattern, start, false, &hit) && !match(pass, pattern, start, true, &hit)))
        return true;
    /* Two ways to write one message at one place: the longer one says more. */
    if (last && hit.at < last->end && last->at < hit.end) {
        if (hit.end - hit.at > last->end - last->at)
            *last = hit;
        return true;
    }
    gm_hit *kept = enough ? NULL : GM_PUSH(pass->arena, pass->hits);
    if (!kept)
        return enough;
    *kept = hit;
    pass->seen[pattern->row]++;
    pass->last[pattern->row] = (uint32_t)pass->hits->count;
    return true;
}

static bool try_anchor(struct pass *pass, uint32_t anchor, size_t end)
{
    uint32_t slot = gm_anchor_slot(anchor);
    for (uint32_t i = gm_message_slots[slot]; i < gm_message_slots[slot + 1]; i++)
        if (gm_message_patterns[i].anchor == anchor &&
            !try_pattern(pass, &gm_message_patterns[i], end))
            return false;
    return true;
}

bool gm_messages_find(const gm_catalog *catalog, const gm_flat *flat, gm_arena *arena, gm_hits *ret)
{
    struct pass pass = {catalog,
                        flat,
                        arena,
                        ret,
                        gm_arena_alloc(arena, gm_messages_count),
                        gm_arena_array(arena, gm_messages_count, sizeof *pass.last),
                        GAP_WORK_MAX};
    uint32_t anchor = 0;
    unsigned char folded[256]; /* as patterns are written; 0 for blanks */
    if (!pass.seen || !pass.last)
        return false;
    for (int c = 0; c < 256; c++)
        folded[c] = gm_flat_blank((char)c) ? 0 : (unsigned char)gm_ascii_lower((char)c);
    for (size_t at = 0; at < flat->size; at++) {
        unsigned char c = folded[(unsigned char)flat->text[at]];
        if (!c)
            continue;
        anchor = anchor << 8 | c;
        uint32_t slot = gm_anchor_slot(anchor);
        if (gm_message_slots[slot] != gm_message_slots[slot + 1] &&
            !try_anchor(&pass, anchor, at + 1))
            return false;
    }
    return true;
}
