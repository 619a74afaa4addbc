/* SPDX-License-Identifier: MIT */
#include "model/target.h"

#include <stdio.h>
#include <string.h>

#include "base/lookup.h"
#include "base/version.h"

/* Compute capabilities have one or two digits before the last one: 35 … 121; anything beyond this
 * is a typing mistake. */
#define NUMBER_MAX 999

gm_target gm_target_sm(unsigned number, char suffix)
{
    return (gm_target){.kind = GM_TARGET_SM, .number = (uint16_t)number, .suffix = suffix};
}

gm_target gm_target_compute(unsigned number, char suffix)
{
    return (gm_target){.kind = GM_TARGET_COMPUTE, .number = (uint16_t)number, .suffix = suffix};
}

/* A piece of text that is read from the left. */
struct reader {
    const char *at, *end;
};

static bool take(struct reader *reader, const char *word)
{
    size_t size = strlen(word);
    if ((size_t)(reader->end - reader->at) < size || !gm_ascii_equal_n(reader->at, word, size))
        return false;
    reader->at += size;
    return true;
}

static bool take_number(struct reader *reader, unsigned *number, unsigned *digits)
{
    *number = 0;
    *digits = 0;
    for (; reader->at < reader->end && gm_ascii_is_digit(*reader->at); reader->at++, ++*digits)
        if ((*number = *number * 10 + (unsigned)(*reader->at - '0')) > NUMBER_MAX)
            return false;
    return *digits > 0;
}

/* "90", "9.0", "120a", "12.0f": all of what is left. */
static bool take_capability(struct reader *reader, unsigned *number, char *suffix)
{
    unsigned digits, minor;
    if (!take_number(reader, number, &digits))
        return false;
    if (reader->at < reader->end && *reader->at == '.') {
        reader->at++;
        if (!take_number(reader, &minor, &digits) || digits != 1)
            return false;
        *number = *number * 10 + minor;
    } else if (digits < 2) {
        return false;
    }
    *suffix = 0;
    if (reader->at < reader->end) {
        char letter = gm_ascii_lower(*reader->at);
        if (letter == 'a' || letter == 'f') {
            *suffix = letter;
            reader->at++;
        }
    }
    return reader->at == reader->end && *number >= 10 && *number <= NUMBER_MAX;
}

/* ":xnack+", ":sramecc-" and nothing else. */
static bool take_features(struct reader *reader, gm_target *target)
{
    while (take(reader, ":")) {
        char *feature = take(reader, "xnack")     ? &target->xnack
                        : take(reader, "sramecc") ? &target->sramecc
                                                  : NULL;
        if (!feature || *feature || reader->at == reader->end)
            return false;
        *feature = *reader->at++;
        if (*feature != '+' && *feature != '-')
            return false;
    }
    return reader->at == reader->end;
}

static bool hex_digit(char c)
{
    return gm_ascii_is_digit(c) || (c >= 'a' && c <= 'f');
}

/* What may follow "gfx": a processor (two decimal digits or more, the last two may be
 * hexadecimal: gfx90a, gfx1100, gfx90c) or a family ("9-4-generic", "11-generic"). */
static bool gfx_name_ok(const char *name)
{
    size_t digits = 0, size = strlen(name);
    static const char generic[] = "-generic";
    size_t generic_size = sizeof generic - 1;
    if (size > generic_size && !strcmp(name + size - generic_size, generic)) {
        for (size_t i = 0; i < size - generic_size; i++)
            if (!gm_ascii_is_digit(name[i]) && (name[i] != '-' || i == 0))
                return false;
        return true;
    }
    while (hex_digit(name[digits]))
        digits++;
    return digits == size && digits >= 3 && digits <= 4 && gm_ascii_is_digit(name[0]);
}

