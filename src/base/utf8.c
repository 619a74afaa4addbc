/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <string.h>

size_t gm_utf8_decode(const char *text, size_t size, uint32_t *code)
{
    const unsigned char *byte = (const unsigned char *)text;
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    unsigned more = byte[0] < 0x80 ? 0 : byte[0] >= 0xf0 ? 3 : byte[0] >= 0xe0 ? 2 : 1;
    uint32_t value = more == 0 ? byte[0] : byte[0] & (0x3fu >> more);

    *code = 0xfffd;
    if ((byte[0] >= 0x80 && byte[0] < 0xc2) || byte[0] > 0xf4 || more >= size)
        return 1;
    for (unsigned i = 1; i <= more; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 1;
        value = value << 6 | (byte[i] & 0x3f);
    }
    if (value < smallest[more] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 1;
    *code = value;
    return more + 1;
}

size_t gm_utf8_encode(uint32_t code, char out[4])
{
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        code = 0xfffd;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)((0xf00u >> size & 0xf0) | code);
    return size;
}

size_t gm_utf8_floor(const char *text, size_t size)
{
    size_t cut = size;
    while (cut > 0 && size - cut < 4 && ((unsigned char)text[cut] & 0xc0) == 0x80)
        cut--;
    return ((unsigned char)text[cut] & 0xc0) == 0x80 ? size : cut;
}

/* Unicode 15: combining marks that text of this program can meet, and the East Asian wide and
 * full-width blocks (UAX #11). Sorted. */
struct range {
    uint32_t first, last;
};
static const struct range zero_width[] = {{0x300, 0x36f},   {0x200b, 0x200f}, {0x20d0, 0x20ff},
                                          {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}};
static const struct range wide[] = {
    {0x1100, 0x115f}, {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
    {0xa000, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
    {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static bool in_ranges(uint32_t code, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

int gm_utf8_columns(uint32_t code)
{
    if (code < 0x300)
        return 1;
    if (in_ranges(code, zero_width, sizeof zero_width / sizeof *zero_width))
        return 0;
    return in_ranges(code, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

size_t gm_utf8_width(const char *text)
{
    size_t width = 0, size = strlen(text);
    while (size > 0) {
        uint32_t code;
        size_t used = gm_utf8_decode(text, size, &code);
        width += (size_t)gm_utf8_columns(code);
        text += used;
        size -= used;
    }
    return width;
}
