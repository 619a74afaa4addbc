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

bool gm_term_read(gm_reading *r)
{
    const char *term = term_of(r->flat.text, r->flat.size);
    if (!term)
        return false;
    gm_match *match = gm_shown_match(r, term, "term", 0, r->flat.size, "explain.term");
    if (match) {
        static const char *const parts[] = {"name", "short", "text"};
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            gm_args_message(r->arena, &match->args, parts[i],
                            gm_arena_printf(r->arena, "term.%s.%s", term, parts[i]));
        add_related(r, match, term);
    }
    r->out->recognised = true;
    return true;
}
