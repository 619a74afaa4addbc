/* SPDX-License-Identifier: MIT */
/* What `explain` recognised in a text. Plain data. */
#ifndef GM_MODEL_EXPLANATION_H
#define GM_MODEL_EXPLANATION_H

#include "model/finding.h"

/* Something recognised: a message, a version, a target, a GPU, a term … */
typedef struct gm_match {
    const char *id;      /* "pt-cubin", "sm_120", "compute-capability" */
    const char *kind;    /* "warning", "error", "version", "arch", "gpu", "toolkit", "term", … */
    const char *text;    /* the piece of text it was recognised by */
    const char *meaning; /* message id of what it means; NULL none */
    gm_args args;        /* of the meaning */
} gm_match;

/* A fact that the text tells. */
typedef struct gm_fact {
    const char *name; /* "device", "target", "targets", "torch", … */
    const char *text;
    bool is_number;
    int64_t number;
    const char *const *list; /* instead of text; NULL unless a list */
    size_t list_count;
} gm_fact;

typedef struct gm_explained {
    GM_LIST(gm_match) matches;
    GM_LIST(gm_fact) facts;
} gm_explained;

#endif
