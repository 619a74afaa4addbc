/* SPDX-License-Identifier: MIT */
#include "package/dist_info.h"

#include <string.h>

#include "base/lookup.h"
#include "os/files.h"

/* Files that are compared with what RECORD says of them. */
#define MATCH_FILES 64
/* Files that are looked for before a package counts as gone: the first are often compiled ones. */
#define GONE_FILES 16
/* A library or two that are not there are missing, not deleted with the rest. */
#define GONE_LEAST 3

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

const char *gm_dist_info_version(const char *folder, gm_arena *arena)
{
    static const char ending[] = ".dist-info";
    size_t size = strlen(folder), name = strcspn(folder, "-");
    if (!ends_with(folder, size, ending) || name + 1 + strlen(ending) >= size)
        return NULL;
    return gm_arena_text_n(arena, folder + name + 1, size - name - 1 - strlen(ending));
}

const char *gm_metadata_next(const char **at, const char *header, gm_arena *arena)
{
    size_t size = strlen(header);
    while (**at && **at != '\n' && **at != '\r') {
        const char *line = *at;
        size_t length = strcspn(line, "\n");
        *at += length + (line[length] == '\n');
        if (length <= size || line[size] != ':' || !gm_ascii_equal_n(line, header, size))
            continue;
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
    return NULL;
}

const char *gm_metadata_value(const char *text, const char *header, gm_arena *arena)
{
    return gm_metadata_next(&text, header, arena);
}

bool gm_is_library(const char *path, size_t size)
{
    while (size && (gm_ascii_is_digit(path[size - 1]) || path[size - 1] == '.'))
        size--;
    /* The last letter rules out nearly all of the ten thousands of files that RECORD names. */
    if (!size || !strchr("oOlLdD", path[size - 1]))
        return false;
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

/* The second field, "sha256=…", behind the comma that ends the first. */
static void read_hash(const char *comma, const char *end, gm_record_line *line)
{
    static const char algorithm[] = ",sha256=";
    size_t skip = strlen(algorithm);
    bool known = comma < end && (size_t)(end - comma) > skip && !memcmp(comma, algorithm, skip);
    const char *hash = known ? comma + skip : NULL;
    const char *stop = hash ? memchr(hash, ',', (size_t)(end - hash)) : NULL;
    line->sha256 = stop ? hash : NULL;
    line->sha256_size = stop ? (size_t)(stop - hash) : 0;
}

/* The digits that end a line, behind its last comma. */
static bool last_number(const char *line, size_t length, uint64_t *number)
{
    size_t at = length;
    *number = 0;
    while (at && gm_ascii_is_digit(line[at - 1]) && length - at < 18)
        at--;
    if (at == length || at == 0 || line[at - 1] != ',')
        return false;
    for (size_t i = at; i < length; i++)
        *number = *number * 10 + (uint64_t)(line[i] - '0');
    return true;
}

/* A path that stays below the folder: not absolute, on any system, and never upwards. */
static bool is_inside(const char *path, size_t size)
{
    if (size < 3 || *path == '/' || *path == '\\' || path[1] == ':')
        return false;
    for (size_t i = 0; i + 1 < size; i++) {
        bool starts = i == 0 || path[i - 1] == '/' || path[i - 1] == '\\';
        bool ends = i + 2 == size || path[i + 2] == '/' || path[i + 2] == '\\';
        if (starts && ends && path[i] == '.' && path[i + 1] == '.')
            return false;
    }
    return true;
}

bool gm_record_next(const char **text, gm_record_line *line)
{
    const char *begin = *text, *end = strchr(begin, '\n');
    if (!*begin)
        return false;
    size_t length = end ? (size_t)(end - begin) : strlen(begin);
    *text = begin + length + (end != NULL);
    if (length && begin[length - 1] == '\r')
        length--;
    line->path_size = first_field(&line->path, begin, length);
    line->has_bytes = last_number(begin, length, &line->bytes);
    read_hash(line->path + line->path_size + (line->path > begin), begin + length, line);
    line->inside = is_inside(line->path, line->path_size);
    return true;
}

/* "kernels.cubin" */
static bool is_gpu_file(const char *path, size_t size)
{
    return ends_with(path, size, ".cubin") || ends_with(path, size, ".fatbin") ||
           ends_with(path, size, ".ptx");
}

static bool add_library(gm_installed *installed, gm_arena *arena, const char *path,
                        const gm_record_line *line)
{
    gm_recorded *recorded = GM_PUSH(arena, &installed->libraries);
    if (!recorded)
        return false;
    *recorded = (gm_recorded){.path = path};
    if (!line->sha256 || !line->has_bytes)
        return true;
    recorded->sha256 = gm_arena_text_n(arena, line->sha256, line->sha256_size);
    recorded->size_bytes = line->bytes;
    return recorded->sha256 != NULL;
}

static bool add_gpu_file(gm_installed *installed, gm_arena *arena, const char *path)
{
    const char **place = GM_PUSH(arena, &installed->gpu_files);
    if (place)
        *place = path;
    return place != NULL;
}

bool gm_record_libraries(const char *text, const char *site_packages, gm_arena *arena,
                         gm_installed *installed)
{
    gm_record_line line;
    while (gm_record_next(&text, &line)) {
        bool library = gm_is_library(line.path, line.path_size);
        if (!line.inside || !(library || is_gpu_file(line.path, line.path_size)))
            continue;
        const char *relative = gm_arena_text_n(arena, line.path, line.path_size);
        const char *path = relative ? gm_os_join(arena, site_packages, relative) : NULL;
        if (!path || !(library ? add_library(installed, arena, path, &line)
                               : add_gpu_file(installed, arena, path)))
            return false;
    }
    return true;
}

/* "torch-2.9.1.dist-info/METADATA" */
static bool is_metadata(const gm_record_line *line)
{
    static const char ending[] = ".dist-info/";
    for (size_t i = 0; i + strlen(ending) < line->path_size; i++)
        if (!memcmp(line->path + i, ending, strlen(ending)))
            return true;
    return false;
}

bool gm_record_is_gone(const char *text, const char *site_packages, gm_arena *arena)
{
    gm_record_line line;
    size_t looked = 0;
    bool library = false;
    while (looked < GONE_FILES && gm_record_next(&text, &line)) {
        if (!line.inside || is_metadata(&line))
            continue;
        const char *relative = gm_arena_text_n(arena, line.path, line.path_size);
        const char *path = relative ? gm_os_join(arena, site_packages, relative) : NULL;
        if (!path || gm_os_path_kind(path) != GM_OS_NOTHING)
            return false;
        looked++;
        library = library || gm_is_library(line.path, line.path_size);
    }
    return library ? looked >= GONE_LEAST : looked > 0;
}

size_t gm_record_matches(const char *text, const char *site_packages, gm_arena *arena)
{
    size_t matches = 0;
    gm_record_line line;
    for (size_t looked = 0; looked < MATCH_FILES && gm_record_next(&text, &line);) {
        gm_source *source;
        const char *relative = gm_arena_text_n(arena, line.path, line.path_size);
        const char *path = relative ? gm_os_join(arena, site_packages, relative) : NULL;
        if (!line.inside || !line.has_bytes || !path)
            continue;
        looked++;
        if (gm_os_open(path, &source, NULL) != GM_OK)
            continue;
        matches += source->size_bytes == line.bytes;
        gm_source_close(source);
    }
    return matches;
}
