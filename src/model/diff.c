/* SPDX-License-Identifier: MIT */
#include "model/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"

const char *gm_diff_inside(const char *root, const char *path)
{
    size_t size = strlen(root);
    const char *inside = path;
    for (const char *at = path; (at = strstr(at, "!/")) != NULL; at += 2)
        inside = at + 2;
    if (inside != path)
        return inside;
    if (strncmp(path, root, size))
        return path;
    inside += size;
    inside += strspn(inside, "/\\");
    return *inside ? inside : gm_file_name(path);
}

/* ---- rows ---- */

static gm_diff_row *row_of(gm_arena *arena, gm_diff_rows *rows, const gm_target_row *wanted)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].kind == wanted->kind &&
            gm_target_equal(&rows->items[i].target, &wanted->target))
            return &rows->items[i];
    gm_diff_row *row = GM_PUSH(arena, rows);
    if (row) {
        row->target = wanted->target;
        row->kind = wanted->kind;
    }
    return row;
}

static int compare_rows(const void *a, const void *b)
{
    const gm_diff_row *left = a, *right = b;
    int targets = gm_target_compare(&left->target, &right->target);
    return targets ? targets : (int)left->kind - (int)right->kind;
}

static void sort_rows(gm_diff_rows *rows)
{
    if (rows->count)
        qsort(rows->items, rows->count, sizeof *rows->items, compare_rows);
}

static bool set_side(gm_arena *arena, gm_diff_rows *rows, const gm_target_rows *side, bool after)
{
    for (size_t i = 0; i < side->count; i++) {
        gm_diff_row *row = row_of(arena, rows, &side->items[i]);
        if (!row)
            return false;
        *(after ? &row->after : &row->before) = side->items[i];
    }
    return true;
}

static bool add_targets(gm_arena *arena, gm_diff_rows *rows, const gm_library *library, bool after)
{
    gm_target_rows targets = {0};
    return (!library || gm_library_targets(library, arena, &targets)) &&
           set_side(arena, rows, &targets, after);
}

static bool add_totals(gm_arena *arena, gm_diff_rows *rows, const gm_survey_group *group,
                       bool after)
{
    gm_target_rows sizes = {0};
    for (size_t i = 0; group && i < group->package.libraries.count; i++)
        if (!gm_library_add_sizes(&group->package.libraries.items[i], arena, &sizes))
            return false;
    return set_side(arena, rows, &sizes, after);
}

static bool same_packing(const gm_target_row *a, const gm_target_row *b)
{
    for (int k = 0; k <= GM_COMPRESSION_UNKNOWN; k++)
        if ((a->compression[k] > 0) != (b->compression[k] > 0))
            return false;
    return true;
}

bool gm_diff_row_changed(const gm_diff_library *library, const gm_diff_row *row)
{
    if (!row->before.images || !row->after.images)
        return true;
    bool all_before = row->before.modules >= gm_library_module_count(library->before);
    bool all_after = row->after.modules >= gm_library_module_count(library->after);
    bool same_share =
        all_before == all_after && (all_before || row->before.modules == row->after.modules);
    return !same_share || row->before.ptx_isa_max != row->after.ptx_isa_max ||
           !same_packing(&row->before, &row->after);
}

/* ---- libraries ---- */

/* Two packages whose libraries are matched; the old ones that have found theirs are `taken`. */
struct pairing {
    const gm_survey_group *before, *after;
    const char *old_root, *new_root;
    gm_arena *arena;
    bool *taken;
};

static const gm_library *library_at(const gm_survey_group *group, size_t index)
{
    return &group->package.libraries.items[index];
}

static bool same_name(const char *a, const char *b)
{
    size_t left, right;
    const char *a_name = gm_library_name(a, &left), *b_name = gm_library_name(b, &right);
    return left == right && !memcmp(a_name, b_name, left);
}

static bool same_folder(const char *a, const char *b)
{
    size_t left = (size_t)(gm_file_name(a) - a), right = (size_t)(gm_file_name(b) - b);
    return left == right && !memcmp(a, b, left);
}

typedef bool (*match_fn)(const char *before, const char *after);

static bool match_path(const char *before, const char *after)
{
    return !strcmp(before, after);
}

static bool match_folder(const char *before, const char *after)
{
    return same_folder(before, after) && same_name(before, after);
}

