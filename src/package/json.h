/* SPDX-License-Identifier: MIT */
/* JSON files that installers write. Internal to `package`. */
#ifndef GM_PACKAGE_JSON_H
#define GM_PACKAGE_JSON_H

#include <jansson.h>

#include "base/arena.h"

/* The object in the file `path` (NULL allowed), to be released with json_decref; NULL when there is
 * none or it is no JSON object, or without memory, which `arena` notes. */
json_t *gm_package_json(const char *path, gm_arena *arena);

/* A copy of the text at `key`; NULL when it is none. */
const char *gm_json_text_at(const json_t *object, const char *key, gm_arena *arena);

#endif
