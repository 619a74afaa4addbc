/* SPDX-License-Identifier: MIT */
/* What tools/gen_words.py writes. All numbers but counts are offsets into the pool, whose texts end
 * with NUL; ids and aliases are sorted bytewise. Plural forms after the
 * first of "id" are "id[1]", "id[2]". Internal to `words`. */
#ifndef GM_WORDS_TABLE_H
#define GM_WORDS_TABLE_H

#include <stdint.h>

extern const unsigned char gm_words_pool[];
extern const uint32_t gm_words_ids[];     /* gm_words_id_count */
extern const uint32_t gm_words_texts[];   /* id_count * lang_count, languages side by side */
extern const uint32_t gm_words_tags[];    /* lang_count */
extern const uint32_t gm_words_terms[];   /* term_count */
extern const uint32_t gm_words_aliases[]; /* alias_count pairs: text, index of the term */
extern const uint32_t gm_words_id_count, gm_words_lang_count, gm_words_term_count,
    gm_words_alias_count;

/* Which plural form `n` takes in a language (0 the first), by the Plural-Forms of its file. */
uint32_t gm_words_plural(uint32_t lang, unsigned long n);

#endif
