/* SPDX-License-Identifier: MIT */
/* GPU names as people write them. A name is folded to its telling words, run together: case,
 * blanks, hyphens and brand words do not matter. tools/gen_catalog.py folds the table alike. */
#include <string.h>

#include "base/lookup.h"
#include "catalog/catalog.h"
#include "catalog/rows.h"

#define KEY_BYTES 96
#define WORDS_MAX 9

struct word {
    const char *text;
    size_t size;
};

static bool word_is(struct word word, const char *text)
{
    return strlen(text) == word.size && gm_ascii_equal_n(word.text, text, word.size);
}

static bool is_noise(struct word word)
{
    static const char *const noise[] = {"nvidia",   "amd", "intel",      "geforce", "radeon",
                                        "graphics", "gpu", "generation", "r",       "tm"};
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++)
        if (word_is(word, noise[i]))
            return true;
    return false;
}

/* How a card is packed says nothing about its chip: "H100 80GB HBM3" is an H100. */
static bool is_packaging(struct word word)
{
    static const char *const words[] = {"pcie", "sxm",  "sxm2",  "sxm3", "sxm4",  "sxm5",
                                        "sxm6", "hbm2", "hbm2e", "hbm3", "hbm3e", "ac"};
    size_t digits = 0;
    while (digits < word.size && gm_ascii_is_digit(word.text[digits]))
        digits++;
    if (digits && digits + 2 == word.size && gm_ascii_equal_n(word.text + digits, "gb", 2))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (word_is(word, words[i]))
            return true;
    return false;
}

static bool add_word(char key[KEY_BYTES], size_t *size, struct word word)
{
    bool laptop = word_is(word, "mobile") || word_is(word, "notebook");
    struct word written = laptop ? (struct word){"laptop", strlen("laptop")} : word;
    if (is_noise(word))
        return true;
    if (*size + written.size >= KEY_BYTES)
        return false;
    for (size_t i = 0; i < written.size; i++)
        key[(*size)++] = gm_ascii_lower(written.text[i]);
    key[*size] = '\0';
    return true;
}

static bool is_word_char(char c)
{
    return gm_ascii_is_alpha(c) || gm_ascii_is_digit(c);
}

/* Splits into words; `joined` stops at anything but single blanks, hyphens and (R)-like marks, as
 * a name inside running text ends there. */
static size_t split(const char *text, size_t size, bool joined, struct word words[WORDS_MAX])
{
    size_t count = 0, at = 0;
    while (at < size && count < WORDS_MAX) {
        size_t start = at, gap = 0;
        while (at < size && !is_word_char(text[at]) && (!joined || strchr(" -()", text[at]))) {
            at++;
            gap++;
        }
        if (at >= size || !is_word_char(text[at]) || (joined && gap > 3 && start > 0))
            break;
        words[count].text = text + at;
        while (at < size && is_word_char(text[at]))
            at++;
        words[count].size = (size_t)(text + at - words[count].text);
        count++;
    }
    return count;
}

static const gm_gpu_names_row *find_key(const char *key)
{
    size_t low = 0, high = gm_table_gpu_names_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(gm_cell(gm_table_gpu_names[middle].key), key);
        if (order == 0)
            return &gm_table_gpu_names[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void fill(gm_gpu *gpu, const gm_gpu_names_row *row)
{
    *gpu = (gm_gpu){.name = gm_cell(row->name),
                    .row = gm_row_source_of("gpu_names.tsv", row->source, row->confidence)};
    gm_catalog_targets(gm_cell(row->targets), gpu);
}

const gm_gpu_names_row *gm_catalog_name_row(const char *name)
{
    struct word words[WORDS_MAX];
    size_t count = split(name, strlen(name), false, words);
    for (size_t used = count; used > 0; used--) {
        char key[KEY_BYTES] = "";
        size_t size = 0;
        bool ok = true;
        for (size_t i = 0; ok && i < used; i++)
            ok = add_word(key, &size, words[i]);
        const gm_gpu_names_row *row = ok && size ? find_key(key) : NULL;
        if (row || !is_packaging(words[used - 1]))
            return row;
    }
    return NULL;
}

bool gm_catalog_gpu_by_name(const char *name, gm_gpu *gpu)
{
    const gm_gpu_names_row *row = gm_catalog_name_row(name);
    if (row)
        fill(gpu, row);
    return row != NULL;
}

size_t gm_catalog_gpu_at(const char *text, size_t size, gm_gpu *gpu)
{
    struct word words[WORDS_MAX];
    char key[KEY_BYTES] = "";
    size_t key_size = 0, length = 0;
    if (size == 0 || !is_word_char(text[0]))
        return 0;
    size_t count = split(text, size, true, words);
    bool branded = false;
    for (size_t i = 0; i < count && add_word(key, &key_size, words[i]); i++) {
        branded = branded || (is_noise(words[i]) && words[i].size > 2);
        /* A lone "A2" or "780M" may be anything; with a brand in front it is a GPU. */
        bool telling = branded || (key_size > 2 && gm_ascii_is_alpha(key[0]));
        const gm_gpu_names_row *row = telling && key_size ? find_key(key) : NULL;
        if (!row)
            continue;
        fill(gpu, row);
        length = (size_t)(words[i].text + words[i].size - text);
        if (i + 1 < count && (word_is(words[i + 1], "gpu") || word_is(words[i + 1], "graphics")))
            length = (size_t)(words[i + 1].text + words[i + 1].size - text);
    }
    return length;
}
