/* SPDX-License-Identifier: MIT */
/* GPU names as people write them. A name is folded to its telling words, run together: case,
 * blanks, hyphens and brand words do not matter. tools/gen_catalog.py folds the table alike. */
#include <string.h>

#include "base/lookup.h"
#include "catalog/catalog.h"
#include "catalog/rows.h"

#define WORDS_MAX 9

struct word {
    const char *text;
    size_t size;
};

/* What is looked up: the telling words of a name, and the maker that its brand words tell. */
struct folded {
    char key[GM_NAME_KEY_BYTES];
    size_t size;
    gm_vendor maker;
};

static bool word_is(struct word word, const char *text)
{
    return gm_ascii_lower(*word.text) == *text && strlen(text) == word.size &&
           gm_ascii_equal_n(word.text, text, word.size);
}

/* Words that say nothing about which GPU it is; brand words tell its maker. */
static const struct {
    const char *text;
    gm_vendor maker;
} noise[] = {{"nvidia", GM_VENDOR_NVIDIA},  {"geforce", GM_VENDOR_NVIDIA},
             {"amd", GM_VENDOR_AMD},        {"radeon", GM_VENDOR_AMD},
             {"intel", GM_VENDOR_INTEL},    {"instinct", GM_VENDOR_UNKNOWN},
             {"series", GM_VENDOR_UNKNOWN}, {"graphics", GM_VENDOR_UNKNOWN},
             {"gpu", GM_VENDOR_UNKNOWN},    {"generation", GM_VENDOR_UNKNOWN},
             {"r", GM_VENDOR_UNKNOWN},      {"tm", GM_VENDOR_UNKNOWN}};

static bool is_noise(struct word word, gm_vendor *maker)
{
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++) {
        if (!word_is(word, noise[i].text))
            continue;
        if (noise[i].maker != GM_VENDOR_UNKNOWN)
            *maker = noise[i].maker;
        return true;
    }
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

static bool add_word(struct folded *name, struct word word)
{
    bool laptop = word_is(word, "mobile") || word_is(word, "notebook");
    struct word written = laptop ? (struct word){"laptop", strlen("laptop")} : word;
    if (is_noise(word, &name->maker))
        return true;
    if (name->size + written.size >= GM_NAME_KEY_BYTES)
        return false;
    for (size_t i = 0; i < written.size; i++)
        name->key[name->size++] = gm_ascii_lower(written.text[i]);
    name->key[name->size] = '\0';
    return true;
}

static bool is_word_char(char c)
{
    return gm_ascii_is_alpha(c) || gm_ascii_is_digit(c);
}

/* The next word from `*at` on. `joined`: it must follow after single blanks, hyphens and (R)-like
 * marks only, as a name inside running text ends at anything else. */
static bool next_word(const char *text, size_t size, size_t *at, bool joined, struct word *word)
{
    size_t start = *at, end = start;
    while (end < size && !is_word_char(text[end]) && (!joined || strchr(" -()", text[end])))
        end++;
    if (end >= size || !is_word_char(text[end]) || (joined && end - start > 3 && start > 0))
        return false;
    word->text = text + end;
    while (end < size && is_word_char(text[end]))
        end++;
    word->size = (size_t)(text + end - word->text);
    *at = end;
    return true;
}

bool gm_catalog_is_brand(const char *text, size_t size)
{
    struct word word;
    gm_vendor maker;
    size_t at = 0;
    while (next_word(text, size, &at, false, &word))
        if (!is_noise(word, &maker))
            return false;
    return true;
}

bool gm_name_fold(const char *text, char key[GM_NAME_KEY_BYTES], gm_vendor *ret_brand)
{
    struct folded name = {.size = 0};
    struct word word;
    size_t at = 0, length = strlen(text);
    bool ok = true;
    while (ok && next_word(text, length, &at, false, &word))
        ok = add_word(&name, word);
    memcpy(key, name.key, sizeof name.key);
    *ret_brand = name.maker;
    return ok && name.size > 0;
}

