/* SPDX-License-Identifier: MIT */
#include "store/listing.h"

#include <stdlib.h>

#include "os/threads.h"

/* Entries that wait to be visited, in all directories together: the second thread gets no further
 * ahead, for the sake of memory. */
#define WAITING_MAX 16384u

/* Nobody sleeps longer, whatever happens to the bell. */
#define WAIT_MILLISECONDS 1000u

enum state { UNREAD, READING, READ };

/* A directory that is known and had no turn yet. Path and name are its parent's, which is there
 * as long as this one is. */
struct folder {
    struct folder *next; /* in the order of turns */
    struct folder *unread_next, *unread_previous;
    const char *path; /* of the folder that it lies in; NULL: none */
    const char *name;
    unsigned depth;
    enum state state;
    gm_listing *listing; /* once it is read; NULL: no memory */
};

struct gm_lister {
    const gm_context *context;
    bool (*wanted)(const char *name);
    unsigned depth;
    gm_os_thread *thread;
    gm_os_monitor *monitor; /* guards what follows, and the folders */
    struct folder *first;   /* whose turn is next */
    struct folder *unread;  /* those that nobody has begun, about in the order of turns */
    size_t waiting;         /* entries of folders that are read */
    bool stop;
};

static struct folder *folder_new(const char *path, const char *name, unsigned depth)
{
    struct folder *folder = calloc(1, sizeof *folder);
    if (folder)
        *folder = (struct folder){.path = path, .name = name, .depth = depth};
    return folder;
}

static void free_folders(struct folder *first)
{
    while (first) {
        struct folder *next = first->next;
        gm_listing_free(first->listing);
        free(first);
        first = next;
    }
}

/* The monitor is held. */
static void claim(gm_lister *lister, struct folder *folder)
{
    if (folder->unread_previous)
        folder->unread_previous->unread_next = folder->unread_next;
    else
        lister->unread = folder->unread_next;
    if (folder->unread_next)
        folder->unread_next->unread_previous = folder->unread_previous;
    folder->state = READING;
}

/* The folders in one that is listed, in order; false without memory. */
static bool folders_below(const struct folder *folder, const gm_listing *listing, const char *path,
                          struct folder **ret_first, struct folder **ret_last)
{
    struct folder *last = NULL;
    *ret_first = *ret_last = NULL;
    for (size_t i = 0; i < listing->entries.count; i++) {
        const gm_os_entry *entry = &listing->entries.items[i];
        if (entry->kind != GM_OS_DIRECTORY)
            continue;
        struct folder *below = folder_new(path, entry->name, folder->depth + 1);
        if (!below)
            return false;
        below->unread_previous = last;
        if (last)
            last->next = last->unread_next = below;
        else
            *ret_first = below;
        *ret_last = last = below;
    }
    return true;
}

/* Their turn comes behind `folder`. The monitor is held. */
static void put_below(gm_lister *lister, struct folder *folder, struct folder *first,
                      struct folder *last)
{
    last->next = folder->next;
    folder->next = first;
    last->unread_next = lister->unread;
    if (lister->unread)
        lister->unread->unread_previous = last;
    lister->unread = first;
}

static gm_listing *list(const gm_lister *lister, const struct folder *folder, const char **ret_path)
{
    gm_listing *listing = calloc(1, sizeof *listing);
    if (!listing)
        return NULL;
    listing->arena = gm_arena_new(lister->context->limits.arena_bytes);
    *ret_path = NULL;
    if (listing->arena)
        *ret_path = folder->path ? gm_os_join(listing->arena, folder->path, folder->name)
                                 : gm_arena_text(listing->arena, folder->name);
    if (!*ret_path) {
        gm_listing_free(listing);
        return NULL;
    }
    listing->status =
        gm_os_list_wanted(*ret_path, lister->wanted, lister->context->limits.files_per_directory,
                          listing->arena, &listing->entries, &listing->error);
    return listing;
}

/* The monitor is held, and is again on return. */
static void read_folder(gm_lister *lister, struct folder *folder)
{
    struct folder *first = NULL, *last = NULL;
    const char *path;
    claim(lister, folder);
    gm_os_monitor_leave(lister->monitor);
    gm_listing *listing = list(lister, folder, &path);
    if (listing && folder->depth + 1 < lister->depth &&
        !folders_below(folder, listing, path, &first, &last)) {
        free_folders(first);
        gm_listing_free(listing);
        listing = NULL;
        first = NULL;
    }
    gm_os_monitor_enter(lister->monitor);
    folder->listing = listing;
    folder->state = READ;
    if (first)
        put_below(lister, folder, first, last);
    lister->waiting += listing ? listing->entries.count : 0;
    gm_os_monitor_ring(lister->monitor);
}

static void read_ahead(void *user)
{
    gm_lister *lister = user;
    gm_os_monitor_enter(lister->monitor);
    while (!lister->stop) {
        if (lister->unread && lister->waiting < WAITING_MAX)
            read_folder(lister, lister->unread);
        else
            gm_os_monitor_wait(lister->monitor, WAIT_MILLISECONDS);
    }
    gm_os_monitor_leave(lister->monitor);
}

gm_lister *gm_lister_new(const gm_context *context, const char *path,
                         bool (*wanted)(const char *name), unsigned depth)
{
    gm_lister *lister = calloc(1, sizeof *lister);
    if (!lister)
        return NULL;
    lister->context = context;
    lister->wanted = wanted;
    lister->depth = depth;
    lister->monitor = gm_os_monitor_new();
    lister->first = lister->unread = folder_new(NULL, path, 0);
    if (lister->monitor && lister->first)
        return lister;
    gm_lister_free(lister);
    return NULL;
}

/* Another thread pays from the second folder on. The monitor is held. */
static void start_thread(gm_lister *lister)
{
    if (!lister->thread && lister->context->threads > 1 && lister->unread)
        lister->thread = gm_os_thread_start(read_ahead, lister);
}

gm_listing *gm_lister_next(gm_lister *lister)
{
    gm_os_monitor_enter(lister->monitor);
    struct folder *folder = lister->first;
    start_thread(lister);
    while (folder && folder->state != READ) {
        struct folder *unread = folder->state == UNREAD ? folder : lister->unread;
        if (unread)
            read_folder(lister, unread);
        else
            gm_os_monitor_wait(lister->monitor, WAIT_MILLISECONDS);
    }
    gm_listing *listing = folder ? folder->listing : NULL;
    if (folder) {
        lister->first = folder->next;
        lister->waiting -= listing ? listing->entries.count : 0;
        gm_os_monitor_ring(lister->monitor);
    }
    gm_os_monitor_leave(lister->monitor);
    free(folder);
    return listing;
}

void gm_listing_free(gm_listing *listing)
{
    if (listing)
        gm_arena_free(listing->arena);
    free(listing);
}

void gm_lister_stop(gm_lister *lister)
{
    if (!lister->thread)
        return;
    gm_os_monitor_enter(lister->monitor);
    lister->stop = true;
    gm_os_monitor_ring(lister->monitor);
    gm_os_monitor_leave(lister->monitor);
    gm_os_thread_join(lister->thread);
    lister->thread = NULL;
}

void gm_lister_free(gm_lister *lister)
{
    if (!lister)
        return;
    gm_lister_stop(lister);
    free_folders(lister->first);
    gm_os_monitor_free(lister->monitor);
    free(lister);
}
