/* SPDX-License-Identifier: MIT */
#include "package/dist_info.h"

#include <string.h>

#include "base/lookup.h"
#include "os/files.h"

static bool ends_with(const char *text, size_t size, const char *ending)
{
    size_t length = strlen(ending);
    return size >= length && gm_ascii_equal_n(text + size - length, ending, length);
}

const char *gm_dist_info_name(const char *folder, gm_arena *arena)
{
    static const char ending[] = ".dist-info";
    size_t size = strlen(folder), name = strcspn(folder, "-");
    if (!ends_with(folder, size, ending) || name == 0 || name + strlen(ending) >= size)
        return NULL;
    char *copy = gm_arena_text_n(arena, folder, name);
    for (char *c = copy; c && *c; c++)
        *c = *c == '_' || *c == '.' ? '-' : gm_ascii_lower(*c);
    return copy;
}

const char *gm_metadata_value(const char *text, const char *header, gm_arena *arena)
{
    size_t size = strlen(header);
    for (const char *line = text; *line && *line != '\n' && *line != '\r';) {
        size_t length = strcspn(line, "\n");
        if (length > size && line[size] == ':' && gm_ascii_equal_n(line, header, size)) {
            const char *value = line + size + 1;
            size_t left = length - size - 1;
            while (left && gm_ascii_is_space(*value)) {
                value++;
                left--;
            }
            while (left && gm_ascii_is_space(value[left - 1]))
                left--;
            return gm_arena_text_n(arena, value, left);
        }
        line += length + (line[length] == '\n');
    }
    return NULL;
}

/* "x.so", "x.so.12", "x.dll", "x.pyd" */
static bool is_library(const char *path, size_t size)
{
    while (size && (gm_ascii_is_digit(path[size - 1]) || path[size - 1] == '.'))
        size--;
    return ends_with(path, size, ".so") || ends_with(path, size, ".dll") ||
           ends_with(path, size, ".pyd");
}

/* The first field of a line of comma-separated values, with its quotes undone in place. */
static size_t first_field(const char **field, const char *line, size_t length)
{
    if (length && *line == '"') {
        const char *end = memchr(line + 1, '"', length - 1);
        *field = line + 1;
        return end ? (size_t)(end - line - 1) : 0;
    }
    const char *comma = memchr(line, ',', length);
    *field = line;
    return comma ? (size_t)(comma - line) : length;
}

bool gm_record_libraries(const char *text, const char *site_packages, gm_arena *arena,
                         gm_installed *installed)
{
    for (const char *line = text; *line;) {
        const char *field;
        size_t length = strcspn(line, "\n"), size = first_field(&field, line, length);
        bool inside = size > 2 && *field != '/' && memcmp(field, "..", 2) != 0 && field[1] != ':';
        if (inside && is_library(field, size)) {
            const char *relative = gm_arena_text_n(arena, field, size);
            const char **place = relative ? GM_PUSH(arena, &installed->libraries) : NULL;
            if (!place)
                return false;
            *place = gm_os_join(arena, site_packages, relative);
            if (!*place)
                return false;
        }
        line += length + (line[length] == '\n');
    }
    return true;
}
