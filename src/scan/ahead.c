/* SPDX-License-Identifier: MIT */
#include "scan/ahead.h"

#include <stdlib.h>

#include "os/threads.h"

/* Results that wait for their turn are kept, so there are few of them. */
#define KEPT_MAX 4u

/* The caller's thread wakes up this often to see whether the run was cancelled. */
#define WAIT_MILLISECONDS 50u

enum state { UNREAD, READING, READ };

struct large {
    size_t index; /* of the member */
    enum state state;
    gm_member_result result;
};

struct gm_ahead {
    const gm_context *outer;
    const gm_archive *archive;
    const char *path;
    gm_member_read_fn read;
    void *user;
    gm_context here, there; /* of the caller's thread, of the second one */
    gm_member_reader *reader;
    gm_member_reader *second_reader;
    gm_arena *arena;
    gm_os_thread *thread;
    gm_os_monitor *monitor; /* guards what follows */
    GM_LIST(struct large) large;
    size_t taken; /* of the large ones */
    bool stop;
    uint64_t there_bytes; /* read by the second thread, finished members and the current one */
    uint64_t there_base;
    uint64_t here_bytes, here_base; /* of the caller's thread alone */
    uint64_t total_bytes;
};

static void tell(gm_ahead *ahead)
{
    gm_os_monitor_enter(ahead->monitor);
    uint64_t done = ahead->here_bytes + ahead->there_bytes;
    gm_os_monitor_leave(ahead->monitor);
    if (ahead->outer->progress)
        ahead->outer->progress(ahead->outer->user, ahead->path,
                               done < ahead->total_bytes ? done : ahead->total_bytes,
                               ahead->total_bytes);
}

static void progress_here(void *user, const char *path, uint64_t done_bytes, uint64_t total_bytes)
{
    gm_ahead *ahead = user;
    (void)path;
    (void)total_bytes;
    ahead->here_bytes = ahead->here_base + done_bytes;
    tell(ahead);
}

static bool cancelled_here(void *user)
{
    gm_ahead *ahead = user;
    return gm_context_cancelled(ahead->outer);
}

/* Only the caller's thread calls the functions that came with the context. */
static void progress_there(void *user, const char *path, uint64_t done_bytes, uint64_t total_bytes)
{
    gm_ahead *ahead = user;
    (void)path;
    (void)total_bytes;
    gm_os_monitor_enter(ahead->monitor);
    ahead->there_bytes = ahead->there_base + done_bytes;
    gm_os_monitor_leave(ahead->monitor);
}

static bool cancelled_there(void *user)
{
    gm_ahead *ahead = user;
    gm_os_monitor_enter(ahead->monitor);
    bool stop = ahead->stop;
    gm_os_monitor_leave(ahead->monitor);
    return stop;
}

static const gm_member *member_at(const gm_ahead *ahead, size_t index)
{
    return &ahead->archive->members.items[index];
}

/* The next large member that nobody has begun, unless too many would wait. The monitor is held. */
static struct large *claim(gm_ahead *ahead)
{
    for (size_t i = ahead->taken; i < ahead->large.count && i - ahead->taken < KEPT_MAX; i++)
        if (ahead->large.items[i].state == UNREAD) {
            ahead->large.items[i].state = READING;
            return &ahead->large.items[i];
        }
    return NULL;
}

static void finish(gm_ahead *ahead, struct large *large)
{
    large->state = READ;
    gm_os_monitor_ring(ahead->monitor);
}

static void run_second(void *user)
{
    gm_ahead *ahead = user;
    gm_os_monitor_enter(ahead->monitor);
    while (!ahead->stop && ahead->taken < ahead->large.count) {
        struct large *large = claim(ahead);
        if (!large) {
            gm_os_monitor_wait(ahead->monitor, 1000);
            continue;
        }
        gm_os_monitor_leave(ahead->monitor);
        const gm_member *member = member_at(ahead, large->index);
        ahead->read(ahead->user, &ahead->there, ahead->second_reader, member, &large->result);
        gm_os_monitor_enter(ahead->monitor);
        ahead->there_base += member->size_bytes;
        ahead->there_bytes = ahead->there_base;
        finish(ahead, large);
    }
    gm_os_monitor_leave(ahead->monitor);
}

static void read_here(gm_ahead *ahead, size_t index, gm_member_result *ret_result)
{
    const gm_member *member = member_at(ahead, index);
    ahead->read(ahead->user, &ahead->here, ahead->reader, member, ret_result);
    ahead->here_base += member->size_bytes;
    ahead->here_bytes = ahead->here_base;
}

