/* SPDX-License-Identifier: MIT */
#include "snapshot/parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"

const char *const gm_registration_tokens[] = {[GM_MODULE_UNREGISTERED] = "unregistered",
                                              [GM_MODULE_REGISTERED] = "registered",
                                              [GM_MODULE_LINKED] = "linked",
                                              [GM_MODULE_PRELINKED] = "prelinked",
                                              [GM_MODULE_BARE] = "bare",
                                              NULL};
const char *const gm_role_tokens[] = {
    [GM_ROLE_OTHER] = "other", [GM_ROLE_CORE] = "core", [GM_ROLE_FEATURE] = "feature", NULL};
const char *const gm_answer_tokens[] = {[GM_KEY_OK] = "ok",
                                        [GM_KEY_ABSENT] = "absent",
                                        [GM_KEY_DENIED] = "denied",
                                        [GM_KEY_FAILED] = "failed",
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
    const char *at;
    size_t size;
};

static void next(struct words *words)
{
    words->at += words->size;
    words->at += strspn(words->at, " ");
    words->size = strcspn(words->at, " ");
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

static bool parse_bytes(const struct words *words, gm_image *image)
{
    char *end;
    if (!gm_ascii_is_digit(*words->at))
        return false;
    image->stored_bytes = image->raw_bytes = strtoull(words->at, &end, 10);
    return end == words->at + words->size;
}

static bool parse_mark(const struct words *words, gm_image *image)
{
    gm_version isa;
    if (is(words, "relocatable"))
        return image->relocatable = true;
    if (is(words, "obfuscated"))
        return image->obfuscated = true;
    if (words->size < 4 || strncmp(words->at, "ptx", 3) ||
        gm_version_read(words->at + 3, &isa) != words->size - 3 || isa.count != 2 ||
        isa.part[0] > 99 || isa.part[1] > 9)
        return false;
    image->ptx_isa = (uint16_t)(isa.part[0] * 10 + isa.part[1]);
    return true;
}

bool gm_image_parse(const char *text, gm_image *image)
{
    static bool (*const fields[])(const struct words *, gm_image *) = {
        parse_kind, parse_target, parse_compression, parse_bytes};
    struct words words = {text, 0};
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
