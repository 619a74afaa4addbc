/* SPDX-License-Identifier: MIT */
#include "model/codelist.h"

#include <string.h>

#include "base/lookup.h"

/* One word of the list: what it names, once its options are cut off. */
struct word {
    gm_target target;
    bool sass, ptx;
    uint16_t ptx_isa;
    gm_compression compression;
};

static bool is_separator(char c)
{
    return gm_ascii_is_space(c) || c == ',' || c == ';';
}

/* Cuts `ending` (ignoring case) off [text, text + *size). */
static bool cut(const char *text, size_t *size, const char *ending)
{
    size_t length = strlen(ending);
    if (*size <= length || !gm_ascii_equal_n(text + *size - length, ending, length))
        return false;
    *size -= length;
    return true;
}

/* "8.7" of ":ptx8.7": one digit or two, a dot, one digit. */
static bool read_isa(const char *text, size_t size, uint16_t *isa)
{
    unsigned value = 0;
    size_t dot = size >= 3 ? size - 2 : 0;
    if (dot == 0 || dot > 2 || text[dot] != '.')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (i == dot)
            continue;
        if (!gm_ascii_is_digit(text[i]))
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    *isa = (uint16_t)value;
    return true;
}

/* Reads one option between colons; AMD features are no options and stay. */
static bool read_option(const char *text, size_t size, struct word *word)
{
    static const char ptx[] = "ptx", zstd[] = "zstd";
    if (size == sizeof zstd - 1 && gm_ascii_equal_n(text, zstd, size)) {
        word->compression = GM_COMPRESSION_ZSTD;
        return true;
    }
    size_t skip = sizeof ptx - 1;
    return size > skip && gm_ascii_equal_n(text, ptx, skip) &&
           read_isa(text + skip, size - skip, &word->ptx_isa);
}

static size_t cut_options(const char *text, size_t size, struct word *word)
{
    for (;;) {
        size_t colon = size;
        while (colon > 0 && text[colon - 1] != ':')
            colon--;
        if (colon == 0 || !read_option(text + colon, size - colon, word))
            return size;
        size = colon - 1;
    }
}

static bool known_name(const char *text, size_t size, const char *const *other, gm_target *target)
{
    for (; other && *other; other++) {
        if (strlen(*other) != size || size >= sizeof target->name ||
            !gm_ascii_equal_n(text, *other, size))
            continue;
        *target = (gm_target){.kind = GM_TARGET_INTEL};
        memcpy(target->name, *other, size);
        return true;
    }
    return false;
}

/* Which kinds of code the word stands for; cuts the part that says so. */
static void read_kinds(const char *text, size_t *size, struct word *word)
{
    word->sass = true;
    word->ptx = cut(text, size, "+ptx");
    if (cut(text, size, "-real"))
        return;
    if (cut(text, size, "-virtual")) {
        word->sass = false;
        word->ptx = true;
        return;
    }
    /* CMake: a number without a suffix is both. */
    if (*size > 0 && gm_ascii_is_digit(text[0]) && !memchr(text, '.', *size))
        word->ptx = true;
}

static bool read_word(const char *text, size_t size, const char *const *other, struct word *word)
{
    *word = (struct word){0};
    size = cut_options(text, size, word);
    read_kinds(text, &size, word);
    if (gm_target_parse(text, size, &word->target)) {
        if (word->target.kind == GM_TARGET_COMPUTE) {
            word->sass = false;
            word->ptx = true;
        }
        return word->target.kind != GM_TARGET_GFX || !word->ptx;
    }
    return known_name(text, size, other, &word->target) ||
           gm_target_parse_capability(text, size, &word->target);
}

static bool add_image(gm_arena *arena, gm_library *library, const struct word *word, bool ptx)
{
    gm_image *image = GM_PUSH(arena, &library->images);
    if (!image)
        return false;
    image->target = word->target;
    image->compression = word->compression;
    if (word->target.kind == GM_TARGET_GFX) {
        image->kind = GM_IMAGE_HSACO;
    } else if (word->target.kind == GM_TARGET_INTEL) {
        image->kind = GM_IMAGE_SPIRV;
    } else if (ptx) {
        image->kind = GM_IMAGE_PTX;
        image->target.kind = GM_TARGET_COMPUTE;
        image->ptx_isa = word->ptx_isa;
    } else {
        image->kind = GM_IMAGE_SASS;
    }
    return true;
}

gm_status gm_code_list_parse(const char *text, const char *const *other, gm_arena *arena,
                             gm_library *library, gm_error *reterr)
{
    size_t first = library->images.count;
    for (;;) {
        while (is_separator(*text))
            text++;
        if (*text == '\0')
            break;
        size_t size = 0;
        while (text[size] && !is_separator(text[size]))
            size++;
        struct word word;
        if (!read_word(text, size, other, &word)) {
            char *wrong = gm_arena_text_n(arena, text, size);
            return gm_fail(reterr, GM_USAGE, "bad-code", wrong, GM_OFFSET_NONE);
        }
        if ((word.sass && !add_image(arena, library, &word, false)) ||
            (word.ptx && !add_image(arena, library, &word, true)))
            return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
        text += size;
    }
    if (library->images.count == first)
        return gm_fail(reterr, GM_USAGE, "bad-code", "", GM_OFFSET_NONE);
    gm_module *module = library->modules.count ? library->modules.items : NULL;
    if (!module) {
        module = GM_PUSH(arena, &library->modules);
        if (!module)
            return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
        module->registration = GM_MODULE_REGISTERED;
        module->first_image = first;
        library->format = "list";
        library->complete = true;
    }
    module->image_count = library->images.count - module->first_image;
    return GM_OK;
}
