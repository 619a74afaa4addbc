/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

const char gm_text_lost[] = "";

void gm_text_free(gm_text *text)
{
    if (text->capacity)
        free(text->data);
    *text = (gm_text)GM_TEXT_INIT;
}

void gm_text_clear(gm_text *text)
{
    text->size = 0;
    text->failed = false;
    if (text->capacity)
        text->data[0] = '\0';
    else
        text->data = (char *)"";
}

static bool lose(gm_text *text)
{
    size_t limit = text->limit;
    gm_text_free(text);
    *text = (gm_text){.data = (char *)gm_text_lost, .limit = limit, .failed = true};
    return false;
}

static bool reserve(gm_text *text, size_t more)
{
    size_t limit = text->limit ? text->limit : GM_TEXT_LIMIT;
    if (text->failed || more > limit - text->size)
        return lose(text);
    size_t need = text->size + more + 1;
    if (need <= text->capacity)
        return true;
    size_t grown = text->capacity ? text->capacity : 256;
    while (grown < need)
        grown *= 2;
    char *data = realloc(text->capacity ? text->data : NULL, grown);
    if (!data)
        return lose(text);
    text->data = data;
    text->capacity = grown;
    return true;
}

char *gm_text_reserve(gm_text *text, size_t more)
{
    return reserve(text, more) ? text->data + text->size : NULL;
}

void gm_text_filled(gm_text *text, size_t size)
{
    text->size += size;
    text->data[text->size] = '\0';
}

void gm_text_add_n(gm_text *text, const char *piece, size_t size)
{
    if (piece == gm_text_lost)
        lose(text);
    if (!reserve(text, size))
        return;
    if (size)
        memcpy(text->data + text->size, piece, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void gm_text_add(gm_text *text, const char *piece)
{
    gm_text_add_n(text, piece, strlen(piece));
}

void gm_text_addf(gm_text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    if (size < 0)
        lose(text);
    else if (reserve(text, (size_t)size)) {
        vsnprintf(text->data + text->size, (size_t)size + 1, format, again);
        text->size += (size_t)size;
    }
    va_end(again);
    va_end(args);
}

const char *gm_text_or(const gm_text *text, const char *other)
{
    return text->size || text->failed ? text->data : other;
}

/* Controls, and the marks that turn the direction of text (Unicode 15, Bidi_Control). */
static bool drives_terminal(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c ||
           (code >= 0x200e && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

void gm_text_add_visible(gm_text *text, const char *piece, size_t size)
{
    if (piece == gm_text_lost)
        lose(text);
    while (size > 0) {
        uint32_t code;
        size_t used = gm_utf8_decode(piece, size, &code);
        bool invalid = code == 0xfffd && used == 1;
        if (invalid || drives_terminal(code))
            for (size_t i = 0; i < used; i++)
                gm_text_addf(text, "\\x%02x", (unsigned char)piece[i]);
        else
            gm_text_add_n(text, piece, used);
        piece += used;
        size -= used;
    }
}

void gm_text_add_size(gm_text *text, uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes / 1024;
    unsigned unit = 0;
    if (bytes < 1024) {
        gm_text_addf(text, "%" PRIu64 " B", bytes);
        return;
    }
    while (value >= 1024 && unit < 3) {
        value /= 1024;
        unit++;
    }
    gm_text_addf(text, "%.1f %s", value, units[unit]);
}
