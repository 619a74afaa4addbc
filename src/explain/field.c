/* SPDX-License-Identifier: MIT */
/* Fields of patterns: what may stand there. A reader takes characters as long as they fit; what
 * they mean is learn.c's business. */
#include <string.h>

#include "base/lookup.h"
#include "explain/internal.h"

/* Line breaks in one name of a GPU that may be inside a word or between two. */
#define BREAKS_MAX 4

struct cursor {
    const gm_flat *flat;
    size_t at;
    bool join;
};

static void skip_blanks(struct cursor *c)
{
    while (c->at < c->flat->size && gm_flat_blank(c->flat->text[c->at]))
        c->at++;
}

/* The next character of the field; over a line feed when lines are joined. NUL at the end. */
static char peek(struct cursor *c)
{
    size_t at = c->at;
    if (c->join && at < c->flat->size && c->flat->text[at] == '\n')
        at++;
    return at < c->flat->size ? gm_ascii_lower(c->flat->text[at]) : '\0';
}

static void next(struct cursor *c)
{
    if (c->join && c->at < c->flat->size && c->flat->text[c->at] == '\n')
        c->at++;
    c->at++;
}

static size_t digits(struct cursor *c, size_t most)
{
    size_t count = 0;
    for (; count < most && gm_ascii_is_digit(peek(c)); count++)
        next(c);
    return count;
}

/* `word`, whatever blanks stand inside it; the cursor stays where it is when it does not fit. */
static bool word(struct cursor *c, const char *text)
{
    size_t start = c->at;
    for (; *text; text++) {
        skip_blanks(c);
        if (c->at >= c->flat->size || gm_ascii_lower(c->flat->text[c->at]) != *text) {
            c->at = start;
            return false;
        }
        c->at++;
    }
    return true;
}

/* 12.0 */
static bool capability(struct cursor *c)
{
    if (!digits(c, 2) || peek(c) != '.')
        return false;
    next(c);
    return digits(c, 1) == 1 && !gm_ascii_is_digit(peek(c));
}

/* 576.02, 12.8, 3.11.9: at least one dot. */
static bool dotted(struct cursor *c)
{
    size_t parts = 0;
    while (digits(c, 9)) {
        parts++;
        struct cursor dot = *c;
        if (peek(c) != '.')
            break;
        next(c);
        if (!gm_ascii_is_digit(peek(c))) {
            *c = dot;
            break;
        }
    }
    return parts >= 2;
}

/* 2.7.1+cu118, 2.9.0a0+git1234, 2.10.0.dev20251001+cu130 */
static bool torch_version(struct cursor *c)
{
    if (!dotted(c))
        return false;
    struct cursor end = *c;
    bool local = false;
    for (char ch = peek(c); gm_flat_word(ch) || ch == '.' || (ch == '+' && !local); ch = peek(c)) {
        local = local || ch == '+';
        next(c);
        if (ch != '.')
            end = *c; /* a full stop at the end is not part of it */
    }
    *c = end;
    return true;
}

static bool target_name(struct cursor *c)
{
    struct cursor start = *c;
    if (!word(c, "sm_") && !word(c, "compute_"))
        return false;
    if (digits(c, 3) < 2) {
        *c = start;
        return false;
    }
    if (peek(c) == 'a' || peek(c) == 'f') {
        struct cursor suffix = *c;
        next(c);
        if (gm_flat_word(peek(c)))
            *c = suffix;
    }
    return true;
}

static bool gfx_name(struct cursor *c)
{
    size_t size = 0;
    if (!word(c, "gfx"))
        return false;
    for (; gm_ascii_is_digit(peek(c)) || (peek(c) >= 'a' && peek(c) <= 'f'); size++)
        next(c);
    return size >= 3 && size <= 4;
}

/* Targets in a row: names, whatever line breaks stand inside them, or plain numbers. */
static bool target_list(struct cursor *c)
{
    size_t count = 0, end = c->at;
    bool names = true;
    for (;; count++) {
        end = c->at;
        skip_blanks(c);
        struct cursor item = {c->flat, c->at, names};
        names = count ? names : target_name(&item);
        if (!count && !names)
            item = (struct cursor){c->flat, c->at, false};
        if (count && names && !target_name(&item))
            break;
        if (!names && (digits(&item, 3) < 2 || gm_flat_word(peek(&item))))
            break;
        c->at = item.at;
    }
    c->at = end;
    return count > 0;
}

/* Lines of PyTorch 2.10: "- 8.0 which supports hardware CC >=8.0,<9.0 except {8.7}" */
static bool built_list(struct cursor *c)
{
    size_t count = 0;
    for (;; count++) {
        struct cursor item = *c;
        if (!word(&item, "-"))
            break;
        skip_blanks(&item);
        if (!capability(&item) || !word(&item, "whichsupportshardwarecc"))
            break;
        while (item.at < c->flat->size && strchr(" \n0123456789.,<>={}", item.flat->text[item.at]))
            item.at++;
        if (word(&item, "except"))
            while (item.at < c->flat->size && strchr(" \n0123456789.,{}", item.flat->text[item.at]))
                item.at++;
        while (item.at > c->at && gm_flat_blank(item.flat->text[item.at - 1]))
            item.at--;
        c->at = item.at;
    }
    return count > 0;
}

