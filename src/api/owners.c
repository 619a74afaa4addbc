/* SPDX-License-Identifier: MIT */
#include "api/owners.h"

#include <stdlib.h>
#include <string.h>

#include "os/files.h"
#include "os/keys.h"

static int by_path(const void *a, const void *b)
{
    return strcmp(((const gm_owner *)a)->path, ((const gm_owner *)b)->path);
}

gm_status gm_owners_read(gm_run *run, const char *directory, gm_owners *ret_owners)
{
    gm_key_reader keys = gm_os_keys();
    gm_finding_list unsaid = {0}; /* about the environment: check tells the most of it */
    gm_environment *environment = &ret_owners->environment;
    gm_error error;
    *ret_owners = (gm_owners){0};
    if (gm_os_path_kind(directory) != GM_OS_DIRECTORY)
        return GM_OK;
    gm_status status = gm_environment_read(run->catalog, &keys, directory, run->arena, environment,
                                           &unsaid, NULL, &error);
    if (status == GM_MEMORY)
        return gm_run_no_memory(run);
    for (size_t i = 0; i < unsaid.count; i++)
        if (unsaid.items[i].code == GM_CODE_UNREADABLE && !unsaid.items[i].variant &&
            !gm_finding_copy(run->arena, &run->result.findings, &unsaid.items[i]))
            return gm_run_no_memory(run);
    if (status != GM_OK && !strcmp(error.code, "cannot-read")) {
        gm_finding *finding = gm_finding_add(run->arena, &run->result.findings, GM_CODE_UNREADABLE,
                                             GM_SEVERITY_WARNING);
        if (!finding)
            return gm_run_no_memory(run);
        gm_args_text(run->arena, &finding->args, "file", error.subject);
        gm_args_message(run->arena, &finding->args, "reason", "unreadable.cannot-read");
    }
    for (size_t i = 0; status == GM_OK && i < environment->packages.count; i++) {
        const gm_installed *installed = &environment->packages.items[i];
        size_t libraries = installed->libraries.count;
        for (size_t k = 0; k < libraries + installed->gpu_files.count; k++) {
            gm_owner *owner = GM_PUSH(run->arena, &ret_owners->files);
            if (!owner)
                return gm_run_no_memory(run);
            *owner = (gm_owner){k < libraries ? installed->libraries.items[k].path
                                              : installed->gpu_files.items[k - libraries],
                                installed};
        }
    }
    if (ret_owners->files.count)
        qsort(ret_owners->files.items, ret_owners->files.count, sizeof(gm_owner), by_path);
    return GM_OK;
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
