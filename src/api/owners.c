/* SPDX-License-Identifier: MIT */
#include "api/owners.h"

#include <stdlib.h>
#include <string.h>

#include "os/files.h"
#include "os/keys.h"
#include "os/threads.h"

static int by_path(const void *a, const void *b)
{
    return strcmp(((const gm_owner *)a)->path, ((const gm_owner *)b)->path);
}

/* What stands there of an environment that cannot be read: check tells the rest. */
static bool keep_findings(gm_owners *owners, const gm_finding_list *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].code == GM_CODE_UNREADABLE && !all->items[i].variant &&
            !gm_finding_copy(owners->arena, &owners->findings, &all->items[i]))
            return false;
    return true;
}

static bool note_unreadable(gm_owners *owners, const char *file)
{
    gm_finding *finding =
        gm_finding_add(owners->arena, &owners->findings, GM_CODE_UNREADABLE, GM_SEVERITY_WARNING);
    if (!finding)
        return false;
    gm_args_text(owners->arena, &finding->args, "file", file);
    gm_args_message(owners->arena, &finding->args, "reason", "unreadable.cannot-read");
    return true;
}

static bool list_files(gm_owners *owners)
{
    const gm_environment *environment = &owners->environment;
    for (size_t i = 0; i < environment->packages.count; i++) {
        const gm_installed *installed = &environment->packages.items[i];
        size_t libraries = installed->libraries.count;
        for (size_t k = 0; k < libraries + installed->gpu_files.count; k++) {
            gm_owner *owner = GM_PUSH(owners->arena, &owners->files);
            if (!owner)
                return false;
            *owner = (gm_owner){k < libraries ? installed->libraries.items[k].path
                                              : installed->gpu_files.items[k - libraries],
                                installed};
        }
    }
    if (owners->files.count)
        qsort(owners->files.items, owners->files.count, sizeof(gm_owner), by_path);
    return true;
}

static void read_owners(void *user)
{
    gm_owners *owners = user;
    gm_key_reader keys = gm_os_keys();
    gm_finding_list all = {0};
    gm_error error;
    gm_status status = gm_environment_read(owners->run->catalog, &keys, owners->directory,
                                           owners->arena, &owners->environment, &all, NULL, &error);
    owners->complete = status != GM_MEMORY && keep_findings(owners, &all);
    if (status == GM_OK)
        owners->complete = owners->complete && list_files(owners);
    else if (!strcmp(error.code, "cannot-read"))
        owners->complete = owners->complete && note_unreadable(owners, error.subject);
}

gm_status gm_owners_begin(gm_run *run, const char *directory, gm_owners *ret_owners)
{
    *ret_owners =
        (gm_owners){.run = run, .directory = directory, .arena = run->arena, .complete = true};
    if (gm_os_path_kind(directory) != GM_OS_DIRECTORY)
        return GM_OK;
    if (!run->second_arena)
        run->second_arena = gm_arena_new(run->context.limits.arena_bytes);
    if (!run->second_arena)
        return gm_run_no_memory(run);
    ret_owners->arena = run->second_arena;
    if (run->context.threads > 1)
        ret_owners->thread = gm_os_thread_start(read_owners, ret_owners);
    if (!ret_owners->thread)
        read_owners(ret_owners);
    return GM_OK;
}

gm_status gm_owners_wait(gm_owners *owners)
{
    gm_run *run = owners->run;
    gm_os_thread_join(owners->thread);
    owners->thread = NULL;
    for (size_t i = 0; i < owners->findings.count; i++)
        if (!gm_finding_copy(run->arena, &run->result.findings, &owners->findings.items[i]))
            owners->complete = false;
    owners->findings.count = 0;
    return owners->complete ? GM_OK : gm_run_no_memory(run);
}

const gm_installed *gm_owner_of(const gm_owners *owners, const char *path)
{
    gm_owner wanted = {.path = path};
    const gm_owner *found =
        owners->files.count
            ? bsearch(&wanted, owners->files.items, owners->files.count, sizeof(gm_owner), by_path)
            : NULL;
    return found ? found->installed : NULL;
}
