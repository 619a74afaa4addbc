/* SPDX-License-Identifier: MIT */
#include "base/lookup.h"

#include <string.h>

bool gm_text_equal(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

char gm_ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char gm_ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool gm_ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool gm_ascii_is_alpha(char c)
{
    c = gm_ascii_lower(c);
    return c >= 'a' && c <= 'z';
}

bool gm_ascii_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool gm_ascii_equal_n(const char *a, const char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (gm_ascii_lower(a[i]) != gm_ascii_lower(b[i]))
            return false;
        if (a[i] == '\0')
            break;
    }
    return true;
}

bool gm_ascii_starts(const char *text, const char *prefix)
{
    return gm_ascii_equal_n(text, prefix, strlen(prefix));
}

const char *gm_file_name(const char *path)
{
    const char *name = path;
    for (const char *at = path; *at; at++)
        if ((*at == '/' || *at == '\\') && at[1])
            name = at + 1;
    return name;
}
