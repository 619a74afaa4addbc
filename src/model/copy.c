/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "model/report.h"

static const char *copy_text(gm_arena *arena, const char *text)
{
    return text ? gm_arena_text(arena, text) : NULL;
}

static void copy_args(gm_arena *arena, gm_args *to, const gm_args *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const gm_arg *arg = &from->items[i];
        if (arg->is_number)
            gm_args_number(arena, to, arg->name, arg->number);
        else if (arg->list)
            gm_args_list(arena, to, arg->name, arg->list, arg->list_count);
        else if (arg->is_message)
            gm_args_message(arena, to, arg->name, arg->text);
        else
            gm_args_text(arena, to, arg->name, arg->text);
    }
}

gm_finding *gm_finding_copy(gm_arena *arena, gm_finding_list *list, const gm_finding *from)
{
    gm_finding *to = gm_finding_add(arena, list, from->code, from->severity);
    if (!to)
        return NULL;
    to->confidence = from->confidence;
    to->variant = copy_text(arena, from->variant);
    copy_args(arena, &to->args, &from->args);
    for (size_t i = 0; i < from->evidence.count; i++) {
        const gm_evidence *evidence = &from->evidence.items[i];
        gm_finding_evidence(arena, to, evidence->file, evidence->offset, evidence->fact,
                            evidence->source);
    }
    for (size_t i = 0; i < from->packages.count; i++)
        gm_finding_about(arena, to, from->packages.items[i], -1);
    for (size_t i = 0; i < from->devices.count; i++)
        gm_finding_about(arena, to, NULL, from->devices.items[i]);
    return to;
}

static void *copy_array(gm_arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = gm_arena_array(arena, count + 1, size);
    if (copy && count)
        memcpy(copy, items, count * size);
    return copy;
}

bool gm_library_copy(gm_arena *arena, const gm_library *from, gm_library *to)
{
    *to = *from;
    memset(&to->findings, 0, sizeof to->findings);
    to->path = copy_text(arena, from->path);
    to->format = copy_text(arena, from->format);
    to->arch = copy_text(arena, from->arch);
    to->build_id = copy_text(arena, from->build_id);
    to->soname = copy_text(arena, from->soname);
    to->package = copy_text(arena, from->package);
    to->feature = copy_text(arena, from->feature);
    to->run_path = copy_text(arena, from->run_path);
    memset(&to->needed, 0, sizeof to->needed);
    for (size_t i = 0; i < from->needed.count; i++) {
        const char **needed = GM_PUSH(arena, &to->needed);
        if (!needed || !(*needed = copy_text(arena, from->needed.items[i])))
            return false;
    }
    to->images.items =
        copy_array(arena, from->images.items, from->images.count, sizeof *to->images.items);
    to->modules.items =
        copy_array(arena, from->modules.items, from->modules.count, sizeof *to->modules.items);
    to->images.capacity = to->images.count;
    to->modules.capacity = to->modules.count;
    if (!to->images.items || !to->modules.items || !to->path)
        return false;
    for (size_t i = 0; i < to->modules.count; i++)
        to->modules.items[i].section = copy_text(arena, from->modules.items[i].section);
    return true;
}

bool gm_package_copy(gm_arena *arena, const gm_package *from, gm_package *to)
{
    *to = *from;
    to->name = copy_text(arena, from->name);
    to->version = copy_text(arena, from->version);
    to->variant = copy_text(arena, from->variant);
    to->path = copy_text(arena, from->path);
    memset(&to->tags, 0, sizeof to->tags);
    memset(&to->libraries, 0, sizeof to->libraries);
    memset(&to->outcomes, 0, sizeof to->outcomes);
    for (size_t i = 0; i < from->tags.count; i++) {
        const char **tag = GM_PUSH(arena, &to->tags);
        if (!tag || !(*tag = copy_text(arena, from->tags.items[i])))
            return false;
    }
    return to->name && (to->version || !from->version) && (to->variant || !from->variant) &&
           (to->path || !from->path);
}
