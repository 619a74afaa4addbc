/* SPDX-License-Identifier: MIT */
/* A short text, as somebody types to ask. Words that mean nothing in a log do here: "12.4",
 * "cu128", "5060", "R580", a word of the glossary inside a question. */
#include <stdio.h>
#include <string.h>

#include "base/lookup.h"
#include "explain/internal.h"

#define ALIAS_BYTES_MAX 48 /* longest piece that is looked up as a term */

struct brief {
    gm_reading *r;
    bool asks;
    const char *text;
    size_t size;
};

/* Characters of a word here: "2.7.1", "rocm6.4", "arch-list". */
static bool in_word(char c)
{
    return gm_flat_word(c) || c == '.' || c == '+' || c == '-';
}

static size_t word_end(const struct brief *b, size_t at)
{
    while (at < b->size && in_word(b->text[at]))
        at++;
    while (at > 0 && strchr(".-", b->text[at - 1]))
        at--; /* of the sentence */
    return at;
}

/* Does a piece of text end where a word does? Chinese has no such places. */
static bool at_border(const struct brief *b, size_t at)
{
    return at == 0 || at >= b->size || !gm_flat_word(b->text[at - 1]) || !gm_flat_word(b->text[at]);
}

/* --- numbers --------------------------------------------------------------------------------- */

/* "12.0" may be a CUDA release, a compute capability, a release of torch, a driver: every table
 * that knows it says so. */
static void read_number(gm_reading *r, size_t at, size_t end)
{
    const char *text = gm_arena_text_n(r->arena, r->flat.text + at, end - at);
    gm_version version;
    gm_toolkit toolkit;
    gm_sm sm;
    if (!text || !gm_version_parse(text, &version) || version.count < 2)
        return;
    if (gm_catalog_toolkit(r->catalog, version, &toolkit)) {
        gm_about_toolkit(r, &toolkit, at, end);
        r->out->toolkit = toolkit.text;
    }
    if (version.count == 2 && version.part[0] < 100 && version.part[1] < 10) {
        gm_target target = gm_target_sm(version.part[0] * 10 + version.part[1], 0);
        if (gm_catalog_sm(r->catalog, &target, &sm)) {
            gm_about_target(r, &target, at, end);
            r->out->target = target;
        }
    }
    if (gm_about_release(r, text, at, end))
        gm_learn_torch(r, text, GM_TORCH_SEEN);
    if (gm_about_driver(r, text, version, at, end))
        gm_learn_driver(r, text, at, end);
}

/* --- compute platforms ----------------------------------------------------------------------- */

/* "cu128" of "cu128", "+cu128", "CUDA 12.8" at `at`; "rocm6.4" of "ROCm 6.4". Returns its end. */
static size_t platform_at(const struct brief *b, size_t at, char variant[GM_TARGET_TEXT])
{
    static const char cuda[] = "cuda", rocm[] = "rocm";
    const char *word = b->text + at;
    size_t size = word_end(b, at) - at, number;
    bool is_cuda = gm_ascii_starts(word, cuda), is_rocm = gm_ascii_starts(word, rocm);
    gm_version version;
    if (is_cuda || is_rocm) {
        for (number = at + sizeof cuda - 1; number < b->size && strchr(" -\n", b->text[number]);)
            number++;
        size_t read = gm_version_read(b->text + number, &version);
        if (is_cuda && version.count == 1)
            version = (gm_version){{version.part[0], 0}, 2}; /* "CUDA 13" */
        if (!read || version.count < 2 || version.part[0] > 999 || version.part[1] > 999)
            return 0;
        snprintf(variant, GM_TARGET_TEXT, is_cuda ? "cu%u%u" : "rocm%u.%u", version.part[0],
                 version.part[1]);
        return number + read;
    }
    if (*word == '+') {
        word++;
        size--;
        at++;
    }
    if (size == 0 || size >= GM_TARGET_TEXT)
        return 0;
    for (size_t i = 0; i < size; i++)
        variant[i] = gm_ascii_lower(word[i]);
    variant[size] = '\0';
    return at + size;
}

/* A platform without digits ("cpu", "xpu") is a common word: only alone. */
static size_t take_platform(const struct brief *b, size_t at)
{
    char variant[GM_TARGET_TEXT];
    size_t end = platform_at(b, at, variant);
    bool alone = at == 0 && end == b->size;
    bool cuda = gm_ascii_starts(b->text + at, "cuda");
    if (!end || (!alone && ((cuda && !b->asks) || !strpbrk(variant, "0123456789"))) ||
        !gm_about_platform(b->r, variant, at, end))
        return 0;
    gm_explanation *out = b->r->out;
    out->platform = out->platform ? out->platform : gm_arena_text(b->r->arena, variant);
    /* "CUDA 13.0" in a sentence may be anybody's, not a package's. */
    if (!out->cuda.count && !out->torch && (alone || !cuda))
        out->cuda = gm_catalog_variant_cuda(variant);
    return end;
}

