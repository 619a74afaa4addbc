/* SPDX-License-Identifier: MIT */
#include "package/json.h"

#include "base/text.h"
#include "os/files.h"
#include "package/sites.h"

json_t *gm_package_json(const char *path, gm_arena *arena)
{
    gm_text text = GM_TEXT_INIT;
    json_error_t error;
    json_t *object = NULL;
    if (path && gm_os_path_kind(path) == GM_OS_FILE &&
        gm_package_read(path, arena, &text, NULL) == GM_OK) {
        object = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, &error);
        if (!object && json_error_code(&error) == json_error_out_of_memory)
            gm_arena_fail(arena);
    }
    gm_text_free(&text);
    if (object && !json_is_object(object)) {
        json_decref(object);
        object = NULL;
    }
    return object;
}

const char *gm_json_text_at(const json_t *object, const char *key, gm_arena *arena)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? gm_arena_text(arena, text) : NULL;
}
