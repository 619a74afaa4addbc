/* SPDX-License-Identifier: MIT */
#include "hostfile/ar.h"

#include <string.h>

#include "base/lookup.h"

#define NAME_BYTES ((size_t)16)
#define SIZE_AT    ((size_t)48)
#define SIZE_BYTES ((size_t)10)
#define END_AT     ((size_t)58)

bool gm_ar_is_thin(gm_span head)
{
    return head.size >= GM_AR_MARK_BYTES && !memcmp(head.data, "!<thin>\n", GM_AR_MARK_BYTES);
}

/* Decimal digits, then blanks; false for anything else. */
static bool number(gm_span text, uint64_t *ret_value)
{
    size_t at = 0;
    *ret_value = 0;
    for (; at < text.size && gm_ascii_is_digit((char)text.data[at]); at++)
        *ret_value = *ret_value * 10 + (uint64_t)(text.data[at] - '0');
    if (at == 0)
        return false;
    while (at < text.size && text.data[at] == ' ')
        at++;
    return at == text.size;
}

static gm_span behind(gm_span span, size_t skip)
{
    return gm_span_part(span, skip, span.size - skip);
}

bool gm_ar_header_read(gm_span bytes, gm_ar_header *ret_header)
{
    gm_span name = gm_span_part(bytes, 0, NAME_BYTES);
    *ret_header = (gm_ar_header){.kind = GM_AR_MEMBER};
    if (bytes.size < GM_AR_HEADER_BYTES || memcmp(bytes.data + END_AT, "`\n", 2) ||
        !number(gm_span_part(bytes, SIZE_AT, SIZE_BYTES), &ret_header->bytes))
        return false;
    if (!memcmp(name.data, "//", 2))
        ret_header->kind = GM_AR_NAMES;
    else if (!memcmp(name.data, "/ ", 2) || !memcmp(name.data, "/SYM64/", 7) ||
             !memcmp(name.data, "__.SYMDEF", 9))
        ret_header->kind = GM_AR_TABLE;
    else if (!memcmp(name.data, "#1/", 3))
        return number(behind(name, 3), &ret_header->name_bytes) &&
               ret_header->name_bytes <= ret_header->bytes;
    else if (name.data[0] == '/')
        ret_header->long_name = number(behind(name, 1), &ret_header->name_place);
    return true;
}

size_t gm_ar_name_bytes(gm_span text)
{
    size_t size = 0;
    while (size < text.size && !memchr("/\n\0", text.data[size], 3))
        size++;
    while (size > 0 && text.data[size - 1] == ' ')
        size--;
    return size;
}
