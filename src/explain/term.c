/* SPDX-License-Identifier: MIT */
/* A word that somebody wants to know: "compute capability", "算力", "what is PTX?", "PTX是什么". */
#include <string.h>

#include "base/lookup.h"
#include "explain/internal.h"

#define QUESTION_BYTES 160

/* Length of the piece of a list ("what is |what does ") that `text` begins or ends with. What
 * people put around a word stands in po/, per language. */
static size_t around(gm_lang lang, const char *list_id, const char *text, bool front)
{
    const char *list = gm_words_find(lang, list_id);
    size_t length = strlen(text);
    while (list && *list) {
        size_t size = strcspn(list, "|");
        if (size && size < length &&
            gm_ascii_equal_n(front ? text : text + length - size, list, size))
            return size;
        list += size + (list[size] == '|');
    }
    return 0;
}

static const char *term_in(gm_lang lang, char *text)
{
    size_t front, back;
    do {
        front = around(lang, "explain.question.before", text, true);
        text += front;
        back = around(lang, "explain.question.after", text, false);
        text[strlen(text) - back] = '\0';
    } while (front || back);
    return gm_words_term_find(text);
}

static const char *term_of(const char *text, size_t size)
{
    char question[QUESTION_BYTES];
    if (size >= sizeof question)
        return NULL;
    const char *term = gm_words_term_find(text);
    for (gm_lang lang = 0; !term && gm_words_lang_tag(lang); lang++) {
        memcpy(question, text, size + 1);
        term = term_in(lang, question);
    }
    return term;
}

static void add_related(gm_reading *r, gm_match *match, const char *term)
{
    gm_text names = GM_TEXT_INIT;
    const char *id = gm_arena_printf(r->arena, "term.%s.see", term);
    const char *list = id ? gm_words_find(r->lang, id) : NULL;
    while (list && *list) {
        size_t size = strcspn(list, "|");
        const char *name = gm_arena_printf(r->arena, "term.%.*s.name", (int)size, list);
        if (names.size)
            gm_words_add(&names, r->lang, "explain.between", NULL, 0);
        if (name)
            gm_words_add(&names, r->lang, name, NULL, 0);
        list += size;
        list += *list == '|';
    }
    gm_args_text(r->arena, &match->args, "see", names.data);
    gm_text_free(&names);
}

void gm_term_show(gm_reading *r, const char *term, size_t at, size_t end)
{
    gm_match *match = gm_shown_match(r, term, "term", at, end, "explain.term");
    if (match) {
        static const char *const parts[] = {"short", "text"};
        const char *id = gm_arena_printf(r->arena, "term.%s.name", term);
        const char *name = id ? gm_words_find(r->lang, id) : NULL;
        /* As a message its first letter becomes a capital: not that of a command (nvcc). */
        if (name && strchr(name, ' '))
            gm_args_message(r->arena, &match->args, "name", id);
        else
            gm_args_text(r->arena, &match->args, "name", name);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            gm_args_message(r->arena, &match->args, parts[i],
                            gm_arena_printf(r->arena, "term.%s.%s", term, parts[i]));
        add_related(r, match, term);
    }
    r->out->recognised = true;
}

bool gm_term_read(gm_reading *r)
{
    const char *term = term_of(r->flat.text, r->flat.size);
    if (term)
        gm_term_show(r, term, 0, r->flat.size);
    return term != NULL;
}

bool gm_term_starts(gm_lang lang, const char *list_id, const char *text)
{
    const char *list = gm_words_find(lang, list_id);
    while (list && *list) {
        size_t size = strcspn(list, "|");
        if (size && gm_ascii_equal_n(text, list, size))
            return true;
        list += size + (list[size] == '|');
    }
    return false;
}

bool gm_term_asks(const char *text)
{
    for (gm_lang lang = 0; gm_words_lang_tag(lang); lang++)
        for (const char *at = text; *at; at++)
            if (gm_term_starts(lang, "explain.question.words", at))
                return true;
    return false;
}

/* --- examples -------------------------------------------------------------------------------- */

static void put(gm_arena *arena, gm_args *args, const char *name, const char *text)
{
    if (text && *text)
        gm_args_text(arena, args, name, text);
}

