/* SPDX-License-Identifier: MIT */
/* Names that can be recognised without a message around them: targets, versions with a local part,
 * GPUs, PCI ids, Toolkits. */
#include <string.h>

#include "base/lookup.h"
#include "explain/internal.h"

#define LIST_TARGETS_MIN 3  /* two may be compared with each other */
#define NAMES_MAX        16 /* matches; facts are learned from all */

struct names {
    gm_reading *r;
    const gm_hits *hits;
    size_t hit; /* first hit that ends behind the current place */
    size_t shown;
    const char *toolkit; /* the only one named so far */
    bool toolkits;       /* several */
    gm_name_starts starts;
};

/* The message that covers `at`; facts do not hide names. */
static const gm_hit *covering(struct names *n, size_t at)
{
    while (n->hit < n->hits->count && n->hits->items[n->hit].end <= at)
        n->hit++;
    const gm_hit *hit = n->hit < n->hits->count ? &n->hits->items[n->hit] : NULL;
    return hit && hit->at <= at ? hit : NULL;
}

/* What is recognised is told about where no message does, up to a limit. */
static bool to_tell(struct names *n, size_t at)
{
    n->r->out->recognised = true;
    return !covering(n, at) && n->shown < NAMES_MAX;
}

/* --- targets --------------------------------------------------------------------------------- */

/* "gfx90a:xnack+", "gfx9-4-generic": the longest run that is a target. */
static size_t gfx_length(const char *text)
{
    gm_target target;
    size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:+-");
    while (size > 3 && !gm_target_parse(text, size, &target))
        size--;
    return size > 3 ? size : 0;
}

/* The target that stands at `at`: where it ends, 0 for none. */
static size_t target_at(const gm_flat *flat, size_t at, gm_target *target)
{
    gm_capture capture;
    const char *text = flat->text + at;
    size_t end = gm_ascii_starts(text, "gfx")
                     ? at + gfx_length(text)
                     : gm_field_read(flat, at, GM_FIELD_target, false, &capture);
    return end && !gm_flat_word(flat->text[end]) && gm_target_parse(text, end - at, target) ? end
                                                                                            : 0;
}

/* "['sm_75', 'sm_80', 'sm_90']", as torch.cuda.get_arch_list() prints it: targets in a row with
 * nothing but the signs of a list between them say what code a program has. */
static size_t take_list(struct names *n, size_t at)
{
    const gm_flat *flat = &n->r->flat;
    gm_target target, first = {0}, last = {0};
    gm_text list = GM_TEXT_INIT;
    char name[GM_TARGET_TEXT];
    size_t count = 0, start = at, end = at, next;
    while ((next = target_at(flat, at, &target)) != 0) {
        first = count++ ? first : target;
        last = target;
        gm_text_addf(&list, "%s%s", list.size ? " " : "", gm_target_format(&target, name));
        for (at = end = next; at < flat->size && strchr(" \n,;'\"", flat->text[at]);)
            at++;
    }
    char *code = count >= LIST_TARGETS_MIN ? gm_arena_text(n->r->arena, list.data) : NULL;
    gm_text_free(&list);
    if (!code)
        return 0;
    if (!covering(n, end - 1) && !n->r->out->code)
        n->r->out->code = code;
    if (to_tell(n, end - 1))
        n->shown += gm_about_list(n->r, &first, &last, code, start, end);
    return end;
}

static size_t take_target(struct names *n, size_t at)
{
    gm_target target;
    size_t end = take_list(n, at);
    if (end)
        return end;
    end = target_at(&n->r->flat, at, &target);
    if (!end)
        return 0;
    if (!covering(n, at) && n->r->out->target.kind == GM_TARGET_NONE)
        n->r->out->target = target;
    if (to_tell(n, at))
        n->shown += gm_about_target(n->r, &target, at, end);
    return end;
}

/* --- versions -------------------------------------------------------------------------------- */

/* Other packages number their releases differently; one that the table does not know is torch's
 * when nothing else stands in the text (behind its name it is found as a fact). */
static bool belongs_to_torch(struct names *n, const char *text, const char *variant)
{
    gm_build build;
    gm_os os = gm_os_of_wheels(n->r->out->machine.os);
    return strlen(text) == n->r->flat.size ||
           gm_catalog_build_find(n->r->catalog, "torch", text, variant, os ? os : GM_OS_LINUX,
                                 GM_CPU_X86_64, &build) ||
           gm_catalog_build_find(n->r->catalog, "torch", text, variant, GM_OS_WINDOWS,
                                 GM_CPU_X86_64, &build) ||
           gm_catalog_build_find(n->r->catalog, "torch", text, variant, GM_OS_LINUX, GM_CPU_AARCH64,
                                 &build);
}

