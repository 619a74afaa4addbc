/* SPDX-License-Identifier: MIT */
#include "base/version.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

size_t gm_version_read(const char *text, gm_version *version)
{
    size_t at = 0;
    *version = (gm_version){{0}, 0};
    while (is_digit(text[at]) && version->count < GM_VERSION_PARTS) {
        uint64_t number = 0;
        for (; is_digit(text[at]); at++)
            number =
                number > UINT32_MAX / 10 ? UINT32_MAX : number * 10 + (uint64_t)(text[at] - '0');
        version->part[version->count++] = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
        if (text[at] != '.' || !is_digit(text[at + 1]))
            break;
        at++;
    }
    return at;
}

bool gm_version_parse(const char *text, gm_version *version)
{
    size_t used = gm_version_read(text, version);
    if (used > 0 && text[used] == '\0')
        return true;
    version->count = 0;
    return false;
}

int gm_version_compare(gm_version a, gm_version b)
{
    for (unsigned i = 0; i < GM_VERSION_PARTS; i++) {
        uint32_t left = i < a.count ? a.part[i] : 0, right = i < b.count ? b.part[i] : 0;
        if (left != right)
            return left < right ? -1 : 1;
    }
    return (a.count > 0) - (b.count > 0);
}