/* --- numbers of cards and branches of drivers ------------------------------------------------ */

/* Does the word for a driver stand before `at`, in any language? */
static bool behind_driver(const struct brief *b, size_t at)
{
    static const char term[] = "gpu-driver";
    char piece[ALIAS_BYTES_MAX + 1];
    while (at > 0 && b->text[at - 1] == ' ')
        at--;
    for (size_t start = at; start > 0 && at - start < ALIAS_BYTES_MAX; start--) {
        if (!at_border(b, start - 1))
            continue;
        memcpy(piece, b->text + start - 1, at - start + 1);
        piece[at - start + 1] = '\0';
        const char *found = gm_words_term_find(piece);
        if (found && !strcmp(found, term))
            return true;
    }
    return false;
}

/* "R580", "driver 580" */
static size_t take_branch(const struct brief *b, size_t at, size_t end)
{
    bool letter = gm_ascii_lower(b->text[at]) == 'r';
    if (!letter && (!gm_ascii_is_digit(b->text[at]) || !behind_driver(b, at)))
        return 0;
    char *text =
        gm_arena_printf(b->r->arena, "R%.*s", (int)(end - at - letter), b->text + at + letter);
    if (!text)
        return 0;
    return gm_about_branch(b->r, text, at, end) ? end : 0;
}

/* "5060", "5060 Ti", "4070super": the card of that number, where only one chip has it. */
static size_t take_card(const struct brief *b, size_t at, size_t end)
{
    gm_gpu gpu;
    gm_reading *r = b->r;
    if ((!b->asks && at > 0) || r->out->machine.devices.count)
        return 0;
    size_t size = gm_catalog_gpu_by_number(r->catalog, b->text + at, &gpu);
    if (!size || at + size < end || (!b->asks && at + size != b->size))
        return 0;
    gm_learn_gpu(r, &gpu, gpu.name, NULL);
    gm_about_gpu(r, &gpu, gpu.name, at, at + size);
    return at + size;
}

/* Does a word for a series follow, in any language: "50xx", "50 series", "50系"? */
static bool is_series(const char *text)
{
    for (gm_lang lang = 0; gm_words_lang_tag(lang); lang++)
        if (gm_term_starts(lang, "explain.series.words", text))
            return true;
    return false;
}

/* "RTX 50 series": the cards that the table of targets calls "RTX 50xx". */
static size_t take_series(const struct brief *b, size_t at)
{
    char name[GM_TARGET_TEXT] = "";
    gm_reading *r = b->r;
    gm_sm sm;
    if (!b->asks || r->out->machine.devices.count || strspn(b->text + at, "0123456789") != 2 ||
        !is_series(b->text + at + 2))
        return 0;
    memcpy(name, b->text + at, 2);
    memcpy(name + 2, "xx", 3);
    for (size_t i = 0; gm_catalog_sm_at(r->catalog, i, &sm); i++) {
        const char *found = sm.gpus ? strstr(sm.gpus, name) : NULL;
        while (found && found > sm.gpus && found[-1] != ',')
            found--;
        if (!found)
            continue;
        found += *found == ' ';
        gm_gpu gpu = {.name = gm_arena_text_n(r->arena, found, strcspn(found, ",")),
                      .vendor = gm_target_vendor(&sm.target),
                      .targets = {sm.target},
                      .target_count = 1};
        if (!gpu.name)
            return 0;
        gm_learn_gpu(r, &gpu, gpu.name, NULL);
        gm_about_gpu(r, &gpu, gpu.name, at, at + 2);
        return at + 2;
    }
    return 0;
}

/* --- file names of wheels --------------------------------------------------------------------- */

/* Parts of "torch-2.9.1+cu128-cp311-cp311-win_amd64.whl": name, version, (build,) Python, ABI,
 * system. */
#define WHEEL_PARTS_MAX 6

static size_t split(char *name, char *parts[WHEEL_PARTS_MAX])
{
    size_t count = 0;
    for (char *at = name; at && count < WHEEL_PARTS_MAX;) {
        parts[count++] = at;
        at = strchr(at, '-');
        if (at)
            *at++ = '\0';
    }
    return count;
}

