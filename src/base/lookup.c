/* SPDX-License-Identifier: MIT */
#include "base/lookup.h"

#include <string.h>

bool gm_text_equal(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

#define HASH_DIGITS 8

const char *gm_library_name(const char *path, size_t *ret_size)
{
    const char *name = gm_file_name(path);
    name += strncmp(name, "lib", 3) ? 0 : 3;
    size_t size = strcspn(name, ".");
    const char *mark = strstr(name, "64_");
    if (mark && (size_t)(mark - name) < size)
        size = (size_t)(mark - name);
    if (size > HASH_DIGITS && name[size - HASH_DIGITS - 1] == '-' &&
        strspn(name + size - HASH_DIGITS, "0123456789abcdef") >= HASH_DIGITS)
        size -= HASH_DIGITS + 1;
    *ret_size = size;
    return name;
}

char gm_ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
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

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t gm_text_distance(const char *a, const char *b)
{
    enum { LONGEST = 24 };
    size_t rows[3][LONGEST + 1], m = strlen(a), n = strlen(b);
    if (m > LONGEST || n > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= n; j++) {
            now[j] =
                smaller(smaller(last[j], now[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = smaller(now[j], before[j - 2] + 1);
        }
    }
    return rows[m % 3][n];
}

const char *gm_text_nearest(const char *text, const char *const *names)
{
    enum { LEAST_PREFIX = 2 };
    char lower[32];
    size_t size = strlen(text), least = GM_TEXT_NEAR;
    const char *nearest = NULL;
    if (size >= sizeof lower)
        return NULL;
    for (size_t i = 0; i <= size; i++)
        lower[i] = gm_ascii_lower(text[i]);
    for (size_t i = 0; size >= LEAST_PREFIX && names[i]; i++)
        if (gm_ascii_starts(names[i], lower))
            return names[i];
    for (size_t i = 0; names[i]; i++) {
        size_t far = gm_text_distance(lower, names[i]);
        if (far < least && (far == 1 || 2 * far < size)) {
            least = far;
            nearest = names[i];
        }
    }
    return nearest;
}
