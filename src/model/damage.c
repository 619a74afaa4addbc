/* SPDX-License-Identifier: MIT */
#include "model/damage.h"

#include <string.h>

void gm_damage_note(gm_arena *arena, gm_damage_list *list, const char *id, uint64_t offset)
{
    for (size_t i = list->notes.count; i-- > 0;)
        if (list->notes.items[i].offset == offset && !strcmp(list->notes.items[i].id, id))
            return;
    gm_damage *note = list->notes.count < list->limit ? GM_PUSH(arena, &list->notes) : NULL;
    if (note)
        *note = (gm_damage){id, offset};
    else
        list->dropped++;
}
