/* SPDX-License-Identifier: MIT */
#include "scan/beside.h"

#include <stdlib.h>

#include "os/threads.h"

/* From here on a thread saves more than its start costs (60 µs; a container of torch takes 4). */
#define RECORDS_MIN 128

struct gm_beside {
    const gm_context *context;
    const gm_host_records *records;
    gm_container_source front;
    uint64_t from; /* offset of the first container of the rear */
    size_t first;  /* its record */
    gm_arena *arena;
    gm_reader *reader;
    uint64_t file_bytes;
    gm_pass found; /* sorted by offset, because records are */
    gm_os_thread *thread;
    gm_os_monitor *monitor; /* guards `stop` */
    bool stop;
};

static bool stopped(gm_beside *beside)
{
    gm_os_monitor_enter(beside->monitor);
    bool stop = beside->stop;
    gm_os_monitor_leave(beside->monitor);
    return stop;
}

/* Whatever goes wrong, the caller's thread meets it again where it reads for itself. Records may
 * say anything: containers that begin inside another one are left, so that no byte is read twice.
 */
static void walk_rear(void *user)
{
    gm_beside *beside = user;
    uint64_t done = beside->from;
    size_t images = 0;
    gm_file_containers file = {.context = beside->context,
                               .reader = beside->reader,
                               .arena = beside->arena,
                               .file_bytes = beside->file_bytes};
    gm_container_source source = gm_containers_of_file(&file);
    for (size_t i = beside->first; i < beside->records->count && !stopped(beside); i++) {
        const gm_fatbin *fatbin;
        uint64_t offset = beside->records->items[i].container;
        if (offset < done || offset >= beside->file_bytes)
            continue;
        file.fatbin = (gm_fatbin){.offset = 0}; /* whose entries are kept */
        if (source.at(source.state, offset, &fatbin, NULL) != GM_OK)
            return;
        if (!fatbin || !fatbin->whole)
            continue;
        gm_fatbin *kept = GM_PUSH(beside->arena, &beside->found.fatbins);
        images += fatbin->entries.count;
        if (!kept || images > beside->context->limits.images_per_library)
            return;
        *kept = *fatbin;
        done = offset + fatbin->bytes;
    }
}

static gm_status beside_at(void *state, uint64_t offset, const gm_fatbin **ret_fatbin,
                           gm_error *reterr)
{
    gm_beside *beside = state;
    *ret_fatbin = NULL;
    if (offset >= beside->from) {
        gm_os_thread_join(beside->thread);
        beside->thread = NULL;
        gm_container_source found = gm_containers_of_pass(&beside->found);
        found.at(found.state, offset, ret_fatbin, reterr);
    }
    return *ret_fatbin ? GM_OK : beside->front.at(beside->front.state, offset, ret_fatbin, reterr);
}

static gm_status beside_next(void *state, uint64_t from, uint64_t end, uint64_t *ret_offset,
                             gm_error *reterr)
{
    const gm_beside *beside = state;
    return beside->front.next(beside->front.state, from, end, ret_offset, reterr);
}

gm_beside *gm_beside_start(const gm_context *context, gm_source *file,
                           const gm_host_records *records, gm_container_source front)
{
    if (context->threads < 2 || records->count < RECORDS_MIN)
        return NULL;
    gm_beside *beside = calloc(1, sizeof *beside);
    if (!beside)
        return NULL;
    beside->context = context;
    beside->records = records;
    beside->front = front;
    beside->first = records->count / 2;
    beside->from = records->items[beside->first].container;
    beside->file_bytes = file->size_bytes;
    beside->arena = gm_arena_new(context->limits.arena_bytes);
    beside->reader = gm_reader_new(file);
    beside->monitor = gm_os_monitor_new();
    if (beside->arena && beside->reader && beside->monitor)
        beside->thread = gm_os_thread_start(walk_rear, beside);
    if (beside->thread)
        return beside;
    gm_beside_end(beside);
    return NULL;
}

gm_container_source gm_containers_beside(gm_beside *beside)
{
    return (gm_container_source){beside_at, beside_next, beside};
}

void gm_beside_end(gm_beside *beside)
{
    if (!beside)
        return;
    if (beside->thread) {
        gm_os_monitor_enter(beside->monitor);
        beside->stop = true;
        gm_os_monitor_leave(beside->monitor);
        gm_os_thread_join(beside->thread);
    }
    gm_os_monitor_free(beside->monitor);
    gm_reader_free(beside->reader);
    gm_arena_free(beside->arena);
    free(beside);
}
