/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "gpucode/sniff.h"
#include "os/files.h"
#include "scan/archive.h"
#include "scan/findings.h"
#include "store/store.h"

/* A file that somebody named deserves an answer, one of many in a directory does not. */
static void explain_absence(gm_arena *arena, gm_library *library)
{
    if (library->modules.count || library->findings.count)
        return;
    bool foreign = library->format && !library->arch &&
                   !strcmp(library->format, gm_file_kind_token(GM_FILE_ELF));
    if (foreign)
        gm_scan_unsupported(arena, library, "format.elf");
    else
        gm_scan_no_code(arena, library, library->bytes ? NULL : "empty");
}

bool gm_scan_is_fatal(gm_status status)
{
    return status == GM_MEMORY || status == GM_CANCELLED;
}

/* "unreadable.no-permission" … : the same codes as errors have, as parts of a sentence. */
void gm_scan_failure(gm_arena *arena, gm_library *library, const gm_error *problem)
{
    char *reason = gm_arena_printf(arena, "unreadable.%s", problem->code);
    gm_scan_unreadable(arena, library, reason ? reason : problem->code);
}

/* Sources of Python and C are nine in ten files of an environment, and to open all of them takes
 * five times as long as to read all GPU code. */
static bool may_hold_code(const char *name)
{
    static const char *const sources[] = {".py", ".pyc", ".pyi", ".h", ".hpp", ".cuh"};
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending && i < sizeof sources / sizeof *sources; i++)
        if (!strcmp(ending, sources[i]))
            return false;
    return true;
}

static gm_status take_unread(void *user, const char *path, const gm_error *problem,
                             gm_error *reterr)
{
    const gm_scan_out *scanning = user;
    gm_arena *arena = gm_arena_new(scanning->context->limits.arena_bytes);
    gm_library library = {.path = path, .complete = false};
    if (!arena)
        return gm_fail(reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    gm_scan_failure(arena, &library, problem);
    gm_status status = scanning->take(scanning->user, &library, arena);
    gm_arena_free(arena);
    return status;
}

static gm_status pass_over(void *user, size_t count, gm_error *reterr)
{
    const gm_scan_out *scanning = user;
    (void)reterr;
    if (scanning->options->unopened)
        scanning->options->unopened(scanning->user, count);
    return GM_OK;
}

static gm_status take_file(void *user, const char *path, bool named, gm_source *source,
                           gm_error *reterr)
{
    const gm_scan_out *scanning = user;
    gm_library library;
    gm_error problem;
    gm_source *forward = scanning->options->forward_only ? gm_source_forward(source) : NULL;
    gm_arena *arena = gm_arena_new(scanning->context->limits.arena_bytes);
    gm_status status = GM_MEMORY;
    if (arena && (forward || !scanning->options->forward_only))
        status = gm_scan_source(scanning->context, forward ? forward : source, path,
                                scanning->options->deep, arena, &library, &problem);
    else
        gm_fail(&problem, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    if (gm_scan_is_fatal(status)) {
        if (reterr)
            *reterr = problem;
    } else if (status == GM_OK && gm_scan_is_archive(&library)) {
        status = gm_scan_archive(scanning, source, path, named, 0, reterr);
    } else {
        if (status != GM_OK)
            gm_scan_failure(arena, &library, &problem);
        else if (named)
            explain_absence(arena, &library);
        status = scanning->take(scanning->user, &library, arena);
    }
    gm_source_close(forward);
    gm_arena_free(arena);
    return status;
}

gm_status gm_scan_path(const gm_context *context, const char *path,
                       const gm_scan_path_options *options, gm_scan_take_fn take, void *user,
                       gm_error *reterr)
{
    gm_scan_out scanning = {context, options, take, user};
    gm_store_visitor visitor = {.wanted = options->deep ? NULL : may_hold_code,
                                .unwanted = pass_over,
                                .file = take_file,
                                .problem = take_unread,
                                .user = &scanning};
    return gm_store_each(context, path, &visitor, reterr);
}

gm_status gm_scan_probe(const char *path, gm_error *reterr)
{
    gm_source *source;
    if (gm_os_path_kind(path) == GM_OS_DIRECTORY)
        return GM_OK;
    gm_status status = gm_os_open(path, &source, reterr);
    if (status == GM_OK)
        gm_source_close(source);
    return status;
}