/* 10de:2c31 */
static bool pci_id(struct cursor *c)
{
    for (int half = 0; half < 2; half++) {
        size_t count = 0;
        for (; gm_ascii_is_digit(peek(c)) || (peek(c) >= 'a' && peek(c) <= 'f'); count++)
            next(c);
        if (count != 4)
            return false;
        if (half == 0) {
            if (peek(c) != ':')
                return false;
            next(c);
        }
    }
    return true;
}

/* cu128, rocm6.4, cpu, xpu */
static bool variant_name(struct cursor *c)
{
    size_t size = 0;
    for (; gm_flat_word(peek(c)) || (size && peek(c) == '.'); size++)
        next(c);
    return size > 0;
}

static bool read(struct cursor *c, gm_field field)
{
    switch (field) {
    case GM_FIELD_cc:
    case GM_FIELD_ccmin:
    case GM_FIELD_ccmax:
        return capability(c);
    case GM_FIELD_torch:
    case GM_FIELD_fixed:
        return torch_version(c);
    case GM_FIELD_cuda:
    case GM_FIELD_toolkit:
    case GM_FIELD_requires:
    case GM_FIELD_driver:
    case GM_FIELD_driver_cuda:
    case GM_FIELD_python:
        return dotted(c);
    case GM_FIELD_index:
        return digits(c, 4) > 0;
    case GM_FIELD_number:
        return digits(c, 4) > 0 && !gm_flat_word(peek(c));
    case GM_FIELD_driver_api:
        return digits(c, 6) >= 4;
    case GM_FIELD_sm: {
        bool number = digits(c, 3) >= 2;
        if (number && (peek(c) == 'a' || peek(c) == 'f'))
            next(c);
        return number;
    }
    case GM_FIELD_gfx:
        return gfx_name(c);
    case GM_FIELD_target:
        return target_name(c);
    case GM_FIELD_list:
        return target_list(c);
    case GM_FIELD_built:
        return built_list(c);
    case GM_FIELD_pci:
        return pci_id(c);
    case GM_FIELD_cpython:
        return digits(c, 2) > 0;
    case GM_FIELD_variant:
        return variant_name(c);
    default:
        return false; /* gaps are read by messages.c */
    }
}

size_t gm_field_read(const gm_flat *flat, size_t at, gm_field field, bool join, gm_capture *ret)
{
    struct cursor cursor = {flat, at, join};
    skip_blanks(&cursor);
    size_t start = cursor.at;
    if (!read(&cursor, field))
        return 0;
    *ret = (gm_capture){field, start, cursor.at - start, join};
    return cursor.at;
}

bool gm_capture_gpu(const gm_catalog *catalog, const gm_flat *flat, const gm_capture *capture,
                    gm_gpu *ret)
{
    char name[GM_DEVICE_BYTES_MAX + 1];
    const char *text = flat->text + capture->at;
    unsigned breaks = 0, ways = 1;
    if (capture->size > GM_DEVICE_BYTES_MAX)
        return false;
    for (size_t i = 0; i < capture->size; i++)
        breaks += text[i] == '\n';
    ways <<= breaks < BREAKS_MAX ? breaks : BREAKS_MAX;
    /* Bit k of `way`: break k stands inside a word; further ones separate words. */
    for (unsigned way = 0; way < ways; way++) {
        size_t used = 0;
        breaks = 0;
        for (size_t i = 0; i < capture->size; i++) {
            bool inside = text[i] == '\n' && breaks < BREAKS_MAX && (way >> breaks & 1);
            breaks += text[i] == '\n';
            if (!inside)
                name[used++] = text[i] == '\n' ? ' ' : text[i];
        }
        name[used] = '\0';
        if (gm_catalog_gpu_by_name(catalog, name, ret))
            return true;
    }
    return false;
}

const char *gm_capture_line(const gm_flat *flat, const gm_capture *capture, gm_arena *arena)
{
    char *line = gm_arena_text_n(arena, flat->text + capture->at, capture->size);
    for (char *at = line; at && *at; at++)
        if (*at == '\n')
            *at = ' ';
    return line;
}

const char *gm_capture_dense(const gm_flat *flat, const gm_capture *capture, gm_arena *arena)
{
    char *dense = gm_arena_text_n(arena, flat->text + capture->at, capture->size);
    char *to = dense;
    for (const char *from = dense; from && *from; from++)
        if (!gm_flat_blank(*from))
            *to++ = *from;
    if (to)
        *to = '\0';
    return dense;
}
