/* SPDX-License-Identifier: MIT */
/* New rows among the built-in ones. Rows are arrays of numbers, whatever their table. */
#include "catalog/overlay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/overlay_parts.h"

/* --- the tables of a catalogue, whatever their rows ------------------------------------------- */

static const uint32_t *rows_of(const gm_catalog *catalog, const gm_table_form *form,
                               size_t *ret_count)
{
    const void *rows;
    uint32_t count;
    memcpy(&rows, (const char *)catalog + form->rows_at, sizeof rows);
    memcpy(&count, (const char *)catalog + form->count_at, sizeof count);
    *ret_count = count;
    return rows;
}

static void set_rows(gm_catalog *catalog, const gm_table_form *form, const uint32_t *rows,
                     size_t count)
{
    const void *place = rows;
    uint32_t number = (uint32_t)count;
    memcpy((char *)catalog + form->rows_at, &place, sizeof place);
    memcpy((char *)catalog + form->count_at, &number, sizeof number);
}

/* --- new rows among the others ---------------------------------------------------------------- */

static gm_status merge(gm_laying *l, const gm_new_rows *rows)
{
    size_t members = l->form->members, count, from = 0, to = 0;
    const uint32_t *old = rows_of(l->catalog, l->form, &count);
    uint32_t *all = gm_arena_array(l->arena, (count + rows->count + 1) * members, sizeof *all);
    if (!all)
        return gm_laying_no_memory(l);
    for (size_t i = 0; i < rows->count || from < count;) {
        const uint32_t *own = i < rows->count ? &rows->cells[i * members] : NULL;
        const uint32_t *other = from < count ? &old[from * members] : NULL;
        int order = !own ? 1 : other ? gm_rows_compare(l->catalog, l->form, own, other) : -1;
        memcpy(&all[to++ * members], order <= 0 ? own : other, members * sizeof *all);
        i += order <= 0;
        from += order >= 0;
    }
    set_rows(l->catalog, l->form, all, to);
    return GM_OK;
}

static bool is_known_target(const gm_catalog *catalog, gm_part part)
{
    char name[GM_TARGET_TEXT];
    gm_gfx gfx;
    if (part.size >= sizeof name)
        return false;
    memcpy(name, part.text, part.size);
    name[part.size] = '\0';
    for (size_t i = 0; i < catalog->sm_targets_count; i++)
        if (gm_text_equal(gm_cell(catalog, catalog->sm_targets[i].target), name))
            return true;
    for (const char *const *intel = catalog->intel; *intel; intel++)
        if (!strcmp(*intel, name))
            return true;
    return gm_catalog_gfx(catalog, name, &gfx);
}

/* The target of an entry of a code list ("compute_90:ptx7.8"); its name has room in `text`. Those
 * of Intel's builds make themselves known. */
static bool is_known_code(const gm_catalog *catalog, gm_part part)
{
    char text[GM_TARGET_TEXT];
    const char *colon = memchr(part.text, ':', part.size);
    static const char compute[] = "compute_";
    size_t size = colon ? (size_t)(colon - part.text) : part.size, skip = sizeof compute - 1;
    if (size > skip && !memcmp(part.text, compute, skip) && size - skip + 4 < sizeof text) {
        snprintf(text, sizeof text, "sm_%.*s", (int)(size - skip), part.text + skip);
        return is_known_target(catalog, (gm_part){text, strlen(text)});
    }
    bool ours = size > 3 && (!memcmp(part.text, "sm_", 3) || !memcmp(part.text, "gfx", 3));
    return !ours || is_known_target(catalog, (gm_part){part.text, size});
}

/* Targets that the new rows name must have rows, old or new. */
static gm_status check_targets(gm_laying *l, const gm_new_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const uint32_t *row = &rows->cells[i * l->form->members];
        l->line = rows->lines[i];
        for (unsigned member = 0; member < l->form->members; member++) {
            unsigned kind = l->form->member[member].kind;
            const char *at = gm_cell(l->catalog, row[member]);
            if (kind != GM_MEMBER_TARGETS && kind != GM_MEMBER_CODE)
                continue;
            while (at && *at) {
                gm_part part = {at, strcspn(at, " ")};
                if (!(kind == GM_MEMBER_CODE ? is_known_code : is_known_target)(l->catalog, part))
                    return gm_laying_wrong_part(l, "table-target", part);
                at += part.size;
                at += strspn(at, " ");
            }
        }
    }
    return GM_OK;
}

