/* SPDX-License-Identifier: MIT */
#include "base/keys.h"

#include <string.h>

const char *gm_key_text(const gm_key_reader *reader, const char *key, gm_arena *arena)
{
    gm_span bytes;
    if (reader->read(reader->state, key, arena, &bytes) != GM_KEY_OK)
        return NULL;
    size_t size = bytes.size;
    while (size > 0 && strchr(" \t\r\n", bytes.data[size - 1]))
        size--;
    return gm_arena_text_n(arena, (const char *)bytes.data, size);
}

static gm_key_answer read_table(void *state, const char *key, gm_arena *arena, gm_span *bytes)
{
    for (const gm_key_row *row = state; row->key; row++) {
        if (strcmp(row->key, key))
            continue;
        if (row->answer != GM_KEY_OK)
            return row->answer;
        bytes->size = strlen(row->text);
        bytes->data = (const uint8_t *)gm_arena_text_n(arena, row->text, bytes->size);
        return bytes->data ? GM_KEY_OK : GM_KEY_FAILED;
    }
    return GM_KEY_ABSENT;
}

gm_key_reader gm_key_table(const gm_key_row *rows)
{
    return (gm_key_reader){read_table, (void *)rows};
}
