/* SPDX-License-Identifier: MIT */
#include "place.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int gm_place_make(void **state)
{
    gm_place *place = calloc(1, sizeof *place);
    if (!place)
        return -1;
    strcpy(place->root, "/tmp/gpumatch-XXXXXX"); /* mkdtemp fills in the letters */
    place->arena = gm_arena_new(0);
    *state = place;
    return mkdtemp(place->root) ? 0 : -1;
}

int gm_place_remove(void **state)
{
    gm_place *place = *state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", place->root);
    int status = system(command);
    gm_arena_free(place->arena);
    free(place);
    return status;
}

const char *gm_place_at(const gm_place *place, const char *path)
{
    return gm_arena_printf(place->arena, "%s/%s", place->root, path);
}

void gm_place_put(const gm_place *place, const char *path, const char *text)
{
    char *whole = gm_arena_printf(place->arena, "%s/%s", place->root, path);
    for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(whole, 0700);
        *slash = '/';
    }
    if (!text)
        return;
    FILE *file = fopen(whole, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}
