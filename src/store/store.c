/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include "base/text.h"
#include "os/files.h"
#include "store/listing.h"

struct walking {
    const gm_context *context;
    const gm_store_visitor *visitor;
    gm_lister *lister; /* of its directories */
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

static gm_status visit_directory(struct walking *walking, const char *path, unsigned depth);

static gm_status visit_entry(struct walking *walking, const char *directory, const char *path,
                             gm_os_kind kind, unsigned depth)
{
    if (gm_context_cancelled(walking->context))
        return gm_fail(walking->reterr, GM_CANCELLED, "cancelled", directory, GM_OFFSET_NONE);
    if (kind == GM_OS_DIRECTORY)
        return visit_directory(walking, path, depth + 1);
    return kind == GM_OS_FILE ? visit_file(walking, path, false) : GM_OK;
}

/* One path after the other in the same place: there may be 1,000,000. */
static gm_status visit_entries(struct walking *walking, const char *path, gm_listing *listing,
                               unsigned depth)
{
    gm_status status = GM_OK;
    gm_text below = GM_TEXT_INIT;
    for (size_t i = 0; status == GM_OK && i < listing->entries.count; i++) {
        const gm_os_entry *entry = &listing->entries.items[i];
        gm_text_clear(&below);
        gm_os_add_path(&below, path, entry->name);
        status = below.failed ? gm_fail(walking->reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE)
                              : visit_entry(walking, path, below.data, entry->kind, depth);
    }
    gm_text_free(&below);
    return status;
}

static gm_status visit_listing(struct walking *walking, const char *path, gm_listing *listing,
                               unsigned depth)
{
    const gm_store_visitor *visitor = walking->visitor;
    gm_status status = GM_OK;
    if (listing->status == GM_MEMORY)
        return gm_fail(walking->reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    if (listing->status != GM_OK)
        status = tell(walking, path, &listing->error);
    if (status == GM_OK && listing->entries.unwanted)
        status = visitor->unwanted(visitor->user, listing->entries.unwanted, walking->reterr);
    return status == GM_OK ? visit_entries(walking, path, listing, depth) : status;
}

/* What stands in a directory is forgotten when it has been visited. */
static gm_status visit_directory(struct walking *walking, const char *path, unsigned depth)
{
    if (depth >= GM_STORE_DEPTH) {
        gm_error problem;
        gm_fail(&problem, GM_LIMIT, "too-deep", path, GM_OFFSET_NONE);
        return tell(walking, path, &problem);
    }
    gm_listing *listing = gm_lister_next(walking->lister);
    if (!listing)
        return gm_fail(walking->reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    gm_status status = visit_listing(walking, path, listing, depth);
    if (status != GM_OK) /* the second thread may be about what lies in it */
        gm_lister_stop(walking->lister);
    gm_listing_free(listing);
    return status;
}

static gm_status visit_tree(struct walking *walking, const char *path)
{
    walking->lister =
        gm_lister_new(walking->context, path, walking->visitor->wanted, GM_STORE_DEPTH);
    gm_status status = walking->lister
                           ? visit_directory(walking, path, 0)
                           : gm_fail(walking->reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    gm_lister_free(walking->lister);
    return status;
}

gm_status gm_store_each(const gm_context *context, const char *path,
                        const gm_store_visitor *visitor, gm_error *reterr)
{
    struct walking walking = {context, visitor, NULL, reterr};
    gm_os_kind kind = gm_os_path_kind(path);
    gm_source *source;
    if (kind == GM_OS_DIRECTORY)
        return visit_tree(&walking, path);
    /* Only opening tells a path that is not there from one behind a closed directory. */
    if (kind == GM_OS_NOTHING) {
        gm_status status = gm_os_open(path, &source, reterr);
        if (status != GM_OK)
            return status;
        gm_source_close(source);
    }
    return visit_file(&walking, path, true);
}