static bool parse_gfx(struct reader reader, gm_target *target)
{
    size_t used = 0;
    *target = (gm_target){.kind = GM_TARGET_GFX};
    while (reader.at < reader.end && *reader.at != ':') {
        if (used + 1 >= sizeof target->name)
            return false;
        target->name[used++] = gm_ascii_lower(*reader.at++);
    }
    return gfx_name_ok(target->name + strlen("gfx")) && take_features(&reader, target);
}

bool gm_target_parse(const char *text, size_t size, gm_target *target)
{
    struct reader reader = {text, text + size};
    struct reader whole = reader;
    unsigned number;
    char suffix;
    *target = (gm_target){.kind = GM_TARGET_NONE};
    if (take(&reader, "gfx")) {
        if (parse_gfx(whole, target))
            return true;
        *target = (gm_target){.kind = GM_TARGET_NONE};
        return false;
    }
    bool compute = take(&reader, "compute");
    if (!compute && !take(&reader, "sm"))
        return false;
    while (reader.at < reader.end && strchr(" _", *reader.at))
        reader.at++;
    if (!take_capability(&reader, &number, &suffix))
        return false;
    *target = compute ? gm_target_compute(number, suffix) : gm_target_sm(number, suffix);
    return true;
}

bool gm_target_parse_capability(const char *text, size_t size, gm_target *target)
{
    struct reader reader = {text, text + size};
    unsigned number;
    char suffix;
    if (size == 0 || !gm_ascii_is_digit(text[0]) || !take_capability(&reader, &number, &suffix))
        return false;
    *target = gm_target_sm(number, suffix);
    return true;
}

/* Of every judgement, so without printf. */
static void format_capability(const char *prefix, const gm_target *target, char out[GM_TARGET_TEXT])
{
    char digits[8];
    size_t count = 0, size = strlen(prefix);
    for (unsigned number = target->number; number || !count; number /= 10)
        digits[count++] = (char)('0' + number % 10);
    memcpy(out, prefix, size);
    while (count > 0)
        out[size++] = digits[--count];
    out[size++] = target->suffix;
    out[size] = '\0';
}

char *gm_target_format(const gm_target *target, char out[GM_TARGET_TEXT])
{
    switch (target->kind) {
    case GM_TARGET_NONE:
        snprintf(out, GM_TARGET_TEXT, "unknown");
        break;
    case GM_TARGET_SM:
        format_capability("sm_", target, out);
        break;
    case GM_TARGET_COMPUTE:
        format_capability("compute_", target, out);
        break;
    case GM_TARGET_GFX:
    case GM_TARGET_INTEL: {
        /* The order of features is the one that LLVM writes. */
        char sramecc[] = ":sramecc?", xnack[] = ":xnack?";
        sramecc[sizeof sramecc - 2] = target->sramecc;
        xnack[sizeof xnack - 2] = target->xnack;
        snprintf(out, GM_TARGET_TEXT, "%s%s%s", target->name, target->sramecc ? sramecc : "",
                 target->xnack ? xnack : "");
        break;
    }
    }
    return out;
}

int gm_target_compare(const void *a, const void *b)
{
    const gm_target *left = a, *right = b;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    if (left->suffix != right->suffix)
        return left->suffix < right->suffix ? -1 : 1;
    int names = strcmp(left->name, right->name);
    if (names)
        return names;
    if (left->sramecc != right->sramecc)
        return left->sramecc < right->sramecc ? -1 : 1;
    return left->xnack == right->xnack ? 0 : left->xnack < right->xnack ? -1 : 1;
}

bool gm_target_equal(const gm_target *a, const gm_target *b)
{
    return gm_target_compare(a, b) == 0;
}

bool gm_target_of_gfx_version(const char *version, gm_target *target)
{
    gm_version parts;
    char name[GM_TARGET_TEXT];
    if (!gm_version_parse(version, &parts) || parts.count != 3 || parts.part[1] > 15 ||
        parts.part[2] > 15)
        return false;
    int size =
        snprintf(name, sizeof name, "gfx%u%x%x", parts.part[0], parts.part[1], parts.part[2]);
    return size > 0 && gm_target_parse(name, (size_t)size, target);
}