/* --- what follows from all rows --------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool add_intel(gm_laying *l, const char ***list, size_t *count, size_t room,
                      const char *text, size_t size)
{
    for (size_t i = 0; i < *count; i++)
        if (strlen((*list)[i]) == size && !memcmp((*list)[i], text, size))
            return true;
    if (*count + 1 >= room || (size == 1 && (*text == '-' || *text == '?')))
        return true;
    (*list)[*count] = gm_arena_text_n(l->arena, text, size);
    return (*list)[(*count)++] != NULL;
}

#define INTEL_MAX 256

/* Intel's targets are known by the GPUs that are of them and the builds that name them. */
static gm_status list_intel(gm_laying *l)
{
    const gm_catalog *catalog = l->catalog;
    const char **list = gm_arena_array(l->arena, INTEL_MAX, sizeof *list);
    size_t count = 0;
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < catalog->gpu_pci_count; i++) {
        const char *target = gm_cell(catalog, catalog->gpu_pci[i].target);
        if (gm_pci_vendor(catalog->gpu_pci[i].device >> 16) == GM_VENDOR_INTEL && target)
            ok = add_intel(l, &list, &count, INTEL_MAX, target, strlen(target));
    }
    for (size_t i = 0; ok && i < catalog->torch_builds_count; i++) {
        const gm_torch_builds_row *row = &catalog->torch_builds[i];
        const char *at = gm_text_equal(gm_cell(catalog, row->variant), "xpu")
                             ? gm_cell(catalog, row->code)
                             : NULL;
        while (ok && at && *at) {
            size_t size = strcspn(at, " ");
            ok = add_intel(l, &list, &count, INTEL_MAX, at, size);
            at += size;
            at += strspn(at, " ");
        }
    }
    if (!ok)
        return gm_laying_no_memory(l);
    qsort(list, count, sizeof *list, compare_texts);
    list[count] = NULL;
    l->catalog->intel = list;
    return GM_OK;
}

static void find_newest(gm_catalog *catalog)
{
    for (size_t i = 0; i < catalog->torch_builds_count; i++) {
        const char *date = gm_cell(catalog, catalog->torch_builds[i].date);
        if (date && strcmp(date, gm_cell(catalog, catalog->newest)) > 0)
            catalog->newest = catalog->torch_builds[i].date;
    }
}

/* --- all files -------------------------------------------------------------------------------- */

static const gm_table_form *form_of(const char *name)
{
    const gm_table_form *form = gm_catalog_forms;
    for (; form->name; form++) {
        size_t size = strlen(form->name);
        if (!strncmp(name, form->name, size) && !strcmp(name + size, ".tsv"))
            return form;
    }
    return NULL;
}

bool gm_catalog_has_table(const char *name)
{
    return form_of(name) != NULL;
}

static gm_status lay(gm_laying *l, gm_new_rows *rows)
{
    gm_status status = gm_laying_read(l, rows);
    if (status != GM_OK)
        return status;
    if (!gm_form_is_names(l->form))
        return merge(l, rows);
    const gm_gpu_names_row *names = (const gm_gpu_names_row *)(const void *)rows->cells;
    return gm_names_lay(l->catalog, names, rows->count, &l->pool, l->arena)
               ? GM_OK
               : gm_laying_no_memory(l);
}

/* Room for the texts of all rows: their bytes, and what is added to some cells of a row. */
static bool make_room(gm_laying *l, const gm_table_file *files, size_t count)
{
    size_t bytes = 1;
    for (size_t i = 0; i < count; i++) {
        size_t lines = 1, each = strlen(files[i].path) + strlen(gm_catalog_index) + GM_NAME_ROOM;
        for (size_t k = 0; k < files[i].size; k++)
            lines += files[i].text[k] == '\n';
        bytes += 2 * files[i].size + lines * each;
    }
    l->pool = (gm_pool){gm_arena_alloc(l->arena, bytes), 0, gm_catalog_tables.pool_bytes};
    l->catalog = gm_arena_alloc(l->arena, sizeof *l->catalog);
    return l->pool.data && l->catalog;
}

gm_status gm_catalog_overlay(const gm_table_file *files, size_t count, gm_arena *arena,
                             const gm_catalog **ret_catalog, gm_error *reterr)
{
    gm_laying l = {.arena = arena, .reterr = reterr};
    gm_new_rows *rows = gm_arena_array(arena, count + 1, sizeof *rows);
    gm_status status = rows && make_room(&l, files, count) ? GM_OK : gm_laying_no_memory(&l);
    if (status != GM_OK)
        return status;
    *l.catalog = gm_catalog_tables;
    l.catalog->more = l.pool.data;
    for (size_t i = 0; status == GM_OK && i < count; i++) {
        l.file = &files[i];
        l.form = form_of(files[i].name);
        status = lay(&l, &rows[i]);
    }
    if (status == GM_OK)
        status = list_intel(&l);
    for (size_t i = 0; status == GM_OK && i < count; i++) {
        l.file = &files[i];
        l.form = form_of(files[i].name);
        status = check_targets(&l, &rows[i]);
    }
    if (status != GM_OK)
        return status;
    find_newest(l.catalog);
    if (!gm_names_link(l.catalog, arena))
        return gm_laying_no_memory(&l);
    *ret_catalog = l.catalog;
    return GM_OK;
}