/* Most numbers are no versions: those have a + at their end. */
static bool has_local_part(const char *text)
{
    while (gm_flat_word(*text) || *text == '.')
        text++;
    return *text == '+';
}

/* "torchaudio==2.6.0+cu124", "torchaudio 2.6.0+cu124": is it the version of a package beside torch?
 */
static bool belongs_to_other(const struct names *n, size_t at)
{
    const gm_flat *flat = &n->r->flat;
    char name[32];
    gm_package_row row;
    while (at > 0 && (flat->text[at - 1] == '=' || flat->text[at - 1] == ' '))
        at--;
    size_t from = at;
    while (from > 0 && (gm_flat_word(flat->text[from - 1]) || flat->text[from - 1] == '-'))
        from--;
    if (from == at || at - from >= sizeof name)
        return false;
    memcpy(name, flat->text + from, at - from);
    name[at - from] = '\0';
    return !gm_catalog_has_builds(name) && gm_catalog_package(n->r->catalog, name, &row);
}

static size_t take_version(struct names *n, size_t at)
{
    gm_capture capture;
    const gm_flat *flat = &n->r->flat;
    if (!has_local_part(flat->text + at))
        return 0;
    size_t end = gm_field_read(flat, at, GM_FIELD_torch, false, &capture);
    const char *plus = end ? memchr(flat->text + at, '+', end - at) : NULL;
    const char *text = plus ? gm_capture_dense(flat, &capture, n->r->arena) : NULL;
    if (!text || belongs_to_other(n, at) || !belongs_to_torch(n, text, strchr(text, '+') + 1))
        return end;
    if (!covering(n, at))
        gm_learn_torch(n->r, text, GM_TORCH_SEEN);
    if (to_tell(n, at))
        n->shown += gm_about_version(n->r, text, at, end);
    return end;
}

/* --- Toolkits -------------------------------------------------------------------------------- */

static size_t skip_word(const gm_flat *flat, size_t at, const char *word)
{
    while (at < flat->size && (gm_flat_blank(flat->text[at]) || flat->text[at] == '-'))
        at++;
    size_t size = strlen(word);
    return at + size <= flat->size && gm_ascii_equal_n(flat->text + at, word, size) ? at + size : 0;
}

/* "CUDA 11.8", "CUDA Toolkit 13.0", "cuda-12.8" */
static size_t take_toolkit(struct names *n, size_t at)
{
    const gm_flat *flat = &n->r->flat;
    gm_capture capture;
    gm_toolkit toolkit;
    gm_version version;
    size_t number = skip_word(flat, at, "cuda");
    size_t named = number ? skip_word(flat, number, "toolkit") : 0;
    number = named ? named : number;
    number = number ? skip_word(flat, number, "") : 0;
    size_t end = number ? gm_field_read(flat, number, GM_FIELD_toolkit, false, &capture) : 0;
    if (!end || !gm_version_read(flat->text + capture.at, &version) ||
        !gm_catalog_toolkit(n->r->catalog, version, &toolkit))
        return 0;
    if (!covering(n, at)) {
        n->toolkits = n->toolkits || (n->toolkit && strcmp(n->toolkit, toolkit.text));
        n->toolkit = toolkit.text;
    }
    if (to_tell(n, at))
        n->shown += gm_about_toolkit(n->r, &toolkit, at, end);
    return end;
}

/* --- GPUs ------------------------------------------------------------------------------------ */

static bool known_name(const struct names *n, const char *name, size_t size)
{
    const gm_machine *machine = &n->r->out->machine;
    for (size_t i = 0; i < machine->devices.count; i++) {
        const char *known = machine->devices.items[i].name;
        if (known && strlen(known) == size && !memcmp(known, name, size))
            return true;
    }
    return false;
}

/* "NVIDIA GeForce RTX 5090, 570.133.07, 12.0": what nvidia-smi --query-gpu prints in columns; a
 * driver may stand behind the name. */
static void learn_column(struct names *n, size_t at)
{
    const gm_flat *flat = &n->r->flat;
    gm_capture capture;
    size_t end =
        flat->text[at] == ',' ? gm_field_read(flat, at + 1, GM_FIELD_driver, false, &capture) : 0;
    const char *text = end ? gm_capture_dense(flat, &capture, n->r->arena) : NULL;
    if (text)
        gm_learn_driver(n->r, text, capture.at, end);
}

