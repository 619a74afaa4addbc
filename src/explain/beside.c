/* SPDX-License-Identifier: MIT */
/* Packages beside torch, as pip lists them: "[pip3] torchvision==0.20.1+cu124" (collect_env, pip
 * freeze), "torchvision 0.20.1+cu124" (pip list). Conda's lists have more words in a line, and say
 * the build in another way. */
#include <string.h>

#include "base/lookup.h"
#include "explain/internal.h"

/* Lines of logs are longer; nobody looks through them. */
#define LINE_BYTES_MAX 80

/* No list of packages is longer; what looks like one for longer is something else. */
#define LINES_MAX 2000

static size_t word_size(const char *text, const char *end)
{
    size_t size = 0;
    while (text + size < end && !gm_flat_blank(text[size]) && text[size] != '=')
        size++;
    return size;
}

/* A companion or an extension of torch that the tables know in this release. */
static bool is_known(const gm_reading *r, const char *name, const char *version)
{
    gm_package_row row;
    return gm_catalog_package(r->catalog, name, &row) && row.origin == GM_ORIGIN_EMBEDDED &&
           (gm_catalog_companion_owner(r->catalog, name, version) ||
            gm_catalog_extension_asks(r->catalog, name, version, r->arena));
}

static void learn(gm_reading *r, const char *name, size_t name_size, const char *version,
                  size_t version_size)
{
    gm_explanation *out = r->out;
    char copy[LINE_BYTES_MAX + 1];
    memcpy(copy, name, name_size);
    copy[name_size] = '\0';
    for (size_t i = 0; i < out->beside.count; i++)
        if (!strncmp(out->beside.items[i], copy, name_size) &&
            out->beside.items[i][name_size] == '=')
            return;
    const char *release = gm_arena_text_n(r->arena, version, version_size);
    if (!release || !is_known(r, copy, release))
        return;
    const char **place = GM_PUSH(r->arena, &out->beside);
    if (place)
        *place = gm_arena_printf(r->arena, "%s==%s", copy, release);
}

/* Does the line look like one of a list? */
static bool read_line(gm_reading *r, const char *text, const char *end)
{
    size_t mark = word_size(text, end);
    if (*text == '[' && text[mark - 1] == ']' && text + mark < end)
        text += mark + 1;
    size_t name = word_size(text, end);
    const char *version = text + name;
    while (version < end && (*version == '=' || *version == ' '))
        version++;
    size_t size = word_size(version, end);
    bool listed = name && size && version + size == end && gm_ascii_is_digit(*version);
    if (listed)
        learn(r, text, name, version, size);
    return listed;
}

void gm_beside_read(gm_reading *r)
{
    const char *at = r->flat.text, *all = at + r->flat.size;
    size_t lines = 0;
    while (at < all && lines < LINES_MAX) {
        const char *end = memchr(at, '\n', (size_t)(all - at));
        end = end ? end : all;
        if (end > at && end - at <= LINE_BYTES_MAX && read_line(r, at, end))
            lines++;
        at = end + 1;
    }
}
