/* SPDX-License-Identifier: MIT */
/* What a user wants installed or a package asks for: "torch", "torch==2.10.0", "torch>=2.6,<2.9",
 * "torch==2.7.1+cu118", "torch (~=2.9.0); extra == 'x'"
 * (https://packaging.python.org/specifications/dependency-specifiers). */
#ifndef GM_MODEL_SPEC_H
#define GM_MODEL_SPEC_H

#include "base/arena.h"
#include "base/error.h"
#include "base/version.h"

#define GM_SPEC_CLAUSES 4

typedef enum gm_relation {
    GM_RELATION_EQ,
    GM_RELATION_NE,
    GM_RELATION_LE,
    GM_RELATION_GE,
    GM_RELATION_LT,
    GM_RELATION_GT
} gm_relation;

typedef struct gm_spec {
    const char *name;    /* normalised as PyPI does: lower case, '_' and '.' are '-' */
    const char *version; /* text of an == clause with its local version; NULL none */
    const char *variant; /* its local version; NULL none */
    struct {
        gm_relation relation;
        gm_version version;
    } clauses[GM_SPEC_CLAUSES];
    size_t clause_count;
} gm_spec;

/* What stands behind ";" is not read. GM_USAGE, code "bad-requirement", subject `text`, when it is
 * none. */
gm_status gm_spec_parse(const char *text, gm_arena *arena, gm_spec *spec, gm_error *reterr);

bool gm_spec_allows(const gm_spec *spec, const char *release);

#endif
