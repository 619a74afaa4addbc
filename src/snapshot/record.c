/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "snapshot/snapshot.h"

static const gm_noted_key *find(const gm_snapshot *snapshot, const char *key)
{
    for (size_t i = 0; i < snapshot->keys.count; i++)
        if (!strcmp(snapshot->keys.items[i].key, key))
            return &snapshot->keys.items[i];
    return NULL;
}

static gm_key_answer record(void *state, const char *key, gm_arena *arena, gm_span *bytes)
{
    gm_recorder *recorder = state;
    gm_key_answer answer = recorder->inner->read(recorder->inner->state, key, arena, bytes);
    if (find(recorder->snapshot, key))
        return answer;
    gm_noted_key *note = GM_PUSH(recorder->arena, &recorder->snapshot->keys);
    if (!note)
        return GM_KEY_FAILED;
    note->key = gm_arena_text(recorder->arena, key);
    note->answer = answer;
    if (answer != GM_KEY_OK)
        return answer;
    note->bytes.size = bytes->size;
    note->bytes.data =
        (const uint8_t *)gm_arena_text_n(recorder->arena, (const char *)bytes->data, bytes->size);
    return note->key && note->bytes.data ? answer : GM_KEY_FAILED;
}

gm_key_reader gm_snapshot_recorder(gm_recorder *recorder)
{
    return (gm_key_reader){record, recorder};
}

static gm_key_answer replay(void *state, const char *key, gm_arena *arena, gm_span *bytes)
{
    const gm_noted_key *note = find(state, key);
    (void)arena; /* the snapshot outlives its readers' arenas */
    *bytes = note ? note->bytes : (gm_span){NULL, 0};
    return note ? note->answer : GM_KEY_ABSENT;
}

gm_key_reader gm_snapshot_keys(const gm_snapshot *snapshot)
{
    return (gm_key_reader){replay, (void *)snapshot};
}