static const char *pair(gm_arena *arena, gm_version version)
{
    return version.count >= 2 ? gm_arena_printf(arena, "%u.%u", version.part[0], version.part[1])
                              : NULL;
}

static void put_device(const gm_catalog *catalog, const gm_device *device, gm_arena *arena,
                       gm_args *args)
{
    char text[GM_TARGET_TEXT];
    const gm_target *target = &device->targets[0];
    gm_sm sm;
    put(arena, args, "gpu", device->name);
    if (device->target_count != 1)
        return;
    put(arena, args, device->vendor == GM_VENDOR_AMD ? "gfx" : "target",
        gm_target_format(target, text));
    if (!gm_catalog_sm(catalog, target, &sm))
        return;
    put(arena, args, "cc",
        gm_arena_printf(arena, "%u.%u", target->number / 10, target->number % 10));
    put(arena, args, "number", gm_arena_printf(arena, "%u", target->number));
    put(arena, args, "architecture", gm_about_generation(&sm, arena));
    put(arena, args, "first_toolkit", pair(arena, sm.first_toolkit));
}

/* The CUDA level of the driver. Where the system is not told, Linux stands for it: the levels of
 * both systems nearly agree. */
static gm_version driver_cuda(const gm_catalog *catalog, const gm_machine *machine)
{
    gm_os os = gm_os_of_driver(machine->os);
    if (machine->driver.cuda.count || machine->driver.state != GM_KNOWN)
        return machine->driver.cuda;
    return gm_catalog_driver_cuda(catalog, os == GM_OS_WINDOWS ? os : GM_OS_LINUX,
                                  machine->driver.version);
}

/* What is known of machine and package, under the names that sentences use. */
static void put_facts(const gm_explanation *told, const gm_machine *machine,
                      const gm_catalog *catalog, gm_arena *arena, gm_args *args)
{
    const char *plus = told->torch ? strchr(told->torch, '+') : NULL;
    if (machine->devices.count)
        put_device(catalog, &machine->devices.items[0], arena, args);
    if (machine->devices.count > 1)
        put(arena, args, "second_gpu", machine->devices.items[1].name);
    put(arena, args, "driver", machine->driver.text);
    if (machine->driver.version.count)
        put(arena, args, "branch", gm_arena_printf(arena, "%u", machine->driver.version.part[0]));
    put(arena, args, "driver_cuda", pair(arena, driver_cuda(catalog, machine)));
    put(arena, args, "torch", told->torch);
    put(arena, args, "variant", plus ? plus + 1 : told->platform);
    put(arena, args, "cuda", pair(arena, told->cuda));
    put(arena, args, "python", pair(arena, machine->python.version));
    put(arena, args, "glibc", pair(arena, machine->glibc));
}

static bool has_arg(const gm_args *args, const char *name, size_t size)
{
    for (size_t i = 0; i < args->count; i++)
        if (strlen(args->items[i].name) == size && !memcmp(args->items[i].name, name, size))
            return true;
    return false;
}

/* Whether all {placeholders} of a sentence are known. */
static bool is_known(const char *sentence, const gm_args *args)
{
    for (const char *at = strchr(sentence, '{'); at; at = strchr(at + 1, '{'))
        if (!has_arg(args, at + 1, strcspn(at + 1, "}")))
            return false;
    return true;
}

void gm_explain_examples(gm_explanation *told, const gm_machine *machine, const gm_catalog *catalog,
                         gm_lang lang, gm_arena *arena)
{
    for (size_t i = 0; i < told->shown.matches.count; i++) {
        gm_match *match = &told->shown.matches.items[i];
        if (strcmp(match->kind, "term"))
            continue;
        const char *own = gm_arena_printf(arena, "term.%s.yours", match->id);
        const char *general = gm_arena_printf(arena, "term.%s.example", match->id);
        const char *sentence = own ? gm_words_find(lang, own) : NULL;
        put_facts(told, machine, catalog, arena, &match->args);
        bool known = sentence && is_known(sentence, &match->args);
        gm_args_message(arena, &match->args, "sentence", known ? own : general);
        gm_args_message(arena, &match->args, "example",
                        known ? "explain.term.yours" : "explain.term.example");
    }
}
