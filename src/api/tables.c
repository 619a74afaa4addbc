/* SPDX-License-Identifier: MIT */
/* The tables of a run: the built-in ones, and the user's own laid over them. */
#include <string.h>

#include "api/run.h"
#include "base/lookup.h"
#include "base/text.h"
#include "catalog/overlay.h"
#include "os/files.h"
#include "os/terminal.h"

#define FILES_MAX 1000 /* entries of the directory */

static bool is_table(const char *name)
{
    size_t size = strlen(name), end = strlen(".tsv");
    return size > end && name[0] != '.' && !strcmp(name + size - end, ".tsv");
}

static gm_status add_file(gm_run *run, const char *directory, const char *name, gm_table_file *file)
{
    gm_text text = GM_TEXT_INIT;
    const char *path = gm_os_join(run->arena, directory, name);
    if (!path)
        return gm_run_no_memory(run);
    if (!gm_catalog_has_table(name))
        return gm_fail(&run->error, GM_USAGE, "table-unknown", path, GM_OFFSET_NONE);
    gm_status status = gm_os_read_file(path, &text, &run->error);
    *file = (gm_table_file){name, path, NULL, text.size};
    if (status == GM_OK)
        file->text = gm_arena_text_n(run->arena, text.data, text.size);
    gm_text_free(&text);
    return status == GM_OK && !file->text ? gm_run_no_memory(run) : status;
}

/* Lays the tables of a directory over the built-in ones. */
static gm_status lay_directory(gm_run *run, const char *directory)
{
    gm_os_entries entries;
    size_t count = 0;
    gm_status status = gm_os_list(directory, FILES_MAX, run->arena, &entries, &run->error);
    if (status != GM_OK)
        return status;
    gm_table_file *files = gm_arena_array(run->arena, entries.count + 1, sizeof *files);
    if (!files)
        return gm_run_no_memory(run);
    for (size_t i = 0; status == GM_OK && i < entries.count; i++)
        if (is_table(entries.items[i].name))
            status = add_file(run, directory, entries.items[i].name, &files[count++]);
    if (status == GM_OK && count == 0)
        status = gm_fail(&run->error, GM_USAGE, "no-tables", directory, GM_OFFSET_NONE);
    return status == GM_OK
               ? gm_catalog_overlay(files, count, run->arena, &run->catalog, &run->error)
               : status;
}

/* The directory of the user's own tables, where there is one; NULL none. */
static const char *own_directory(gm_run *run)
{
    gm_text path = GM_TEXT_INIT;
    const char *directory = NULL;
    if (gm_os_config_directory(&path))
        directory = gm_os_join(run->arena, path.data, "data");
    gm_text_free(&path);
    return directory && gm_os_path_kind(directory) == GM_OS_DIRECTORY ? directory : NULL;
}

gm_status gm_run_tables(gm_run *run, const char *data)
{
    const char *directory = data ? data : own_directory(run);
    if (!directory || gm_text_equal(data, "-"))
        return GM_OK;
    gm_status status = lay_directory(run, directory);
    run->style.data_date = gm_catalog_date(run->catalog);
    return status;
}
