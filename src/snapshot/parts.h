/* SPDX-License-Identifier: MIT */
/* Words of the file that reading and writing share. Internal to `snapshot`. */
#ifndef GM_SNAPSHOT_PARTS_H
#define GM_SNAPSHOT_PARTS_H

#include "model/summary.h"
#include "snapshot/snapshot.h"

#define GM_SNAPSHOT_SCHEMA "gpumatch.snapshot/1"

extern const char *const gm_role_tokens[];   /* by gm_role, ended by NULL */
extern const char *const gm_answer_tokens[]; /* by gm_key_answer */

#endif