gm_vendor gm_name_maker(const gm_catalog *catalog, const gm_gpu_names_row *row)
{
    gm_gpu gpu = {.vendor = GM_VENDOR_UNKNOWN};
    gm_catalog_targets(gm_cell(catalog, row->targets), &gpu);
    return gpu.vendor;
}

/* Place of the first row whose key is not before the name. */
static size_t first_from(const gm_catalog *catalog, const struct folded *name)
{
    size_t low = 0, high = catalog->gpu_names_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(gm_cell(catalog, catalog->gpu_names[middle].key), name->key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether some name begins like this: most words of a text need not be looked at further. */
static bool begins_name(const gm_catalog *catalog, const struct folded *name)
{
    size_t low = first_from(catalog, name);
    return low < catalog->gpu_names_count &&
           !strncmp(gm_cell(catalog, catalog->gpu_names[low].key), name->key, name->size);
}

/* The row of a name. Two makers may have used the same one (610M): then the brand decides, and
 * without a brand none is meant for sure. */
static const gm_gpu_names_row *find(const gm_catalog *catalog, const struct folded *name)
{
    size_t low = first_from(catalog, name);
    const gm_gpu_names_row *found = NULL;
    for (; low < catalog->gpu_names_count; low++) {
        const gm_gpu_names_row *row = &catalog->gpu_names[low];
        if (strcmp(gm_cell(catalog, row->key), name->key))
            break;
        if (name->maker != GM_VENDOR_UNKNOWN && name->maker != gm_name_maker(catalog, row))
            continue;
        if (found)
            return NULL;
        found = row;
    }
    return found;
}

static void fill(const gm_catalog *catalog, gm_gpu *gpu, const gm_gpu_names_row *row)
{
    *gpu =
        (gm_gpu){.name = gm_cell(catalog, row->name),
                 .row = gm_row_source_of(catalog, "gpu_names.tsv", row->source, row->confidence)};
    gm_catalog_targets(gm_cell(catalog, row->targets), gpu);
}

const gm_gpu_names_row *gm_catalog_name_row(const gm_catalog *catalog, const char *text)
{
    struct word words[WORDS_MAX];
    size_t count = 0, at = 0, length = strlen(text);
    while (count < WORDS_MAX && next_word(text, length, &at, false, &words[count]))
        count++;
    for (size_t used = count; used > 0; used--) {
        struct folded name = {.size = 0};
        bool ok = true;
        for (size_t i = 0; ok && i < used; i++)
            ok = add_word(&name, words[i]);
        const gm_gpu_names_row *row = ok && name.size ? find(catalog, &name) : NULL;
        if (row || !is_packaging(words[used - 1]))
            return row;
    }
    return NULL;
}

bool gm_catalog_gpu_by_name(const gm_catalog *catalog, const char *name, gm_gpu *gpu)
{
    const gm_gpu_names_row *row = gm_catalog_name_row(catalog, name);
    if (row)
        fill(catalog, gpu, row);
    return row != NULL;
}

static bool has_digit(const char *text)
{
    return text[strcspn(text, "0123456789")] != '\0';
}

static bool in_capitals(struct word word)
{
    for (size_t i = 0; i < word.size; i++)
        if (word.text[i] >= 'a' && word.text[i] <= 'z')
            return false;
    return true;
}

/* Whether words inside running text mean the GPU of `row`. With a brand they do; without one they
 * must begin with a letter and hold a digit or be several words, and short ones ("A10") must be
 * written in capitals, the shortest ("T4") be known to stand alone. */
static bool is_meant(const struct folded *name, const gm_gpu_names_row *row,
                     const struct word *words, size_t count)
{
    if (name->maker != GM_VENDOR_UNKNOWN)
        return true;
    if (!gm_ascii_is_alpha(name->key[0]) || (count == 1 && !has_digit(name->key)))
        return false;
    if (count > 1 || name->size > 3)
        return true;
    return in_capitals(words[0]) && (name->size == 3 || row->alone);
}

/* "NVIDIA 510.47.03" is a version, no GPU. */
static bool goes_on(const char *end, const char *stop)
{
    return stop - end >= 2 && *end == '.' && gm_ascii_is_digit(end[1]);
}

size_t gm_catalog_gpu_at(const gm_catalog *catalog, const char *text, size_t size, gm_gpu *gpu)
{
    struct word words[WORDS_MAX], after;
    struct folded name = {.size = 0};
    size_t length = 0, at = 0;
    if (size == 0 || !is_word_char(text[0]))
        return 0;
    for (size_t i = 0; i < WORDS_MAX && next_word(text, size, &at, true, &words[i]); i++) {
        if (!add_word(&name, words[i]) || (name.size && !begins_name(catalog, &name)))
            break;
        const gm_gpu_names_row *row = name.size ? find(catalog, &name) : NULL;
        const char *end = words[i].text + words[i].size;
        if (!row || !is_meant(&name, row, words, i + 1) || goes_on(end, text + size))
            continue;
        fill(catalog, gpu, row);
        length = at;
        size_t next = at;
        if (next_word(text, size, &next, true, &after) &&
            (word_is(after, "gpu") || word_is(after, "graphics")))
            length = next;
    }
    return length;
}

/* --- how names begin ------------------------------------------------------------------------- */

#define LETTERS 37 /* of ASCII, digits, and none */

static unsigned letter(char c)
{
    c = gm_ascii_lower(c);
    return gm_ascii_is_digit(c)   ? 1u + (unsigned)(c - '0')
           : c >= 'a' && c <= 'z' ? 11u + (unsigned)(c - 'a')
                                  : 0;
}

/* Place of the first `count` letters of a word; of fewer where it ends before. */
static unsigned start_place(const char *text, unsigned count)
{
    unsigned place = 0, left = 1;
    for (unsigned i = 0; i < 3; i++) {
        unsigned next = left && i < count ? letter(text[i]) : 0;
        left = next;
        place = place * LETTERS + next;
    }
    return place;
}

static void mark(gm_name_starts *starts, const char *text)
{
    for (unsigned count = 1; count <= 3; count++) {
        unsigned place = start_place(text, count);
        starts->bits[place / 8] |= (uint8_t)(1u << place % 8);
    }
}

void gm_catalog_name_starts(const gm_catalog *catalog, gm_name_starts *ret)
{
    *ret = (gm_name_starts){{0}};
    for (size_t i = 0; i < catalog->gpu_names_count; i++)
        mark(ret, gm_cell(catalog, catalog->gpu_names[i].key));
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++)
        mark(ret, noise[i].text);
}

bool gm_name_may_start(const gm_name_starts *starts, const char *text)
{
    unsigned place = start_place(text, 3);
    return starts->bits[place / 8] >> place % 8 & 1;
}

/* --- numbers of cards ------------------------------------------------------------------------ */

/* Is `key` a series and then `number`? "rtx5060" is the 5060, "gtx560" is not. */
static bool is_of_number(const char *key, const char *number)
{
    size_t series = strcspn(key, "0123456789");
    return series >= 2 && !strcmp(key + series, number);
}

/* Cards of one number with different targets ("730") say nothing. */
static bool find_number(const gm_catalog *catalog, const char *number, gm_gpu *gpu)
{
    const gm_gpu_names_row *found = NULL;
    for (size_t i = 0; i < catalog->gpu_names_count; i++) {
        const gm_gpu_names_row *row = &catalog->gpu_names[i];
        if (!is_of_number(gm_cell(catalog, row->key), number))
            continue;
        if (found &&
            !gm_text_equal(gm_cell(catalog, found->targets), gm_cell(catalog, row->targets)))
            return false;
        found = found ? found : row;
    }
    if (found)
        fill(catalog, gpu, found);
    return found != NULL;
}

size_t gm_catalog_gpu_by_number(const gm_catalog *catalog, const char *text, gm_gpu *gpu)
{
    struct folded name = {.size = 0};
    struct word word;
    size_t at = 0, size = strlen(text), length = 0;
    if (!gm_ascii_is_digit(*text) || strspn(text, "0123456789") < 3)
        return 0;
    while (next_word(text, size, &at, true, &word) && add_word(&name, word))
        if (find_number(catalog, name.key, gpu))
            length = at;
        else if (length || name.size > 4)
            break;
    return length;
}
