/* SPDX-License-Identifier: MIT */
/* Registration records of the CUDA runtime: which container is handed over at start-up.
 *
 *   0 u32 magic 0x466243b1  4 u32 version  8 pointer to the container  then (version 2) to parts
 *
 * The pointer stands in the record (PE, executables at a fixed address, RELR, prelinked files) or
 * in a relocation, which is for the format to find. In 32-bit files pointers have four bytes. */
#include <stdlib.h>

#include "hostfile/host.h"

#define POINTER_IN_RECORD 8u
#define HEAD_BYTES        ((size_t)8)

static uint32_t swap(uint32_t value)
{
    return value >> 24 | (value >> 8 & 0xff00) | (value & 0xff00) << 8 | value << 24;
}

bool gm_host_is_record(gm_span bytes)
{
    bool ok = true;
    uint32_t magic = gm_u32le(bytes, 0, &ok), version = gm_u32le(bytes, 4, &ok);
    if (magic == swap(GM_HOST_RECORD_MAGIC)) {
        magic = GM_HOST_RECORD_MAGIC;
        version = swap(version);
    }
    return ok && magic == GM_HOST_RECORD_MAGIC && (version == 1 || version == 2);
}

static size_t record_bytes(const gm_host *host)
{
    return HEAD_BYTES + 2 * host->pointer_bytes;
}

/* Until relocations are known, `container` holds the address that stands in the record.
 * `*ret_bytes`: how far it is to the next one. */
static gm_status take_record(const gm_host_reading *reading, const gm_host *host, uint64_t offset,
                             uint64_t address, gm_host_records *records, size_t *ret_bytes)
{
    gm_span bytes;
    bool ok = true, big = host->big_endian;
    size_t size = record_bytes(host);
    gm_status status = gm_reader_look(reading->reader, offset, size, 4096, &bytes, reading->reterr);
    *ret_bytes = size;
    if (status != GM_OK)
        return status;
    if (gm_u64le(bytes, 0, &ok) == 0 && ok) { /* between the parts of several compilations */
        *ret_bytes = HEAD_BYTES;
        return GM_OK;
    }
    ok = true;
    gm_host_record record = {.address = address,
                             .version = gm_u32(bytes, 4, big, &ok),
                             .container = host->pointer_bytes == 4
                                              ? gm_u32(bytes, POINTER_IN_RECORD, big, &ok)
                                              : gm_u64(bytes, POINTER_IN_RECORD, big, &ok)};
    if (!ok || !gm_host_is_record(bytes)) {
        gm_host_note(reading, "registration-record", offset);
        return GM_OK;
    }
    gm_host_record *kept = records->count < reading->context->limits.images_per_library
                               ? GM_PUSH(reading->arena, records)
                               : NULL;
    if (!kept)
        return gm_fail(reading->reterr, GM_MEMORY, "memory", NULL, offset);
    *kept = record;
    return GM_OK;
}

static gm_status take_section(const gm_host_reading *reading, const gm_host *host,
                              const gm_host_section *section, gm_host_records *records)
{
    if (section->offset % 4) {
        gm_host_note(reading, "table-alignment", section->offset);
        return GM_OK;
    }
    gm_status status = GM_OK;
    size_t size = record_bytes(host), step;
    for (uint64_t at = 0; status == GM_OK && section->bytes - at >= size; at += step)
        status =
            take_record(reading, host, section->offset + at, section->address + at, records, &step);
    return status;
}

static int by_address(const void *a, const void *b)
{
    const gm_host_record *left = a, *right = b;
    return left->address < right->address ? -1 : left->address > right->address;
}

static int by_container(const void *a, const void *b)
{
    const gm_host_record *left = a, *right = b;
    if (left->container != right->container)
        return left->container < right->container ? -1 : 1;
    return by_address(a, b);
}

static gm_status collect(const gm_host_reading *reading, const gm_host *host,
                         const uint64_t *places, size_t place_count, gm_host_records *records)
{
    gm_status status = GM_OK;
    size_t step;
    for (size_t i = 0; status == GM_OK && i < host->sections.count; i++)
        if (host->sections.items[i].role == GM_HOST_RECORDS)
            status = take_section(reading, host, &host->sections.items[i], records);
    for (size_t i = 0; status == GM_OK && !host->has_sections && i < place_count; i++) {
        uint64_t address = gm_host_address_of(host, places[i]);
        if (address != UINT64_MAX)
            status = take_record(reading, host, places[i], address, records, &step);
    }
    return status;
}

gm_status gm_host_records_read(const gm_host_reading *reading, const gm_host_format *format,
                               const gm_host *host, const uint64_t *places, size_t place_count,
                               gm_host_records *ret_records)
{
    *ret_records = (gm_host_records){0};
    if (host->relocatable)
        return GM_OK;
    gm_status status = collect(reading, host, places, place_count, ret_records);
    if (status != GM_OK || ret_records->count == 0)
        return status;
    qsort(ret_records->items, ret_records->count, sizeof *ret_records->items, by_address);
    if (format->relocate)
        status = format->relocate(reading, host, ret_records);
    for (size_t i = 0; i < ret_records->count; i++) {
        gm_host_record *record = &ret_records->items[i];
        record->container = gm_host_offset_of(host, record->container);
    }
    qsort(ret_records->items, ret_records->count, sizeof *ret_records->items, by_container);
    return status;
}
