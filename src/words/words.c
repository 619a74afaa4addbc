/* SPDX-License-Identifier: MIT */
#include "words/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "words/table.h"

#define ALIAS_BYTES 128

static const char *pool_text(uint32_t offset)
{
    return (const char *)gm_words_pool + offset;
}

const char *gm_words_lang_tag(gm_lang lang)
{
    return lang < 0 || (uint32_t)lang >= gm_words_lang_count ? NULL
                                                             : pool_text(gm_words_tags[lang]);
}

gm_lang gm_words_lang_find(const char *tag)
{
    if (!strcmp(tag, "C") || !strcmp(tag, "POSIX") || !strncmp(tag, "C.", 2))
        return 0;
    for (gm_lang lang = 0; gm_words_lang_tag(lang); lang++) {
        const char *known = gm_words_lang_tag(lang);
        size_t size = strlen(known);
        if (gm_ascii_equal_n(tag, known, size) && !gm_ascii_is_alpha(tag[size]))
            return lang;
    }
    return -1;
}

/* Place of `text` in a sorted table whose rows are `stride` numbers wide; -1 when it is not there.
 */
static long find(const uint32_t *table, uint32_t count, uint32_t stride, const char *text)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(pool_text(table[middle * stride]), text);
        if (order == 0)
            return (long)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

const char *gm_words_find(gm_lang lang, const char *id)
{
    long place = find(gm_words_ids, gm_words_id_count, 1, id);
    if (place < 0)
        return NULL;
    if (!gm_words_lang_tag(lang))
        lang = 0;
    return pool_text(gm_words_texts[(uint32_t)place * gm_words_lang_count + (uint32_t)lang]);
}

/* `begins`: the argument is the beginning of a sentence. */
static void add_argument(gm_text *out, gm_lang lang, const char *name, size_t size, bool begins,
                         const gm_words_arg *args, size_t count)
{
    size_t start = out->size;
    for (size_t i = 0; i < count; i++) {
        if (strlen(args[i].name) != size || memcmp(args[i].name, name, size) || !args[i].text)
            continue;
        /* The text of an argument may itself have placeholders ("read from {library}"). */
        if (args[i].is_message)
            gm_words_add(out, lang, args[i].text, args, i);
        else
            gm_text_add(out, args[i].text);
        /* Our own words ("this code") take a capital there, names ("torch") stay as they are. */
        if (begins && args[i].is_message && out->size > start)
            out->data[start] = gm_ascii_upper(out->data[start]);
        return;
    }
    gm_text_add(out, "{");
    gm_text_add_n(out, name, size);
    gm_text_add(out, "}");
}

/* The text for the number in the argument "count", where there are plural forms; else of `id`. */
static const char *form_for(gm_lang lang, const char *id, const gm_words_arg *args, size_t count)
{
    char key[ALIAS_BYTES];
    for (size_t i = 0; i < count && lang >= 0; i++) {
        if (strcmp(args[i].name, "count") || args[i].is_message || !args[i].text ||
            !gm_ascii_is_digit(args[i].text[0]))
            continue;
        uint32_t form = gm_words_plural((uint32_t)lang, strtoul(args[i].text, NULL, 10));
        snprintf(key, sizeof key, "%s[%u]", id, (unsigned)form);
        return form && gm_words_find(lang, key) ? gm_words_find(lang, key)
                                                : gm_words_find(lang, id);
    }
    return gm_words_find(lang, id);
}

void gm_words_add(gm_text *out, gm_lang lang, const char *id, const gm_words_arg *args,
                  size_t count)
{
    const char *begin = form_for(lang, id, args, count), *at = begin;
    if (!at) {
        gm_text_add(out, id);
        return;
    }
    while (*at) {
        size_t plain = strcspn(at, "{}");
        gm_text_add_n(out, at, plain);
        at += plain;
        size_t name = *at == '{' ? strcspn(at + 1, "{}") : 0;
        if (*at && at[1] == *at) {
            gm_text_add_n(out, at, 1);
            at += 2;
        } else if (name && at[1 + name] == '}') {
            add_argument(out, lang, at + 1, name, at == begin, args, count);
            at += name + 2;
        } else if (*at) {
            gm_text_add_n(out, at++, 1);
        }
    }
}

/* As tools/gen_words.py folds aliases: ASCII lower case, no blanks, hyphens or underscores. */
static bool fold(const char *text, char out[ALIAS_BYTES])
{
    size_t size = 0;
    for (; *text; text++) {
        if (gm_ascii_is_space(*text) || *text == '-' || *text == '_')
            continue;
        if (size + 1 >= ALIAS_BYTES)
            return false;
        out[size++] = gm_ascii_lower(*text);
    }
    out[size] = '\0';
    return size > 0;
}

const char *gm_words_term_find(const char *text)
{
    char folded[ALIAS_BYTES];
    long place = fold(text, folded) ? find(gm_words_aliases, gm_words_alias_count, 2, folded) : -1;
    return place < 0 ? NULL : gm_words_term(gm_words_aliases[place * 2 + 1]);
}

const char *gm_words_term(size_t index)
{
    return index < gm_words_term_count ? pool_text(gm_words_terms[index]) : NULL;
}
