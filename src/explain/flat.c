/* SPDX-License-Identifier: MIT */
/* Pasted text as programs, terminals and browsers leave it → flat text. */
#include <string.h>

#include "base/lookup.h"
#include "base/utf8.h"
#include "explain/internal.h"

#define ESCAPE 0x1b

struct writer {
    char *text;
    size_t size;
    bool blank, line_end; /* pending, written before the next character */
    size_t broken;        /* bytes that are no UTF-8 */
};

/* Characters that only lay text out, or that programs put in place of ASCII ones. */
static uint32_t plain(uint32_t code)
{
    switch (code) {
    case 0x00a0: /* no-break space */
    case 0x3000: /* wide space */
    case 0x2502: /* line of a box around a traceback */
    case 0x2503:
        return ' ';
    case 0x2018:
    case 0x2019:
        return '\'';
    case 0x201c:
    case 0x201d:
        return '"';
    case 0x200b: /* zero-width space */
    case 0xfeff: /* byte-order mark */
        return 0;
    default:
        return code;
    }
}

static void put(struct writer *writer, uint32_t code)
{
    code = plain(code);
    if (code == '\n' || code == ' ' || code == '\t' || code == '\r') {
        writer->blank = true;
        writer->line_end = writer->line_end || code == '\n';
        return;
    }
    if (code < ' ' || code == 0x7f)
        return;
    if (writer->blank && writer->size)
        writer->text[writer->size++] = writer->line_end ? '\n' : ' ';
    writer->blank = writer->line_end = false;
    writer->size += gm_utf8_encode(code, writer->text + writer->size);
}

/* Length of an escape sequence (ECMA-48 control sequence, or operating system command up to its
 * bell) at `text`. */
static size_t escape_size(const char *text, size_t size)
{
    size_t at = 2;
    if (size < 2)
        return size;
    if (text[1] == '[') {
        while (at < size && (unsigned char)text[at] >= 0x20 && (unsigned char)text[at] < 0x40)
            at++;
        return at < size ? at + 1 : size;
    }
    if (text[1] == ']') {
        while (at < size && text[at] != '\a' && text[at] != ESCAPE && text[at] != '\n')
            at++;
        return at < size && text[at] == '\a' ? at + 1 : at;
    }
    return 2;
}

/* Visible ASCII and single blanks between it from `at` on: most of all text. */
static size_t plain_run(const char *text, size_t size, size_t at)
{
    while (at < size) {
        if (text[at] > ' ' && text[at] < 0x7f)
            at++;
        else if (text[at] == ' ' && at + 1 < size && text[at + 1] > ' ' && text[at + 1] < 0x7f)
            at += 2;
        else
            break;
    }
    return at;
}

static void read_utf8(const char *text, size_t size, struct writer *writer)
{
    size_t at = 0;
    while (at < size) {
        unsigned char byte = (unsigned char)text[at];
        if (byte == ESCAPE) {
            at += escape_size(text + at, size - at);
        } else if (byte > ' ' && byte < 0x7f) {
            put(writer, byte); /* writes what is pending */
            size_t end = plain_run(text, size, ++at);
            memcpy(writer->text + writer->size, text + at, end - at);
            writer->size += end - at;
            at = end;
        } else if (byte < 0x80) {
            put(writer, byte);
            at++;
        } else {
            uint32_t code;
            size_t length = gm_utf8_decode(text + at, size - at, &code);
            writer->broken += code == 0xfffd && length == 1;
            put(writer, code);
            at += length;
        }
    }
}

static void read_utf16(const unsigned char *bytes, size_t size, bool big, struct writer *writer)
{
    uint32_t high = 0;
    for (size_t at = 0; at + 1 < size; at += 2) {
        uint32_t unit = big ? (uint32_t)bytes[at] << 8 | bytes[at + 1]
                            : (uint32_t)bytes[at + 1] << 8 | bytes[at];
        if (unit >= 0xd800 && unit < 0xdc00) {
            high = unit;
        } else if (unit >= 0xdc00 && unit < 0xe000) {
            put(writer, high ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : 0xfffd);
            high = 0;
        } else {
            put(writer, unit);
            high = 0;
        }
    }
}

bool gm_flat_make(const char *text, size_t size, gm_arena *arena, gm_flat *ret)
{
    const unsigned char *bytes = (const unsigned char *)text;
    bool little = size >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe;
    bool big = size >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff;
    /* An invalid byte becomes U+FFFD: three bytes for one, as at most for a UTF-16 unit of two. */
    if (size > SIZE_MAX / 3 - 1)
        return false;
    struct writer writer = {.text = gm_arena_alloc(arena, size * 3 + 1)};
    if (!writer.text)
        return false;
    if (little || big)
        read_utf16(bytes, size, big, &writer);
    else
        read_utf8(text, size, &writer);
    writer.text[writer.size] = '\0';
    *ret = (gm_flat){writer.text, writer.size, writer.broken};
    return true;
}
