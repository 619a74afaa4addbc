/* SPDX-License-Identifier: MIT */
#include "os/keys.h"

#include <string.h>

#include "os/files.h"
#include "os/live.h"

static gm_key_answer answer_text(gm_arena *arena, gm_text *text, gm_span *bytes)
{
    bytes->size = text->size;
    bytes->data = (const uint8_t *)gm_arena_text_n(arena, text->data, text->size);
    gm_text_free(text);
    return bytes->data ? GM_KEY_OK : GM_KEY_FAILED;
}

static gm_key_answer answer_of(gm_arena *arena, const gm_error *error)
{
    if (error->status == GM_MEMORY)
        gm_arena_fail(arena);
    return !strcmp(error->code, "not-found")       ? GM_KEY_ABSENT
           : !strcmp(error->code, "no-permission") ? GM_KEY_DENIED
                                                   : GM_KEY_FAILED;
}

/* Files of /proc and /sys tell no size: they are read until they end. */
static gm_key_answer read_file(const char *path, gm_arena *arena, gm_span *bytes)
{
    gm_source *source;
    gm_error error;
    if (gm_os_open(path, &source, &error) != GM_OK)
        return answer_of(arena, &error);
    char chunk[4096];
    size_t got;
    gm_text text = GM_TEXT_INIT;
    gm_status status;
    bool fits;
    do {
        status = source->read(source, text.size, chunk, sizeof chunk, &got, &error);
        fits = status == GM_OK && got <= GM_KEY_BYTES - text.size;
        gm_text_add_n(&text, chunk, fits ? got : 0);
    } while (fits && got > 0 && !text.failed);
    gm_source_close(source);
    gm_key_answer answer = answer_text(arena, &text, bytes);
    return fits ? answer : GM_KEY_FAILED;
}

static gm_key_answer list_directory(const char *path, gm_arena *arena, gm_span *bytes)
{
    gm_os_entries entries;
    gm_error error;
    if (gm_os_list(path, 65536, arena, &entries, &error) != GM_OK)
        return answer_of(arena, &error);
    gm_text text = GM_TEXT_INIT;
    for (size_t i = 0; i < entries.count; i++)
        gm_text_addf(&text, "%s\n", entries.items[i].name);
    return answer_text(arena, &text, bytes);
}

static gm_key_answer read_key(void *state, const char *key, gm_arena *arena, gm_span *bytes)
{
    gm_text text = GM_TEXT_INIT;
    (void)state;
    *bytes = (gm_span){NULL, 0};
    if (!strncmp(key, "file:", 5))
        return read_file(key + 5, arena, bytes);
    if (!strncmp(key, "list:", 5))
        return list_directory(key + 5, arena, bytes);
    if (!strncmp(key, "env:", 4))
        return gm_os_variable(key + 4, &text) ? answer_text(arena, &text, bytes) : GM_KEY_ABSENT;
    if (!strncmp(key, "link:", 5))
        return gm_os_read_link(key + 5, &text) ? answer_text(arena, &text, bytes) : GM_KEY_ABSENT;
    if (!strncmp(key, "access:", 7)) {
        bytes->data = (const uint8_t *)"";
        return gm_os_access(key + 7);
    }
    if (!strncmp(key, "devices:", 8))
        return gm_os_devices(key + 8, &text) ? answer_text(arena, &text, bytes) : GM_KEY_ABSENT;
    if (!strncmp(key, "registry:", 9))
        return gm_os_registry(key + 9, &text) ? answer_text(arena, &text, bytes) : GM_KEY_ABSENT;
    if (!strncmp(key, "system:", 7))
        return gm_os_system(key + 7, &text) ? answer_text(arena, &text, bytes) : GM_KEY_ABSENT;
    return GM_KEY_ABSENT;
}

gm_key_reader gm_os_keys(void)
{
    return (gm_key_reader){read_key, NULL};
}