/* The one old library that fits and is not taken; NULL for none and for several. */
static const gm_library *find_old(const struct pairing *p, const char *path, match_fn match,
                                  size_t *ret_index)
{
    const gm_library *found = NULL;
    size_t count = p->before ? p->before->package.libraries.count : 0;
    for (size_t i = 0; i < count; i++) {
        const gm_library *library = library_at(p->before, i);
        if (p->taken[i] || !match(gm_diff_inside(p->old_root, library->path), path))
            continue;
        if (found)
            return NULL;
        found = library;
        *ret_index = i;
    }
    return found;
}

static bool add_library(const struct pairing *p, gm_diff_group *group, const gm_library *before,
                        const gm_library *after)
{
    gm_diff_library *library = GM_PUSH(p->arena, &group->libraries);
    if (!library)
        return false;
    library->before = before;
    library->after = after;
    if (!add_targets(p->arena, &library->rows, before, false) ||
        !add_targets(p->arena, &library->rows, after, true))
        return false;
    sort_rows(&library->rows);
    return true;
}

/* Two single files are each other's, whatever they are called. */
static bool both_single(const struct pairing *p)
{
    return p->before && p->after && !p->before->package.version && !p->after->package.version &&
           p->before->package.libraries.count == 1 && p->after->package.libraries.count == 1;
}

static bool pair_libraries(const struct pairing *p, gm_diff_group *group)
{
    static const match_fn ways[] = {match_path, match_folder, same_name};
    size_t count = p->after ? p->after->package.libraries.count : 0;
    const gm_library **old = gm_arena_array(p->arena, count + 1, sizeof *old);
    if (!old)
        return false;
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++)
        for (size_t i = 0; i < count; i++) {
            size_t index;
            const char *path = gm_diff_inside(p->new_root, library_at(p->after, i)->path);
            if (old[i])
                continue;
            old[i] = both_single(p) ? library_at(p->before, index = 0)
                                    : find_old(p, path, ways[way], &index);
            if (old[i])
                p->taken[index] = true;
        }
    for (size_t i = 0; i < count; i++)
        if (!add_library(p, group, old[i], library_at(p->after, i)))
            return false;
    for (size_t i = 0; p->before && i < p->before->package.libraries.count; i++)
        if (!p->taken[i] && !add_library(p, group, library_at(p->before, i), NULL))
            return false;
    return true;
}

/* ---- packages ---- */

static bool add_group(const struct pairing *p, gm_diff *diff)
{
    struct pairing pairing = *p;
    gm_diff_group *group = GM_PUSH(p->arena, &diff->groups);
    size_t count = p->before ? p->before->package.libraries.count : 0;
    pairing.taken = gm_arena_array(p->arena, count + 1, sizeof *pairing.taken);
    if (!group || !pairing.taken)
        return false;
    group->before = p->before;
    group->after = p->after;
    if (!pair_libraries(&pairing, group) ||
        !add_totals(p->arena, &group->totals, p->before, false) ||
        !add_totals(p->arena, &group->totals, p->after, true))
        return false;
    sort_rows(&group->totals);
    return true;
}

static bool same_package(const gm_survey_group *a, const gm_survey_group *b)
{
    if (!a->package.version || !b->package.version)
        return !a->package.version && !b->package.version;
    return !strcmp(a->package.name, b->package.name);
}

static const gm_survey_group *counterpart(const gm_survey *survey, const gm_survey_group *group,
                                          bool alone)
{
    if (alone && survey->count == 1)
        return &survey->items[0];
    for (size_t i = 0; i < survey->count; i++)
        if (same_package(&survey->items[i], group))
            return &survey->items[i];
    return NULL;
}

bool gm_diff_surveys(const gm_survey *before, const char *old_root, const gm_survey *after,
                     const char *new_root, gm_arena *arena, gm_diff *ret_diff)
{
    struct pairing p = {.old_root = old_root, .new_root = new_root, .arena = arena};
    for (size_t i = 0; i < after->count; i++) {
        p.after = &after->items[i];
        p.before = counterpart(before, p.after, after->count == 1);
        if (!add_group(&p, ret_diff))
            return false;
    }
    p.after = NULL;
    for (size_t i = 0; i < before->count; i++) {
        p.before = &before->items[i];
        if (!counterpart(after, p.before, before->count == 1) && !add_group(&p, ret_diff))
            return false;
    }
    return true;
}
