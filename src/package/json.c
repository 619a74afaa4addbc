/* SPDX-License-Identifier: MIT */
#include "package/json.h"

#include "base/text.h"
#include "os/files.h"
#include "os/terminal.h"

json_t *gm_package_json(const char *path)
{
    gm_text text = GM_TEXT_INIT;
    json_t *object = NULL;
    if (path && gm_os_path_kind(path) == GM_OS_FILE && gm_os_read_file(path, &text, NULL) == GM_OK)
        object = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, NULL);
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
