/* SPDX-License-Identifier: MIT */
/* Text broken into lines for a terminal. */
#ifndef GM_BASE_WRAP_H
#define GM_BASE_WRAP_H

#include "base/text.h"

/* Appends `text` broken into lines of at most `columns` (0: 80), each after `indent` blanks; the
 * first line starts where the caller stands (`used` columns). Chinese is broken between characters,
 * with no closing punctuation at the start of a line and no opening one at its end. What has no
 * place for a break (a path, an address) may be wider. Ends with a line feed. */
void gm_text_wrap(gm_text *out, const char *text, unsigned columns, unsigned indent, unsigned used);

/* Appends the lines of `text`, each as a paragraph after `indent` blanks; those that begin with a
 * blank are commands to copy: they are kept whole, whatever the width. */
void gm_text_paragraphs(gm_text *out, const char *text, unsigned columns, unsigned indent);

#endif
