/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include "base/arena.h"
#include "os/files.h"

struct walking {
    const gm_context *context;
    const gm_store_visitor *visitor;
    gm_error *reterr;
};

static gm_status tell(const struct walking *walking, const char *path, const gm_error *problem)
{
    return walking->visitor->problem(walking->visitor->user, path, problem, walking->reterr);
}

static gm_status visit_file(const struct walking *walking, const char *path, bool named)
{
    gm_source *source;
    gm_error problem;
    gm_status status = gm_os_open(path, &source, &problem);
    if (status == GM_MEMORY)
        return gm_fail(walking->reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    if (status != GM_OK)
        return tell(walking, path, &problem);
    status = walking->visitor->file(walking->visitor->user, path, named, source, walking->reterr);
    gm_source_close(source);
    return status;
}

static gm_status visit_directory(const struct walking *walking, const char *path, unsigned depth);

static gm_status visit_entry(const struct walking *walking, gm_arena *arena, const char *directory,
                             const gm_os_entry *entry, unsigned depth)
{
    if (gm_context_cancelled(walking->context))
        return gm_fail(walking->reterr, GM_CANCELLED, "cancelled", directory, GM_OFFSET_NONE);
    if (entry->kind != GM_OS_FILE && entry->kind != GM_OS_DIRECTORY)
        return GM_OK;
    const char *path = gm_os_join(arena, directory, entry->name);
    if (!path)
        return gm_fail(walking->reterr, GM_MEMORY, "memory", directory, GM_OFFSET_NONE);
    const gm_store_visitor *visitor = walking->visitor;
    if (entry->kind == GM_OS_DIRECTORY)
        return visit_directory(walking, path, depth + 1);
    return !visitor->wanted || visitor->wanted(entry->name)
               ? visit_file(walking, path, false)
               : visitor->file(visitor->user, path, false, NULL, walking->reterr);
}

/* What stands in a directory is forgotten when it has been visited. */
static gm_status visit_directory(const struct walking *walking, const char *path, unsigned depth)
{
    gm_error problem;
    gm_os_entries entries = {0};
    if (depth >= GM_STORE_DEPTH) {
        gm_fail(&problem, GM_LIMIT, "too-deep", path, GM_OFFSET_NONE);
        return tell(walking, path, &problem);
    }
    gm_arena *arena = gm_arena_new(walking->context->limits.arena_bytes);
    if (!arena)
        return gm_fail(walking->reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    gm_status status =
        gm_os_list(path, walking->context->limits.files_per_directory, arena, &entries, &problem);
    if (status == GM_MEMORY)
        status = gm_fail(walking->reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    else if (status != GM_OK)
        status = tell(walking, path, &problem);
    for (size_t i = 0; status == GM_OK && i < entries.count; i++)
        status = visit_entry(walking, arena, path, &entries.items[i], depth);
    gm_arena_free(arena);
    return status;
}

gm_status gm_store_each(const gm_context *context, const char *path,
                        const gm_store_visitor *visitor, gm_error *reterr)
{
    struct walking walking = {context, visitor, reterr};
    gm_os_kind kind = gm_os_path_kind(path);
    gm_source *source;
    if (kind == GM_OS_DIRECTORY)
        return visit_directory(&walking, path, 0);
    /* Only opening tells a path that is not there from one behind a closed directory. */
    if (kind == GM_OS_NOTHING) {
        gm_status status = gm_os_open(path, &source, reterr);
        if (status != GM_OK)
            return status;
        gm_source_close(source);
    }
    return visit_file(&walking, path, true);
}
