/* SPDX-License-Identifier: MIT */
/* The steps of `explain`: text → flat text → hits and names → facts, findings, advice, matches. */
#ifndef GM_EXPLAIN_INTERNAL_H
#define GM_EXPLAIN_INTERNAL_H

#include "catalog/catalog.h"
#include "explain/explain.h"
#include "explain/table.h"

/* Text as it is looked at: UTF-8 that ends with NUL, without carriage returns, colours and control
 * characters; every run of blanks is one blank, or one line feed when a line ends in it. */
typedef struct gm_flat {
    const char *text;
    size_t size;
    size_t broken; /* bytes that are no UTF-8: another encoding */
} gm_flat;

/* flat.c. False without memory. */
bool gm_flat_make(const char *text, size_t size, gm_arena *arena, gm_flat *ret);

/* Part of the text that a field stands for. `joined`: line feeds inside it do not separate. */
typedef struct gm_capture {
    gm_field field;
    size_t at, size;
    bool joined;
} gm_capture;

#define GM_CAPTURES_MAX 8

/* A row of the table found in the text. */
typedef struct gm_hit {
    const gm_message_row *row;
    size_t at, end;
    gm_capture captures[GM_CAPTURES_MAX];
    size_t capture_count;
} gm_hit;
typedef GM_LIST(gm_hit) gm_hits;

/* messages.c: all rows found in one pass, in the order of the text. A message counts once, where it
 * stands first; rows of kind "fact" as often as they stand there, up to a limit. False without
 * memory. */
bool gm_messages_find(const gm_catalog *catalog, const gm_flat *flat, gm_arena *arena,
                      gm_hits *ret);

/* The row of a CUDA error by number; NULL when there is none. */
const gm_message_row *gm_messages_by_error(unsigned number);

/* An error or a warning; other rows only tell what a text is. */
bool gm_message_fails(const gm_message_row *row);

/* No question of compatibility: no build and no driver helps. */
bool gm_message_needs_nothing(const gm_message_row *row);

/* A text of the table; NULL for offset 0. */
const char *gm_messages_text(uint32_t offset);

/* field.c: reads a field at `at` (after blanks). Returns where it ends, 0 when it does not stand
 * there. `join`: a line feed may stand inside. */
size_t gm_field_read(const gm_flat *flat, size_t at, gm_field field, bool join, gm_capture *ret);

/* The captured text in the arena, on one line, or without blanks at all; NULL without memory. */
const char *gm_capture_line(const gm_flat *flat, const gm_capture *capture, gm_arena *arena);
const char *gm_capture_dense(const gm_flat *flat, const gm_capture *capture, gm_arena *arena);

/* How much a version of torch counts: somewhere in the text, behind the name, said by a program
 * about itself. */
enum { GM_TORCH_SEEN = 1, GM_TORCH_NAMED, GM_TORCH_USED };

/* A match, where it begins, and in which order it was found. */
typedef struct gm_placed {
    size_t at, number;
    bool remark; /* a message that needs nothing done */
    gm_match match;
} gm_placed;

/* Longest name of a GPU that is read. */
#define GM_DEVICE_BYTES_MAX 96

/* The GPU that a captured name stands for, whether line feeds in it separate words or not. */
bool gm_capture_gpu(const gm_catalog *catalog, const gm_flat *flat, const gm_capture *capture,
                    gm_gpu *ret);

/* What is being put together. */
typedef struct gm_reading {
    const gm_catalog *catalog;
    gm_flat flat;
    gm_lang lang;
    gm_arena *arena;
    gm_explanation *out;
    unsigned torch_weight;
    size_t driver_at, driver_end; /* where the facts stand; end 0: nowhere */
    size_t torch_at, torch_end;
    const char *variant; /* in the URL of an index; NULL none */
    GM_LIST(gm_placed) matches;
} gm_reading;

/* learn.c: the facts of a hit's captures. */
void gm_learn(gm_reading *r, const gm_hit *hit);
void gm_learn_torch(gm_reading *r, const char *version, unsigned weight);
void gm_learn_driver(gm_reading *r, const char *text, size_t at, size_t end);
/* A device out of the catalogue; `written` is its name in the text or NULL, `pci` or NULL. */
void gm_learn_gpu(gm_reading *r, const gm_gpu *gpu, const char *written, const char *pci);

/* names.c: what can be recognised without a message: targets, versions, GPUs, PCI ids, Toolkits.
 * Facts everywhere; matches outside of `hits`. */
void gm_names_find(gm_reading *r, const gm_hits *hits);

/* beside.c: packages beside torch that the text lists. */
void gm_beside_read(gm_reading *r);

/* about.c: the generation as people call it, "Blackwell" (the table says which of them). */
const char *gm_about_generation(const gm_sm *sm, gm_arena *arena);
/* What is said about a name at `at` up to `end`; false when it was said before. */
bool gm_about_target(gm_reading *r, const gm_target *target, size_t at, size_t end);
/* `code`: all of the list, from `first` to `last`. */
bool gm_about_list(gm_reading *r, const gm_target *first, const gm_target *last, const char *code,
                   size_t at, size_t end);
bool gm_about_version(gm_reading *r, const char *text, size_t at, size_t end); /* "2.7.1+cu118" */
bool gm_about_release(gm_reading *r, const char *text, size_t at, size_t end); /* "2.7.1", "2.7" */
bool gm_about_toolkit(gm_reading *r, const gm_toolkit *toolkit, size_t at, size_t end);
bool gm_about_gpu(gm_reading *r, const gm_gpu *gpu, const char *name, size_t at, size_t end);
bool gm_about_driver(gm_reading *r, const char *text, gm_version driver, size_t at, size_t end);
bool gm_about_branch(gm_reading *r, const char *branch, size_t at, size_t end); /* "R580" */
/* False also for a variant of which no build was published. */
bool gm_about_platform(gm_reading *r, const char *variant, size_t at, size_t end);

/* brief.c: a short text, as somebody types to ask, in which every word counts: a number alone, a
 * compute platform, the number of a card, a word of the glossary. `asks`: a question was found. */
void gm_brief_read(gm_reading *r, bool asks);

/* shown.c: a new match with its meaning ("explain.<id>.meaning" for messages), good until the next
 * one; NULL without memory. */
gm_match *gm_shown_match(gm_reading *r, const char *id, const char *kind, size_t at, size_t end,
                         const char *meaning);
bool gm_shown_has(const gm_reading *r, const char *id);
/* Writes out->shown: matches in the order of the text, and all facts. */
void gm_shown_finish(gm_reading *r);

/* term.c: the whole text is a term, or a question about one. */
bool gm_term_read(gm_reading *r);
/* Shows the page of a term that stands in the text. */
void gm_term_show(gm_reading *r, const char *term, size_t at, size_t end);
/* Does `text` begin with a piece of the list ("xx| series") that po/ has under `list_id`? */
bool gm_term_starts(gm_lang lang, const char *list_id, const char *text);
/* Is the text a question, in any language? */
bool gm_term_asks(const char *text);

/* result.c: findings and advice of a message. */
void gm_result_add(gm_reading *r, const gm_message_row *row);

static inline bool gm_flat_blank(char c)
{
    return c == ' ' || c == '\n';
}

/* A character that belongs to a word of ASCII. */
static inline bool gm_flat_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

#endif
