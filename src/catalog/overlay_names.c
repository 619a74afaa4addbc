/* SPDX-License-Identifier: MIT */
/* gpu_names.tsv laid over the built-in names: as fold_names of tools/gen_catalog.py. */
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/internal.h"

static int compare_names(const gm_catalog *catalog, const gm_gpu_names_row *a,
                         const gm_gpu_names_row *b)
{
    int order = strcmp(gm_cell(catalog, a->key), gm_cell(catalog, b->key));
    if (order)
        return order;
    const char *left = gm_vendor_token(gm_name_maker(catalog, a));
    const char *right = gm_vendor_token(gm_name_maker(catalog, b));
    return strcmp(left ? left : "", right ? right : "");
}

/* The first place whose row is not before `row`. */
static size_t place_of(const gm_catalog *catalog, const gm_gpu_names_row *rows, size_t count,
                       const gm_gpu_names_row *row)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_names(catalog, &rows[middle], row) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Puts a row where it belongs; true when one with its key stood there, which stays. */
static bool insert(const gm_catalog *catalog, gm_gpu_names_row *rows, size_t *count,
                   const gm_gpu_names_row *row, size_t *ret_place)
{
    size_t place = *ret_place = place_of(catalog, rows, *count, row);
    if (place < *count && compare_names(catalog, &rows[place], row) == 0)
        return true;
    memmove(&rows[place + 1], &rows[place], (*count - place) * sizeof *rows);
    rows[place] = *row;
    ++*count;
    return false;
}

static bool has_word(const char *list, const char *word, size_t size)
{
    for (const char *at = list; *at;) {
        size_t length = strcspn(at, " ");
        if (length == size && !memcmp(at, word, size))
            return true;
        at += length;
        at += strspn(at, " ");
    }
    return false;
}

/* All targets of both rows, as many as a device may have. */
static uint32_t join_targets(const gm_catalog *catalog, uint32_t first, uint32_t second,
                             gm_pool *pool)
{
    char all[GM_NAME_ROOM];
    const char *known = gm_cell(catalog, first), *added = gm_cell(catalog, second);
    size_t size = known ? strlen(known) : 0, words = known ? 1 : 0;
    if (!known || !added || size + 1 > sizeof all)
        return known ? first : second;
    memcpy(all, known, size + 1);
    for (const char *at = known; *at; at++)
        words += *at == ' ';
    for (const char *at = added; *at && words < GM_DEVICE_TARGETS;) {
        size_t length = strcspn(at, " ");
        if (!has_word(all, at, length) && size + length + 2 < sizeof all) {
            all[size++] = ' ';
            memcpy(all + size, at, length);
            size += length;
            all[size] = '\0';
            words++;
        }
        at += length;
        at += strspn(at, " ");
    }
    return strcmp(all, known) ? gm_pool_put(pool, all, size) : first;
}

/* A name that is one plain word is shown with its brand where another row writes it so. */
static bool is_plain(const gm_catalog *catalog, const gm_gpu_names_row *row)
{
    const char *name = gm_cell(catalog, row->name), *key = gm_cell(catalog, row->key);
    return row->alone && strlen(name) == strlen(key) && gm_ascii_equal_n(name, key, strlen(key));
}

static void join(const gm_catalog *catalog, gm_gpu_names_row *kept, const gm_gpu_names_row *row,
                 gm_pool *pool)
{
    if (row->alone)
        kept->alone = 1;
    else if (is_plain(catalog, kept))
        kept->name = row->name;
    kept->targets = join_targets(catalog, kept->targets, row->targets, pool);
}

bool gm_names_lay(gm_catalog *catalog, const gm_gpu_names_row *rows, size_t count, gm_pool *pool,
                  gm_arena *arena)
{
    size_t own_count = 0, all_count = catalog->gpu_names_count, place;
    gm_gpu_names_row *own = gm_arena_array(arena, count + 1, sizeof *own);
    gm_gpu_names_row *all = gm_arena_array(arena, all_count + count + 1, sizeof *all);
    if (!own || !all)
        return false;
    for (size_t i = 0; i < count; i++) {
        char key[GM_NAME_KEY_BYTES];
        gm_vendor brand;
        gm_gpu_names_row row = rows[i];
        const char *name = gm_cell(catalog, row.name);
        if (!name || !row.targets || !gm_name_fold(name, key, &brand))
            continue;
        row.key = gm_pool_put(pool, key, strlen(key));
        row.alone = brand == GM_VENDOR_UNKNOWN;
        if (insert(catalog, own, &own_count, &row, &place))
            join(catalog, &own[place], &row, pool);
    }
    memcpy(all, catalog->gpu_names, all_count * sizeof *all);
    for (size_t i = 0; i < own_count; i++)
        if (insert(catalog, all, &all_count, &own[i], &place))
            all[place] = own[i];
    catalog->gpu_names = all;
    catalog->gpu_names_count = (uint32_t)all_count;
    return true;
}

/* --- PCI ids of names --------------------------------------------------------------------------
 */

struct on_pci {
    const char *key;
    const gm_gpu_pci_row *row;
};

/* By key, then as they stand in the table. */
static int compare_on_pci(const void *a, const void *b)
{
    const struct on_pci *left = a, *right = b;
    int order = strcmp(left->key, right->key);
    return order ? order : left->row < right->row ? -1 : left->row > right->row;
}

/* Does the table of first drivers have rows for the device? */
static bool has_first(const gm_catalog *catalog, uint32_t device)
{
    size_t low = 0, high = catalog->gpu_driver_firsts_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (catalog->gpu_driver_firsts[middle].device == device)
            return true;
        if (catalog->gpu_driver_firsts[middle].device < device)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void link_name(const gm_catalog *catalog, const struct on_pci *ids, size_t count,
                      gm_gpu_names_row *name)
{
    const char *key = gm_cell(catalog, name->key);
    gm_vendor maker = gm_name_maker(catalog, name);
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(ids[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    name->device = name->has_pci = 0;
    for (; low < count && !strcmp(ids[low].key, key); low++) {
        uint32_t device = ids[low].row->device;
        if (gm_pci_vendor(device >> 16) == maker)
            name->has_pci = 1;
        if (!name->device && has_first(catalog, device))
            name->device = device;
    }
}

bool gm_names_link(gm_catalog *catalog, gm_arena *arena)
{
    size_t count = 0;
    struct on_pci *ids = gm_arena_array(arena, catalog->gpu_pci_count + 1, sizeof *ids);
    gm_gpu_names_row *names = gm_arena_array(arena, catalog->gpu_names_count + 1, sizeof *names);
    if (!ids || !names)
        return false;
    for (size_t i = 0; i < catalog->gpu_pci_count; i++) {
        char key[GM_NAME_KEY_BYTES];
        gm_vendor brand;
        const char *name = gm_cell(catalog, catalog->gpu_pci[i].name);
        if (!name || !gm_name_fold(name, key, &brand))
            continue;
        ids[count] = (struct on_pci){gm_arena_text(arena, key), &catalog->gpu_pci[i]};
        if (!ids[count++].key)
            return false;
    }
    qsort(ids, count, sizeof *ids, compare_on_pci);
    memcpy(names, catalog->gpu_names, catalog->gpu_names_count * sizeof *names);
    for (size_t i = 0; i < catalog->gpu_names_count; i++)
        link_name(catalog, ids, count, &names[i]);
    catalog->gpu_names = names;
    return true;
}