static size_t take_gpu(struct names *n, size_t at)
{
    const gm_flat *flat = &n->r->flat;
    gm_gpu gpu;
    size_t room = flat->size - at < GM_DEVICE_BYTES_MAX ? flat->size - at : GM_DEVICE_BYTES_MAX;
    const char *line_end = memchr(flat->text + at, '\n', room);
    size_t size = gm_catalog_gpu_at(n->r->catalog, flat->text + at,
                                    line_end ? (size_t)(line_end - flat->text) - at : room, &gpu);
    if (!size)
        return 0;
    learn_column(n, at + size);
    if (known_name(n, flat->text + at, size))
        return at + size;
    const gm_hit *hit = covering(n, at);
    for (size_t i = 0; hit && i < hit->capture_count; i++)
        if (hit->captures[i].field == GM_FIELD_device)
            return at + size; /* learned with the message */
    const char *name = gm_arena_text_n(n->r->arena, flat->text + at, size);
    if (name) {
        gm_learn_gpu(n->r, &gpu, name, NULL);
        if (to_tell(n, at))
            n->shown += gm_about_gpu(n->r, &gpu, name, at, at + size);
    }
    return at + size;
}

/* Four hexadecimal digits; false when others stand there. */
static bool hex4(const char *text, unsigned *number)
{
    *number = 0;
    for (int i = 0; i < 4; i++) {
        char c = gm_ascii_lower(text[i]);
        if (!gm_ascii_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
        *number = *number << 4 | (unsigned)(gm_ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* "10de:2d19" or, as Windows writes it, "VEN_10DE&DEV_2D19": length, 0 for something else. */
static size_t read_pci(const char *text, unsigned *vendor, unsigned *id)
{
    static const char device[] = "&dev_";
    if (hex4(text, vendor))
        return text[4] == ':' && hex4(text + 5, id) ? 9 : 0;
    if (gm_ascii_starts(text, "ven_") && hex4(text + 4, vendor) &&
        gm_ascii_starts(text + 8, device) && hex4(text + 8 + sizeof device - 1, id))
        return 8 + sizeof device - 1 + 4;
    return 0;
}

static size_t take_pci(struct names *n, size_t at)
{
    unsigned vendor, id;
    gm_gpu gpu;
    size_t end = at + read_pci(n->r->flat.text + at, &vendor, &id);
    if (end == at || gm_flat_word(n->r->flat.text[end]) ||
        !gm_catalog_gpu_by_pci(n->r->catalog, (uint16_t)vendor, (uint16_t)id, &gpu))
        return 0;
    const char *pci = gm_arena_printf(n->r->arena, "%04x:%04x", vendor, id);
    if (!pci)
        return end;
    gm_learn_gpu(n->r, &gpu, NULL, pci);
    if (to_tell(n, at))
        n->shown += gm_about_gpu(n->r, &gpu, gpu.name ? gpu.name : pci, at, end);
    return end;
}

/* --------------------------------------------------------------------------------------------- */

static size_t take(struct names *n, size_t at)
{
    const char *text = n->r->flat.text + at;
    char first = gm_ascii_lower(*text);
    size_t end = 0;
    if (gm_ascii_is_digit(first) || (first >= 'a' && first <= 'f') || first == 'v')
        end = take_pci(n, at);
    if (!end && gm_ascii_is_digit(first))
        end = take_version(n, at);
    if (!end && (first == 's' || first == 'c' || first == 'g'))
        end = take_target(n, at);
    if (!end && first == 'c')
        end = take_toolkit(n, at);
    if (!end && gm_ascii_is_alpha(first) && gm_name_may_start(&n->starts, text))
        end = take_gpu(n, at);
    return end;
}

/* Characters of words, as gm_flat_word says; a text of megabytes is looked up faster. */
static void word_table(bool table[256])
{
    for (int c = 0; c < 256; c++)
        table[c] = gm_flat_word((char)c);
}

void gm_names_find(gm_reading *r, const gm_hits *hits)
{
    struct names names = {.r = r, .hits = hits};
    const unsigned char *text = (const unsigned char *)r->flat.text;
    size_t at = 0;
    bool in_word[256];
    word_table(in_word);
    gm_catalog_name_starts(r->catalog, &names.starts);
    while (at < r->flat.size) {
        if (!in_word[text[at]]) {
            at++;
            continue;
        }
        size_t end = take(&names, at);
        if (end > at)
            at = end;
        while (in_word[text[at]]) /* NUL ends the text */
            at++;
    }
    if (!r->out->toolkit && !names.toolkits)
        r->out->toolkit = names.toolkit;
}
