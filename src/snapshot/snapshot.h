/* SPDX-License-Identifier: MIT */
/* A machine in one JSON file (docs/schema/snapshot.json): the keys that were asked with what they
 * answered, the packages of the environment with a summary of their GPU code. From it the same
 * report follows anywhere, and a person can read it before sending it. */
#ifndef GM_SNAPSHOT_SNAPSHOT_H
#define GM_SNAPSHOT_SNAPSHOT_H

#include "base/error.h"
#include "base/json.h"
#include "base/keys.h"
#include "model/report.h"

/* A key that was asked, and its answer; `bytes` only with GM_KEY_OK. */
typedef struct gm_noted_key {
    const char *key;
    gm_key_answer answer;
    gm_span bytes;
} gm_noted_key;

typedef struct gm_snapshot gm_snapshot;
struct gm_snapshot {
    const char *origin;         /* "recorded", or where it was taken from instead of a machine */
    GM_LIST(gm_noted_key) keys; /* in the order in which they were asked, each once */
    gm_python python;
    gm_package_list packages;
    bool has_environment;     /* there was one to read */
    size_t other_packages;    /* of it, that neither carry nor make GPU code */
    gm_finding_list findings; /* made while the packages were read */
    bool complete;            /* nothing was cut short */
};

/* --- recording ---------------------------------------------------------------------------------
 */

typedef struct gm_recorder {
    const gm_key_reader *inner;
    gm_arena *arena;
    gm_snapshot *snapshot; /* notes go here */
} gm_recorder;

/* A reader that asks `recorder->inner` and notes each answer (borrowed: `recorder`). */
gm_key_reader gm_snapshot_recorder(gm_recorder *recorder);

/* Takes out who and where: names of users and of the host in paths, serial numbers, MAC addresses,
 * everything in files that the probes do not read. UUIDs become pseudonyms with the same prefix
 * relations. `keys`: of the live system, to learn the names. False without memory. */
bool gm_snapshot_redact(gm_snapshot *snapshot, const gm_key_reader *keys, gm_arena *arena);

void gm_snapshot_write(gm_json *json, const gm_snapshot *snapshot, const char *tool_version,
                       const char *data_date);

/* --- replaying ---------------------------------------------------------------------------------
 */

/* Reads a snapshot out of `text`; `name` is for errors. All of it lies in `arena`. Errors:
 * GM_DAMAGED "bad-json" (detail: line and column; offset), "not-a-snapshot" (another kind of JSON),
 * "bad-snapshot" (detail: the member that is wrong), GM_LIMIT "snapshot-too-large", GM_MEMORY. */
gm_status gm_snapshot_read(const char *text, size_t size, const char *name, gm_arena *arena,
                           gm_snapshot *ret_snapshot, gm_error *reterr);

/* A reader that answers out of a snapshot (borrowed); keys that were not asked are absent. */
gm_key_reader gm_snapshot_keys(const gm_snapshot *snapshot);

#endif
