/* SPDX-License-Identifier: MIT */
/* Sentences: message id + arguments + language → text. All of them stand in po/, nowhere else. */
#ifndef GM_WORDS_WORDS_H
#define GM_WORDS_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Index of a language in the generated table; 0 is English, which every id has. */
typedef int gm_lang;

/* Languages in the order of the table: "en", "zh". NULL past the end. */
const char *gm_words_lang_tag(gm_lang lang);

/* From a tag as people and systems write it: "zh", "zh_CN.UTF-8", "zh-Hans-CN", "en_US", "C",
 * "POSIX" (English). -1 when it is none of ours. */
gm_lang gm_words_lang_find(const char *tag);

/* The sentence of `id` as it stands in po/ (with {placeholders}), in English where the language
 * lacks it; NULL for an unknown id. */
const char *gm_words_find(gm_lang lang, const char *id);

/* One argument: {name} is replaced by `text`. `is_message`: `text` is an id, look it up first. */
typedef struct gm_words_arg {
    const char *name;
    const char *text;
    bool is_message;
} gm_words_arg;

/* Appends the sentence with its arguments. {{ and }} stand for braces. An unknown id appends the
 * id itself, an argument that is not given its name in braces: visible, never silent. Where po/ has
 * plural forms of a sentence, the number in the argument `count` chooses. */
void gm_words_add(gm_text *out, gm_lang lang, const char *id, const gm_words_arg *args,
                  size_t count);

/* Terms of the glossary and their aliases in every language (po/ entries "term.<id>.alias",
 * separated by "|"). The id ("compute-capability") for a text as people type it ("算力",
 * "Compute Capability", "--index-url"), or NULL. */
const char *gm_words_term_find(const char *text);

/* Ids of all terms in order; NULL past the end. */
const char *gm_words_term(size_t index);

#endif