/* The monitor is held, and is again on return. */
static void read_large_here(gm_ahead *ahead, struct large *large)
{
    gm_os_monitor_leave(ahead->monitor);
    read_here(ahead, large->index, &large->result);
    gm_os_monitor_enter(ahead->monitor);
    finish(ahead, large);
}

/* The monitor is held. While another thread is at `wanted`, the caller's reads what comes next. */
static void wait_for(gm_ahead *ahead, struct large *wanted)
{
    while (wanted->state != READ) {
        struct large *other = claim(ahead);
        if (other) {
            read_large_here(ahead, other);
            continue;
        }
        gm_os_monitor_wait(ahead->monitor, WAIT_MILLISECONDS);
        gm_os_monitor_leave(ahead->monitor);
        bool cancelled = gm_context_cancelled(ahead->outer);
        tell(ahead);
        gm_os_monitor_enter(ahead->monitor);
        ahead->stop = ahead->stop || cancelled;
    }
}

void gm_ahead_take(gm_ahead *ahead, size_t index, gm_member_result *ret_result)
{
    bool is_large = ahead->thread && ahead->taken < ahead->large.count &&
                    ahead->large.items[ahead->taken].index == index;
    if (!is_large) {
        read_here(ahead, index, ret_result);
        return;
    }
    struct large *large = &ahead->large.items[ahead->taken];
    gm_os_monitor_enter(ahead->monitor);
    if (large->state == UNREAD) {
        large->state = READING;
        read_large_here(ahead, large);
    }
    wait_for(ahead, large);
    *ret_result = large->result;
    large->result.arena = NULL;
    ahead->taken++;
    gm_os_monitor_ring(ahead->monitor);
    gm_os_monitor_leave(ahead->monitor);
}

gm_member_reader *gm_ahead_reader(gm_ahead *ahead)
{
    return ahead->reader;
}

static bool list_large(gm_ahead *ahead)
{
    for (size_t i = 0; i < ahead->archive->members.count; i++) {
        const gm_member *member = member_at(ahead, i);
        if (!gm_member_readable(member))
            continue;
        ahead->total_bytes += member->size_bytes;
        if (member->size_bytes < GM_AHEAD_LARGE_BYTES || !member->deflated)
            continue;
        struct large *large = GM_PUSH(ahead->arena, &ahead->large);
        if (!large)
            return false;
        large->index = i;
    }
    return true;
}

gm_ahead *gm_ahead_begin(const gm_context *context, const gm_archive *archive, const char *path,
                         gm_member_read_fn read, void *user)
{
    gm_ahead *ahead = calloc(1, sizeof *ahead);
    if (!ahead)
        return NULL;
    ahead->outer = context;
    ahead->archive = archive;
    ahead->path = path;
    ahead->read = read;
    ahead->user = user;
    ahead->here = (gm_context){.limits = context->limits,
                               .progress = progress_here,
                               .cancelled = cancelled_here,
                               .user = ahead};
    ahead->there = (gm_context){.limits = context->limits,
                                .progress = progress_there,
                                .cancelled = cancelled_there,
                                .user = ahead};
    ahead->arena = gm_arena_new(context->limits.arena_bytes);
    ahead->monitor = gm_os_monitor_new();
    ahead->reader = gm_member_reader_new(archive);
    if (!ahead->arena || !ahead->monitor || !ahead->reader || !list_large(ahead)) {
        gm_ahead_end(ahead);
        return NULL;
    }
    if (ahead->large.count > 1 && gm_os_processors() > 1)
        ahead->second_reader = gm_member_reader_new(archive);
    if (ahead->second_reader)
        ahead->thread = gm_os_thread_start(run_second, ahead);
    return ahead;
}

void gm_ahead_end(gm_ahead *ahead)
{
    if (!ahead)
        return;
    if (ahead->thread) {
        gm_os_monitor_enter(ahead->monitor);
        ahead->stop = true;
        gm_os_monitor_ring(ahead->monitor);
        gm_os_monitor_leave(ahead->monitor);
        gm_os_thread_join(ahead->thread);
    }
    for (size_t i = 0; i < ahead->large.count; i++)
        gm_arena_free(ahead->large.items[i].result.arena);
    gm_member_reader_free(ahead->second_reader);
    gm_member_reader_free(ahead->reader);
    gm_os_monitor_free(ahead->monitor);
    gm_arena_free(ahead->arena);
    free(ahead);
}
