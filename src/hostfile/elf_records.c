/* SPDX-License-Identifier: MIT */
/* Registration records of the CUDA runtime: which container is handed over at start-up.
 *
 *   0 u32 magic 0x466243b1  4 u32 version  8 u64 address of the container  16 u64 (version 2:
 * parts)
 *
 * In a shared object the address is filled in by a relative relocation whose addend is the value;
 * in an executable without relocations, or with RELR, it stands in the record. */
#include <stdlib.h>
#include <string.h>

#include "hostfile/elf.h"

#define RELA_BYTES        ((size_t)24)
#define DYNAMIC_BYTES     ((size_t)16)
#define DT_NULL           0u
#define DT_RELA           7u
#define DT_RELASZ         8u
#define SEARCH_BYTES      ((uint64_t)GM_READER_BYTES)
#define POINTER_IN_RECORD 8u
/* Addresses of shared objects and executables stay below this (47-bit user space). */
#define ADDRESS_LIMIT ((uint64_t)1 << 47)

struct reading {
    const gm_context *context;
    gm_reader *reader;
    gm_arena *arena;
    const gm_elf *elf;
    gm_elf_records *records;
    size_t relocated; /* how many of them have their pointer */
    gm_damage_list *damage;
    gm_error *reterr;
};

bool gm_elf_is_record(gm_span bytes)
{
    bool ok = true;
    uint32_t magic = gm_u32le(bytes, 0, &ok), version = gm_u32le(bytes, 4, &ok);
    return ok && magic == GM_ELF_RECORD_MAGIC && (version == 1 || version == 2);
}

bool gm_elf_maybe_relocation(const uint64_t words[3])
{
    bool relative = words[1] == GM_ELF_R_X86_64_RELATIVE || words[1] == GM_ELF_R_AARCH64_RELATIVE;
    return relative && words[0] && words[0] % 8 == 0 && words[0] < ADDRESS_LIMIT && words[2] &&
           words[2] < ADDRESS_LIMIT;
}

static uint64_t address_of(const gm_elf *elf, uint64_t offset)
{
    for (size_t i = 0; i < elf->segments.count; i++) {
        const gm_elf_segment *segment = &elf->segments.items[i];
        if (offset >= segment->offset && offset - segment->offset < segment->bytes)
            return segment->address + (offset - segment->offset);
    }
    return UINT64_MAX;
}

/* Until relocations are known, `container` holds the address that stands in the record. */
static gm_status take_record(struct reading *r, uint64_t offset, uint64_t address)
{
    gm_span bytes;
    bool ok = true;
    gm_status status =
        gm_reader_look(r->reader, offset, GM_ELF_RECORD_BYTES, 4096, &bytes, r->reterr);
    if (status != GM_OK)
        return status;
    if (!gm_elf_is_record(bytes)) {
        gm_damage_note(r->arena, r->damage, "registration-record", offset);
        return GM_OK;
    }
    gm_elf_record record = {.address = address,
                            .version = gm_u32le(bytes, 4, &ok),
                            .container = gm_u64le(bytes, POINTER_IN_RECORD, &ok)};
    gm_elf_record *kept = ok && r->records->count < r->context->limits.images_per_library
                              ? GM_PUSH(r->arena, r->records)
                              : NULL;
    if (!kept)
        return gm_fail(r->reterr, GM_MEMORY, "memory", NULL, offset);
    *kept = record;
    return GM_OK;
}

static gm_status take_section(struct reading *r, const gm_elf_section *section)
{
    if (section->offset % 8) {
        gm_damage_note(r->arena, r->damage, "table-alignment", section->offset);
        return GM_OK;
    }
    gm_status status = GM_OK;
    for (uint64_t at = 0; status == GM_OK && section->bytes - at >= GM_ELF_RECORD_BYTES;
         at += GM_ELF_RECORD_BYTES)
        status = take_record(r, section->offset + at, section->address + at);
    return status;
}

static int by_address(const void *a, const void *b)
{
    const gm_elf_record *left = a, *right = b;
    return left->address < right->address ? -1 : left->address > right->address;
}

static int by_container(const void *a, const void *b)
{
    const gm_elf_record *left = a, *right = b;
    if (left->container != right->container)
        return left->container < right->container ? -1 : 1;
    return by_address(a, b);
}

static void sort(gm_elf_records *records, int (*compare)(const void *, const void *))
{
    if (records->count)
        qsort(records->items, records->count, sizeof *records->items, compare);
}

/* Where the relocations with addends lie: DT_RELA and DT_RELASZ of the dynamic section. */
static gm_status find_relocations(struct reading *r, gm_elf_segment *table)
{
    *table = (gm_elf_segment){0};
    for (uint64_t at = 0; r->elf->dynamic.bytes - at >= DYNAMIC_BYTES; at += DYNAMIC_BYTES) {
        gm_span bytes;
        bool ok = true;
        gm_status status = gm_reader_look(r->reader, r->elf->dynamic.offset + at, DYNAMIC_BYTES,
                                          1024, &bytes, r->reterr);
        if (status != GM_OK)
            return status;
        uint64_t tag = gm_u64le(bytes, 0, &ok), value = gm_u64le(bytes, 8, &ok);
        if (!ok || tag == DT_NULL)
            break;
        if (tag == DT_RELA)
            table->address = value;
        else if (tag == DT_RELASZ)
            table->bytes = value;
    }
    if (table->address == 0 || table->bytes == 0) {
        table->bytes = 0;
        return GM_OK;
    }
    table->offset = gm_elf_offset_of(r->elf, table->address);
    if (table->offset % 8 || !gm_range_ok(table->offset, table->bytes, r->elf->file_bytes)) {
        gm_damage_note(r->arena, r->damage, "relocations", r->elf->dynamic.offset);
        table->bytes = 0;
    }
    return GM_OK;
}

