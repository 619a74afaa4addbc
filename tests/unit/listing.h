/* SPDX-License-Identifier: MIT */
/* A library as text, one line per module, image and finding: what the tests compare, and what
 * tests/fixtures/generate.py writes down as expected. */
#ifndef GM_TESTS_LISTING_H
#define GM_TESTS_LISTING_H

#include "base/context.h"
#include "base/source.h"
#include "base/text.h"
#include "model/code.h"

/* Appends the lines of `library`; findings come last, sorted. */
void listing_add(gm_text *out, const gm_library *library);

/* Reads `source` (borrowed) and returns its listing, or "error CODE". Free with gm_text_free. */
gm_text listing_of(gm_source *source);
/* The same of a deep scan. */
gm_text listing_of_deep(gm_source *source);

/* The same with so many threads; listing_of makes sure that it comes to the same with one and two.
 */
gm_text listing_with(gm_source *source, unsigned threads, bool deep);

/* A source over `inner` (borrowed) that gives at most `piece` bytes per read and, unless it is
 * GM_OFFSET_NONE, fails at `fail_at`. */
gm_source *source_in_pieces(gm_source *inner, size_t piece, uint64_t fail_at);

/* A file of the fixtures, in memory of `arena`. */
gm_span fixture_read(gm_arena *arena, const char *name);

/* False when there is no such file. */
bool fixture_try(gm_arena *arena, const char *name, gm_span *ret_bytes);

/* Names of all fixtures, or of those in the folder `folder`, sorted, ended by NULL. */
const char *const *fixture_names(gm_arena *arena, const char *folder);

/* The listing of the archive in `source` (borrowed): "package NAME VERSION TAGS" and, before each
 * file in it, "file NAME". "error CODE" where it ends with an error. */
gm_text listing_of_archive(const gm_context *context, gm_source *source);

#endif
