/* SPDX-License-Identifier: MIT */
#include "model/summary.h"
#include "base/error.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lookup.h"
#include "base/version.h"

/* Of one kind: far more than any library has of all (cuFFT of CUDA 12.4: 23,983). */
#define MODULES_MAX 10000000

const char *const gm_registration_tokens[] = {[GM_MODULE_UNREGISTERED] = "unregistered",
                                              [GM_MODULE_REGISTERED] = "registered",
                                              [GM_MODULE_LINKED] = "linked",
                                              [GM_MODULE_PRELINKED] = "prelinked",
                                              [GM_MODULE_BARE] = "bare",
                                              [GM_MODULE_EMBEDDED] = "embedded",
                                              NULL};

void gm_image_format(gm_text *out, const gm_image *image, uint64_t bytes)
{
    char target[GM_TARGET_TEXT] = "-";
    if (image->target.kind != GM_TARGET_NONE)
        gm_target_format(&image->target, target);
    gm_text_addf(out, "%s %s %s %" PRIu64, gm_image_kind_token(image->kind), target,
                 gm_compression_token(image->compression), bytes);
    if (image->ptx_isa)
        gm_text_addf(out, " ptx%u.%u", image->ptx_isa / 10u, image->ptx_isa % 10u);
    gm_text_add(out, image->relocatable ? " relocatable" : "");
    gm_text_add(out, image->obfuscated ? " obfuscated" : "");
}

/* The next word of a line; empty at its end. */
struct words {
    const char *at, *end;
    size_t size;
};

static void next(struct words *words)
{
    const char *at = words->at + words->size;
    while (at < words->end && *at == ' ')
        at++;
    words->at = at;
    while (at < words->end && *at != ' ')
        at++;
    words->size = (size_t)(at - words->at);
}

static bool is(const struct words *words, const char *word)
{
    return strlen(word) == words->size && !memcmp(words->at, word, words->size);
}

static bool parse_kind(const struct words *words, gm_image *image)
{
    static const gm_image_kind kinds[] = {
#define GM_ENUM(name, token) GM_IMAGE_##name,
        GM_IMAGE_KINDS(GM_ENUM)
#undef GM_ENUM
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (is(words, gm_image_kind_token(kinds[i]))) {
            image->kind = kinds[i];
            return true;
        }
    return false;
}

static bool parse_compression(const struct words *words, gm_image *image)
{
    for (int i = GM_COMPRESSION_NONE; i <= GM_COMPRESSION_UNKNOWN; i++)
        if (is(words, gm_compression_token((gm_compression)i))) {
            image->compression = (gm_compression)i;
            return true;
        }
    return false;
}

/* Names that no form gives away are Intel's ("bmg"). */
static bool parse_target(const struct words *words, gm_image *image)
{
    gm_target *target = &image->target;
    if (is(words, "-"))
        return true;
    if (gm_target_parse(words->at, words->size, target))
        return true;
    if (words->size >= sizeof target->name)
        return false;
    *target = (gm_target){.kind = GM_TARGET_INTEL};
    memcpy(target->name, words->at, words->size);
    return words->size > 0;
}

static bool read_number(const struct words *words, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < words->size; i++) {
        if (!gm_ascii_is_digit(words->at[i]) || *number > UINT64_MAX / 10 - 1)
            return false;
        *number = *number * 10 + (uint64_t)(words->at[i] - '0');
    }
    return words->size > 0;
}

static bool parse_bytes(const struct words *words, gm_image *image)
{
    bool ok = read_number(words, &image->stored_bytes);
    image->raw_bytes = image->stored_bytes;
    return ok;
}

static bool parse_mark(const struct words *words, gm_image *image)
{
    gm_version isa;
    if (is(words, "relocatable"))
        return image->relocatable = true;
    if (is(words, "obfuscated"))
        return image->obfuscated = true;
    if (words->size < 4 || memcmp(words->at, "ptx", 3) ||
        gm_version_read(words->at + 3, &isa) != words->size - 3 || isa.count != 2 ||
        isa.part[0] > 99 || isa.part[1] > 9)
        return false;
    image->ptx_isa = (uint16_t)(isa.part[0] * 10 + isa.part[1]);
    return true;
}

bool gm_image_parse(const char *text, size_t size, gm_image *image)
{
    static bool (*const fields[])(const struct words *, gm_image *) = {
        parse_kind, parse_target, parse_compression, parse_bytes};
    struct words words = {text, text + size, 0};
    *image = (gm_image){.stored_bytes = 0};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        next(&words);
        if (!fields[i](&words, image))
            return false;
    }
    for (next(&words); words.size; next(&words))
        if (!parse_mark(&words, image))
            return false;
    return true;
}

/* "397 registered", "1 linked stub". */
static bool parse_head(const char *text, size_t size, gm_module *module, uint64_t *count)
{
    struct words words = {text, text + size, 0};
    next(&words);
    if (!read_number(&words, count) || *count == 0)
        return false;
    next(&words);
    size_t registration = 0;
    while (gm_registration_tokens[registration] &&
           !is(&words, gm_registration_tokens[registration]))
        registration++;
    if (!gm_registration_tokens[registration])
        return false;
    module->registration = (gm_registration)registration;
    next(&words);
    module->stub = is(&words, "stub");
    if (module->stub)
        next(&words);
    return words.size == 0;
}

/* Adds the images, separated by commas. */
static bool parse_images(const char *text, size_t size, gm_arena *arena, gm_library *library,
                         gm_module *module)
{
    module->first_image = library->images.count;
    for (const char *at = text, *end = text + size; at < end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        gm_image *image = GM_PUSH(arena, &library->images);
        if (!image || !gm_image_parse(at, (size_t)(stop - at), image))
            return false;
        at = stop + 1;
        module->image_count++;
    }
    return true;
}

static bool parse_group(const char *text, size_t size, gm_arena *arena, gm_library *library)
{
    gm_module module = {.offset = GM_OFFSET_NONE};
    uint64_t count;
    const char *colon = memchr(text, ':', size);
    size_t head = colon ? (size_t)(colon - text) : size;
    if (!parse_head(text, head, &module, &count) || count > MODULES_MAX ||
        (colon && !parse_images(colon + 1, size - head - 1, arena, library, &module)))
        return false;
    module.alike = (size_t)count - 1;
    gm_module *kept = GM_PUSH(arena, &library->modules);
    if (kept)
        *kept = module;
    return kept != NULL;
}

bool gm_summary_parse(const char *text, gm_arena *arena, gm_library *library)
{
    while (*text) {
        size_t size = strcspn(text, ";");
        if (!parse_group(text, size, arena, library))
            return false;
        text += size + (text[size] == ';');
    }
    return true;
}
