/* SPDX-License-Identifier: MIT */
#include "gpucode/ptx.h"

#include <string.h>

#include "base/lookup.h"

/* Longest part of a line that is looked at: directives are short, instructions do not matter. */
#define LINE_BYTES 256

/* Text without comments, line by line, whatever pieces it comes in. */
struct lines {
    char line[LINE_BYTES + 1];
    size_t size;
    bool in_comment;
    bool skip_line; /* after "//" */
    char last;      /* byte before, for the two-byte marks of comments */
};

/* Takes one byte; true when a line is complete in `line`. */
static bool take_byte(struct lines *lines, char c)
{
    char last = lines->last;
    lines->last = c;
    if (lines->in_comment) {
        if (last == '*' && c == '/') {
            lines->in_comment = false;
            lines->last = 0;
        }
        return false;
    }
    if (c == '\n' || c == '\0') {
        lines->skip_line = false;
        return true;
    }
    if (lines->skip_line)
        return false;
    if (last == '/' && (c == '/' || c == '*')) {
        lines->skip_line = c == '/';
        lines->in_comment = c == '*';
        lines->last = 0;
        if (lines->size > 0)
            lines->size--;
        return false;
    }
    if (lines->size < LINE_BYTES && (lines->size > 0 || !gm_ascii_is_space(c)))
        lines->line[lines->size++] = c;
    return false;
}

static const char *after_word(const char *line, const char *word)
{
    size_t size = strlen(word);
    if (strncmp(line, word, size) || !gm_ascii_is_space(line[size]))
        return NULL;
    line += size;
    while (gm_ascii_is_space(*line))
        line++;
    return line;
}

/* "8.7" → 87; 0 when it is no version. */
static uint16_t isa_of(const char *text)
{
    unsigned major = 0, minor = 0, digits = 0;
    for (; gm_ascii_is_digit(*text) && digits < 3; text++, digits++)
        major = major * 10 + (unsigned)(*text - '0');
    if (digits == 0 || digits > 2 || *text != '.' || !gm_ascii_is_digit(text[1]))
        return 0;
    minor = (unsigned)(text[1] - '0');
    return gm_ascii_is_digit(text[2]) ? 0 : (uint16_t)(major * 10 + minor);
}

/* The highest target in "sm_90a, texmode_independent, debug". */
static void read_targets(const char *text, gm_target *highest)
{
    while (*text) {
        size_t size = strcspn(text, ", \t\r;");
        gm_target target;
        if (gm_target_parse(text, size, &target) && target.kind == GM_TARGET_SM &&
            target.number >= highest->number)
            *highest = gm_target_compute(target.number, target.suffix);
        text += size;
        text += strspn(text, ", \t\r;");
    }
}

struct modules {
    gm_arena *arena;
    gm_library *library;
    size_t limit;
};

/* Acts on one line; `*status` tells a failure. */
static gm_status take_line(struct modules *modules, const char *line, uint64_t offset)
{
    const char *rest = after_word(line, ".version");
    if (rest) {
        if (modules->library->images.count >= modules->limit)
            return GM_LIMIT;
        gm_image *image = GM_PUSH(modules->arena, &modules->library->images);
        if (!image)
            return GM_MEMORY;
        image->kind = GM_IMAGE_PTX;
        image->ptx_isa = isa_of(rest);
        image->offset = offset;
        return GM_OK;
    }
    rest = after_word(line, ".target");
    if (rest && modules->library->images.count > 0)
        read_targets(rest,
                     &modules->library->images.items[modules->library->images.count - 1].target);
    return GM_OK;
}

gm_ptx_look gm_ptx_sniff(gm_span head)
{
    struct lines lines = {0};
    for (size_t i = 0; i < head.size; i++) {
        if (head.data[i] == 0)
            return GM_PTX_NO;
        if (!take_byte(&lines, (char)head.data[i]))
            continue;
        lines.line[lines.size] = '\0';
        if (lines.size > 0)
            return after_word(lines.line, ".version") ? GM_PTX_YES : GM_PTX_NO;
    }
    return GM_PTX_OPEN;
}

void gm_ptx_target(gm_span text, gm_target *ret_target)
{
    struct lines lines = {0};
    *ret_target = (gm_target){.kind = GM_TARGET_NONE};
    for (size_t i = 0; i < text.size && ret_target->kind == GM_TARGET_NONE; i++) {
        if (!take_byte(&lines, (char)text.data[i]))
            continue;
        lines.line[lines.size] = '\0';
        const char *rest = after_word(lines.line, ".target");
        if (rest)
            read_targets(rest, ret_target);
        lines.size = 0;
    }
}

/* Each module reaches to the next one; what stands before the first belongs to it. */
static void set_extents(gm_library *library, uint64_t size)
{
    for (size_t i = 0; i < library->images.count; i++) {
        gm_image *image = &library->images.items[i];
        if (i == 0)
            image->offset = 0;
        uint64_t end = i + 1 < library->images.count ? library->images.items[i + 1].offset : size;
        image->stored_bytes = image->raw_bytes = end - image->offset;
    }
}

gm_status gm_ptx_read(const gm_context *context, gm_reader *reader, gm_arena *arena,
                      gm_library *library, gm_error *reterr)
{
    struct modules modules = {arena, library, context->limits.images_per_library};
    struct lines lines = {0};
    uint64_t offset = 0, line_start = 0;
    for (;;) {
        gm_span bytes;
        gm_status status = gm_reader_look(reader, offset, 1, GM_READER_BYTES, &bytes, reterr);
        if (status != GM_OK)
            return status;
        if (gm_context_cancelled(context))
            return gm_fail(reterr, GM_CANCELLED, "cancelled", NULL, GM_OFFSET_NONE);
        if (bytes.size == 0)
            break;
        for (size_t i = 0; i < bytes.size; i++) {
            if (!take_byte(&lines, (char)bytes.data[i]))
                continue;
            lines.line[lines.size] = '\0';
            status = take_line(&modules, lines.line, line_start);
            if (status != GM_OK)
                return gm_fail(reterr, status, status == GM_LIMIT ? "too-many-images" : "memory",
                               NULL, line_start);
            lines.size = 0;
            line_start = offset + i + 1;
        }
        offset += bytes.size;
    }
    set_extents(library, offset);
    return GM_OK;
}
