/* SPDX-License-Identifier: MIT */
/* Taking names out of text. Internal to `snapshot`. */
#ifndef GM_SNAPSHOT_REDACT_H
#define GM_SNAPSHOT_REDACT_H

#include "snapshot/snapshot.h"

/* Digits of a UUID, or of its beginning, and those that stand for them. */
typedef struct gm_seen_uuid {
    const char *digits;
    const char *shown;
} gm_seen_uuid;

typedef struct gm_redactor {
    gm_arena *arena;
    GM_LIST(const char *) names; /* of users, the own one first, as they were met */
    size_t own;                  /* how many of them mean the one who records */
    const char *host;            /* NULL unknown */
    GM_LIST(gm_seen_uuid) uuids;
    bool failed; /* no memory */
} gm_redactor;

/* Learns who this is from the variables HOME, USER, LOGNAME, USERPROFILE, USERNAME and the name of
 * the host. */
void gm_redactor_begin(gm_redactor *redactor, const gm_key_reader *keys, gm_arena *arena);

/* The text without names, UUIDs and MAC addresses; NULL for NULL. */
const char *gm_redact(gm_redactor *redactor, const char *text);

/* The same for what the kernel tells: nobody's folders are named there, and its words stay, also
 * where a user is called like one of them ("nvidia", "docker"). */
const char *gm_redact_kernel(gm_redactor *redactor, const char *text);

/* A number in 16 hexadecimal digits that names a GPU (KFD's unique_id) as its pseudonym. */
uint64_t gm_redact_number(gm_redactor *redactor, uint64_t number);

/* What the probes use of a file: `text` of key `key`, before gm_redact. */
const char *gm_reduce(gm_redactor *redactor, const char *key, const char *text);

#endif