/* The records are sorted by address. */
static void relocate(struct reading *r, uint64_t place, uint64_t value)
{
    gm_elf_records *records = r->records;
    size_t low = 0, high = records->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        gm_elf_record *record = &records->items[middle];
        uint64_t pointer = record->address + POINTER_IN_RECORD;
        if (pointer == place) {
            r->relocated += !record->relocated;
            record->relocated = true;
            record->container = value;
            return;
        }
        if (pointer < place)
            low = middle + 1;
        else
            high = middle;
    }
}

static void take_relocations(struct reading *r, gm_span bytes)
{
    const gm_elf_records *records = r->records;
    uint64_t first = records->items[0].address;
    uint64_t span = records->items[records->count - 1].address - first + GM_ELF_RECORD_BYTES;
    uint32_t relative = r->elf->header.machine == GM_ELF_X86_64 ? GM_ELF_R_X86_64_RELATIVE
                                                                : GM_ELF_R_AARCH64_RELATIVE;
    for (size_t at = 0; at + RELA_BYTES <= bytes.size; at += RELA_BYTES) {
        bool ok = true;
        uint64_t place = gm_u64le(bytes, at, &ok);
        if (place - first >= span || gm_u64le(bytes, at + 8, &ok) != relative)
            continue;
        relocate(r, place, gm_u64le(bytes, at + 16, &ok));
    }
}

/* Reads the relocations in [from, to) of the table. */
static gm_status read_part(struct reading *r, const gm_elf_segment *table, uint64_t from,
                           uint64_t to)
{
    gm_status status = GM_OK;
    size_t step = GM_READER_BYTES / RELA_BYTES * RELA_BYTES;
    for (uint64_t at = from; status == GM_OK && at < to; at += step) {
        gm_span bytes;
        size_t size = to - at < step ? (size_t)(to - at) : step;
        status = gm_reader_look(r->reader, table->offset + at, size, size, &bytes, r->reterr);
        if (status == GM_OK)
            take_relocations(r, gm_span_part(bytes, 0, size));
        if (status == GM_OK && gm_context_cancelled(r->context))
            status = gm_fail(r->reterr, GM_CANCELLED, "cancelled", NULL, GM_OFFSET_NONE);
    }
    return status;
}

/* Linkers sort relative relocations by place: in a large table the part in question is searched
 * for. Nothing relies on it, see below. */
static gm_status search(struct reading *r, const gm_elf_segment *table, uint64_t *ret_from)
{
    uint64_t low = 0, high = table->bytes / RELA_BYTES;
    uint64_t wanted = r->records->items[0].address;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        bool ok = true;
        gm_span bytes;
        gm_status status = gm_reader_look(r->reader, table->offset + middle * RELA_BYTES,
                                          RELA_BYTES, RELA_BYTES, &bytes, r->reterr);
        if (status != GM_OK)
            return status;
        /* Behind the relative ones other kinds begin again at low places. */
        uint64_t kind = gm_u64le(bytes, 8, &ok);
        bool relative = kind == GM_ELF_R_X86_64_RELATIVE || kind == GM_ELF_R_AARCH64_RELATIVE;
        if (ok && relative && gm_u64le(bytes, 0, &ok) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_from = low * RELA_BYTES;
    return GM_OK;
}

/* The whole table is read where it is small, or where the search did not find every pointer. */
static gm_status read_relocations(struct reading *r)
{
    gm_elf_segment table;
    gm_status status = find_relocations(r, &table);
    if (status == GM_OK && table.bytes > SEARCH_BYTES) {
        uint64_t from;
        uint64_t size = r->records->count * RELA_BYTES;
        status = search(r, &table, &from);
        if (status == GM_OK)
            status =
                read_part(r, &table, from, size < table.bytes - from ? from + size : table.bytes);
    }
    if (status == GM_OK && r->relocated < r->records->count)
        status = read_part(r, &table, 0, table.bytes);
    return status;
}

static gm_status collect(struct reading *r, const uint64_t *places, size_t place_count)
{
    gm_status status = GM_OK;
    for (size_t i = 0; status == GM_OK && i < r->elf->sections.count; i++)
        if (r->elf->sections.items[i].role == GM_ELF_RECORDS)
            status = take_section(r, &r->elf->sections.items[i]);
    for (size_t i = 0; status == GM_OK && !r->elf->has_sections && i < place_count; i++) {
        uint64_t address = address_of(r->elf, places[i]);
        if (address != UINT64_MAX)
            status = take_record(r, places[i], address);
    }
    return status;
}

gm_status gm_elf_records_read(const gm_context *context, gm_reader *reader, gm_arena *arena,
                              const gm_elf *elf, const uint64_t *places, size_t place_count,
                              gm_elf_records *ret_records, gm_damage_list *damage, gm_error *reterr)
{
    struct reading r = {context, reader, arena, elf, ret_records, 0, damage, reterr};
    *ret_records = (gm_elf_records){0};
    gm_status status = collect(&r, places, place_count);
    if (status != GM_OK || ret_records->count == 0)
        return status;
    sort(ret_records, by_address);
    status = read_relocations(&r);
    for (size_t i = 0; i < ret_records->count; i++) {
        gm_elf_record *record = &ret_records->items[i];
        record->container = gm_elf_offset_of(elf, record->container);
    }
    sort(ret_records, by_container);
    return status;
}