/* "cp311" → "3.11"; NULL for "py3" and others that do not name one. */
static const char *python_of(gm_arena *arena, const char *tag, const char *abi)
{
    bool interpreter = gm_ascii_starts(tag, "cp") && gm_ascii_is_digit(tag[2]) && tag[3];
    size_t abi_size = strlen(abi);
    bool free_threaded = abi_size > 1 && abi[abi_size - 1] == 't';
    return interpreter
               ? gm_arena_printf(arena, "%c.%s%s%s", tag[2], tag + 3, free_threaded ? "t" : "",
                                 gm_ascii_starts(abi, "abi") ? "+" : "")
               : NULL;
}

static size_t take_wheel(const struct brief *b, size_t at)
{
    static const char ending[] = ".whl";
    gm_arena *arena = b->r->arena;
    char *parts[WHEEL_PARTS_MAX];
    size_t end = at;
    while (end < b->size && in_word(b->text[end]))
        end++;
    size_t size = end - at, tail = sizeof ending - 1;
    if (size <= tail || !gm_ascii_equal_n(b->text + end - tail, ending, tail))
        return 0;
    const char *file = gm_arena_text_n(arena, b->text + at, size);
    char *name = gm_arena_text_n(arena, b->text + at, size - tail);
    size_t count = name ? split(name, parts) : 0;
    if (!file || count < WHEEL_PARTS_MAX - 1)
        return 0;
    const char *python = python_of(arena, parts[count - 3], parts[count - 2]);
    gm_match *match = gm_shown_match(b->r, file, "wheel", at, end,
                                     python ? "explain.wheel" : "explain.wheel.any");
    if (!match)
        return 0;
    gm_args_text(arena, &match->args, "package", parts[0]);
    gm_args_text(arena, &match->args, "release", parts[1]);
    gm_args_text(arena, &match->args, "system", parts[count - 1]);
    gm_args_text(arena, &match->args, "python", python);
    b->r->out->recognised = true;
    return end;
}

/* --- words of the glossary ------------------------------------------------------------------- */

/* The longest term in the text. */
static const char *term_inside(const struct brief *b, size_t *ret_at, size_t *ret_end)
{
    char piece[ALIAS_BYTES_MAX + 1];
    const char *best = NULL;
    size_t longest = 3; /* shorter ones ("sm", "cc") are no proof */
    for (size_t at = 0; at < b->size; at++) {
        if (!at_border(b, at) || b->text[at] == ' ')
            continue;
        for (size_t end = at + longest + 1; end <= b->size && end - at <= ALIAS_BYTES_MAX; end++) {
            if (!at_border(b, end))
                continue;
            memcpy(piece, b->text + at, end - at);
            piece[end - at] = '\0';
            const char *term = gm_words_term_find(piece);
            if (!term)
                continue;
            best = term;
            longest = end - at;
            *ret_at = at;
            *ret_end = end;
        }
    }
    return best;
}

/* Only cards were found besides: their names answer no question. */
static bool only_cards(const gm_reading *r)
{
    for (size_t i = 0; i < r->matches.count; i++)
        if (strcmp(r->matches.items[i].match.kind, "gpu"))
            return false;
    return true;
}

static void read_term(const struct brief *b)
{
    size_t at, end;
    if (b->asks || !only_cards(b->r) || !gm_term_asks(b->text))
        return;
    const char *term = term_inside(b, &at, &end);
    if (term)
        gm_term_show(b->r, term, at, end);
}

/* --------------------------------------------------------------------------------------------- */

static size_t take(const struct brief *b, size_t at)
{
    size_t end = word_end(b, at), taken = 0;
    if (end <= at)
        return at + 1;
    taken = take_wheel(b, at);
    if (taken)
        return taken;
    if (gm_ascii_is_digit(b->text[at]) && !behind_driver(b, at))
        taken = take_card(b, at, end);
    if (!taken && gm_ascii_is_digit(b->text[at]))
        taken = take_series(b, at);
    else if (!taken)
        taken = take_platform(b, at);
    if (!taken)
        taken = take_branch(b, at, end);
    return taken ? taken : end;
}

void gm_brief_read(gm_reading *r, bool asks)
{
    struct brief brief = {r, asks, r->flat.text, r->flat.size};
    size_t at = 0;
    if (strspn(brief.text, ".0123456789") == brief.size)
        read_number(r, 0, brief.size);
    while (at < brief.size) {
        bool starts = in_word(brief.text[at]) && (at == 0 || !in_word(brief.text[at - 1]));
        at = starts ? take(&brief, at) : at + 1;
    }
    if (r->driver_end && !gm_shown_has(r, "nvidia-smi"))
        gm_about_driver(r, r->out->machine.driver.text, r->out->machine.driver.version,
                        r->driver_at, r->driver_end);
    if (r->torch_end && r->out->torch && !strchr(r->out->torch, '+'))
        gm_about_release(r, r->out->torch, r->torch_at, r->torch_end);
    read_term(&brief);
}
