/* SPDX-License-Identifier: MIT */
#include "base/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

#define COLUMNS_DEFAULT 80
#define COLUMNS_LEAST   20

/* Chinese line breaking (GB/T 15834, in short): these do not start a line, those do not end one.
 * The first few not even after a blank, where those of ASCII begin names (".venv", "%APPDATA%"). */
static const char no_start_ever[] = "，。、；：？！）》」』】”’…—～·";
static const char no_start[] = "%℃,.;:?!)]}";
static const char no_end[] = "（《「『【“‘([{";

static bool is_one_of(const char *set, const char *character, size_t size)
{
    for (const char *at = set; *at;) {
        uint32_t code;
        size_t used = gm_utf8_decode(at, strlen(at), &code);
        if (used == size && !memcmp(at, character, size))
            return true;
        at += used;
    }
    return false;
}

/* A piece that must not be broken, and whether a blank came before it. */
struct piece {
    const char *text;
    size_t size;
    size_t width;
    bool blank_before;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

static size_t character(const char *at, size_t left, size_t *width)
{
    uint32_t code;
    size_t used = gm_utf8_decode(at, left, &code);
    *width = (size_t)gm_utf8_columns(code);
    return used;
}

/* May a line be broken between the character before `at` and the one at it? */
static bool breakable(const char *last, size_t last_size, size_t last_width, const char *at,
                      size_t left)
{
    size_t width, size = character(at, left, &width);
    if (last_width < 2 && width < 2)
        return false;
    return !is_one_of(no_end, last, last_size) && !is_one_of(no_start, at, size) &&
           !is_one_of(no_start_ever, at, size);
}

/* Blanks before what must not start a line are no place for a break either. */
static bool sticks(const char *at)
{
    size_t width;
    while (is_blank(*at))
        at++;
    return *at && is_one_of(no_start_ever, at, character(at, strlen(at), &width));
}

static struct piece next_piece(const char **text)
{
    struct piece piece = {0};
    const char *at = *text;
    while (is_blank(*at)) {
        piece.blank_before = true;
        at++;
    }
    piece.text = at;
    for (size_t left = strlen(at); left > 0 && (!is_blank(*at) || sticks(at));) {
        size_t width, size = character(at, left, &width);
        const char *last = at;
        piece.width += width;
        at += size;
        left -= size;
        if (left && !is_blank(*last) && !is_blank(*at) && breakable(last, size, width, at, left))
            break;
    }
    piece.size = (size_t)(at - piece.text);
    *text = at;
    return piece;
}

void gm_text_wrap(gm_text *out, const char *text, unsigned columns, unsigned indent, unsigned used)
{
    size_t room = columns == 0              ? COLUMNS_DEFAULT
                  : columns < COLUMNS_LEAST ? COLUMNS_LEAST
                                            : columns;
    size_t column = used;
    bool fresh = true;
    gm_text_add_n(out, text, 0); /* it may be lost */
    for (struct piece piece = next_piece(&text); piece.size; piece = next_piece(&text)) {
        size_t blank = piece.blank_before && !fresh;
        if (!fresh && column + blank + piece.width > room) {
            gm_text_addf(out, "\n%*s", (int)indent, "");
            column = indent;
            blank = 0;
        }
        if (blank)
            gm_text_add(out, " ");
        gm_text_add_n(out, piece.text, piece.size);
        column += blank + piece.width;
        fresh = false;
    }
    gm_text_add(out, "\n");
}

void gm_text_paragraphs(gm_text *out, const char *text, unsigned columns, unsigned indent)
{
    gm_text_add_n(out, text, 0); /* it may be lost */
    while (*text) {
        size_t size = strcspn(text, "\n");
        gm_text line = GM_TEXT_INIT;
        gm_text_add_n(&line, text, size);
        if (size)
            gm_text_addf(out, "%*s", (int)indent, "");
        if (is_blank(*text) || size == 0) {
            gm_text_add(out, line.data);
            gm_text_add(out, "\n");
        } else {
            gm_text_wrap(out, line.data, columns, indent, indent);
        }
        gm_text_free(&line);
        text += size + (text[size] == '\n');
    }
}
