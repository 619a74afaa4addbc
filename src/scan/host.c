/* SPDX-License-Identifier: MIT */
/* Host files of every format: which containers of GPU code in them count. */
#include <stdlib.h>

#include "scan/beside.h"
#include "scan/findings.h"
#include "scan/scanning.h"

typedef GM_LIST(gm_region) region_list;

static int by_offset(const void *a, const void *b)
{
    const gm_region *left = a, *right = b;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static gm_status add_region(gm_scanning *s, region_list *regions, gm_region region)
{
    gm_region *kept = GM_PUSH(s->scratch, regions);
    if (region.section)
        region.section = gm_arena_text(s->arena, region.section);
    if (!kept)
        return gm_scanning_no_memory(s);
    *kept = region;
    return GM_OK;
}

/* Sections made for containers or, without section headers, all that is loaded. */
static gm_status regions_of(gm_scanning *s, const gm_host *host, region_list *regions)
{
    gm_status status = GM_OK;
    for (size_t i = 0; status == GM_OK && i < host->sections.count; i++) {
        const gm_host_section *section = &host->sections.items[i];
        bool other = section->role == GM_HOST_OTHER;
        gm_registration registration = section->role == GM_HOST_RELFATBIN ? GM_MODULE_PRELINKED
                                       : other                            ? GM_MODULE_EMBEDDED
                                                                          : GM_MODULE_UNREGISTERED;
        if (section->role == GM_HOST_RECORDS || section->role == GM_HOST_HIP)
            continue;
        status = add_region(s, regions,
                            (gm_region){section->offset, section->bytes, section->name,
                                        registration, !other, other});
    }
    if (host->has_sections)
        return status;
    for (size_t i = 0; status == GM_OK && i < host->segments.count; i++) {
        const gm_host_segment *segment = &host->segments.items[i];
        status = add_region(s, regions,
                            (gm_region){segment->offset, segment->bytes, NULL,
                                        GM_MODULE_UNREGISTERED, false, false});
    }
    if (status == GM_OK && regions->count == 0)
        status = add_region(
            s, regions,
            (gm_region){0, s->source->size_bytes, NULL, GM_MODULE_UNREGISTERED, false, false});
    return status;
}

static gm_status select_regions(gm_scanning *s, gm_selection *selection, region_list *regions)
{
    uint64_t done = 0;
    gm_status status = GM_OK;
    if (regions->count)
        qsort(regions->items, regions->count, sizeof *regions->items, by_offset);
    for (size_t i = 0; status == GM_OK && i < regions->count; i++) {
        gm_region region = regions->items[i];
        uint64_t end = region.offset + region.bytes;
        if (region.offset < done) { /* overlap: what has been read is not read again */
            if (end <= done)
                continue;
            region.bytes = end - done;
            region.offset = done;
        }
        status = gm_select_region(selection, &region, s->reterr);
        done = end;
    }
    return status;
}

static bool has_role(const gm_host *host, gm_host_role role)
{
    for (size_t i = 0; i < host->sections.count; i++)
        if (host->sections.items[i].role == role)
            return true;
    return false;
}

/* `pass` is NULL for a file that can be read at any offset. */
static gm_status select_code(gm_scanning *s, const gm_host_reading *reading,
                             const gm_host_format *format, const gm_host *host, const gm_pass *pass)
{
    gm_host_records records;
    region_list regions = {0};
    gm_file_containers file;
    gm_selection selection = gm_scanning_selection(s, pass, &file);
    gm_status status = regions_of(s, host, &regions);
    if (status == GM_OK && regions.count > 0)
        status = gm_host_records_read(reading, format, host, pass ? pass->records.items : NULL,
                                      pass ? pass->records.count : 0, &records);
    gm_beside *beside = status == GM_OK && regions.count > 0 && !pass
                            ? gm_beside_start(s->context, s->source, &records, selection.source)
                            : NULL;
    if (beside)
        selection.source = gm_containers_beside(beside);
    if (status == GM_OK)
        status = select_regions(s, &selection, &regions);
    gm_beside_end(beside);
    if (status == GM_OK && regions.count > 0)
        gm_select_classify(&selection, &records, has_role(host, GM_HOST_RELFATBIN));
    if (status == GM_OK && s->deep)
        status = gm_select_bare(&selection, regions.items, regions.count, s->reterr);
    return status == GM_OK ? gm_scan_payloads(s) : status;
}

/* Only of files: a stream keeps no names. */
static gm_status read_needs(gm_scanning *s, const gm_host_reading *reading,
                            const gm_host_format *format, const gm_host *host)
{
    gm_host_needs needs = {0};
    gm_host_reading own = *reading;
    own.arena = s->arena;
    gm_status status = format->needs ? format->needs(&own, host, &needs) : GM_OK;
    s->library->needed.items = needs.needed.items;
    s->library->needed.count = needs.needed.count;
    s->library->run_path = needs.run_path;
    s->library->soname = needs.soname;
    s->library->needs_known = format->needs != NULL;
    return status;
}

static gm_status scan_read(gm_scanning *s, const gm_host_reading *reading,
                           const gm_scan_format *format, gm_pass *pass, bool passed)
{
    gm_host host;
    gm_status status = format->host->read(reading, s->source->size_bytes, &host);
    if (status != GM_OK)
        return status;
    s->library->arch = host.arch;
    if (host.build_id)
        s->library->build_id = gm_arena_text(s->arena, host.build_id);
    if (has_role(&host, GM_HOST_HIP))
        gm_scan_unsupported(s->arena, s->library, "format.hip");
    if (!s->source->forward_only)
        status = read_needs(s, reading, format->host, &host);
    if (status == GM_OK && !host.has_sections && !passed) {
        status = gm_scanning_pass(s, format->keeper, pass);
        passed = true;
    }
    return status == GM_OK ? select_code(s, reading, format->host, &host, passed ? pass : NULL)
                           : status;
}

gm_status gm_scan_host(gm_scanning *s, const gm_scan_format *format)
{
    gm_pass pass;
    gm_host_reading reading = {.context = s->context,
                               .reader = s->reader,
                               .arena = s->scratch,
                               .damage = &s->damage,
                               .reterr = s->reterr,
                               .deep = s->deep};
    bool passed = s->source->forward_only || s->deep;
    if (passed) {
        gm_status status = gm_scanning_pass(s, format->keeper, &pass);
        if (status != GM_OK)
            return status;
    }
    if (s->source->forward_only) {
        reading.reader = gm_reader_new(gm_keep_source(&pass.keep, s->source->size_bytes));
        if (!reading.reader)
            return gm_scanning_no_memory(s);
    }
    gm_status status = scan_read(s, &reading, format, &pass, passed);
    if (reading.reader != s->reader)
        gm_reader_free(reading.reader);
    return status == GM_UNSUPPORTED ? GM_OK : status;
}
