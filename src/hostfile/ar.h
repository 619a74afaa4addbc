/* SPDX-License-Identifier: MIT */
/* ar: static libraries and import libraries. A mark of eight bytes, then members at even offsets,
 * each behind a header of 60 bytes of text:
 *
 *   0 name (16)  48 size (10)  58 "`\n"
 *
 * Names: "x.o/" (GNU), "/12" (its place in the member "//", which holds long names; GNU and
 * Microsoft), "#1/12" (BSD: the first 12 bytes of the data). Members of a thin archive lie in files
 * of their own; only its tables are inside. */
#ifndef GM_HOSTFILE_AR_H
#define GM_HOSTFILE_AR_H

#include "base/bytes.h"

#define GM_AR_MARK_BYTES   ((size_t)8)
#define GM_AR_HEADER_BYTES ((size_t)60)

typedef enum gm_ar_kind {
    GM_AR_MEMBER,
    GM_AR_TABLE, /* symbols: nothing of ours */
    GM_AR_NAMES  /* long names */
} gm_ar_kind;

typedef struct gm_ar_header {
    gm_ar_kind kind;
    uint64_t bytes;      /* of data, a BSD name included */
    uint64_t name_bytes; /* BSD: of the name that the data begins with */
    bool long_name;      /* GNU: the name stands in the table */
    uint64_t name_place; /* there */
} gm_ar_header;

bool gm_ar_is_thin(gm_span head);

/* Reads a member's header; false when it makes no sense. */
bool gm_ar_header_read(gm_span bytes, gm_ar_header *ret_header);

/* Length of a name at the start of `text`: up to "/", a line's end, a zero byte or blanks. */
size_t gm_ar_name_bytes(gm_span text);

#endif
