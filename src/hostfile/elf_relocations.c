/* SPDX-License-Identifier: MIT */
/* Pointers of registration records in shared objects: a relative relocation with an addend gives
 * the address. RELR, and the relocations without addends of 32-bit processors, leave it in the
 * record, as do executables at a fixed address; there, there is nothing to do. */
#include "hostfile/elf.h"

#define RELA_BYTES        ((size_t)24)
#define POINTER_IN_RECORD 8u
#define SEARCH_BYTES      ((uint64_t)GM_READER_BYTES)
/* Addresses of shared objects and executables stay below this (47-bit user space). */
#define ADDRESS_LIMIT ((uint64_t)1 << 47)

enum { DT_NULL, DT_RELA = 7, DT_RELASZ = 8 };

struct relocating {
    const gm_host_reading *in;
    const gm_host *host;
    gm_host_records *records;
    size_t relocated; /* how many of them have their pointer */
    gm_host_segment table;
};

bool gm_elf_maybe_relocation(const uint64_t words[3], uint32_t relative)
{
    return words[1] == relative && words[0] && words[0] % 8 == 0 && words[0] < ADDRESS_LIMIT &&
           words[2] && words[2] < ADDRESS_LIMIT;
}

/* Where the relocations with addends lie: DT_RELA and DT_RELASZ of the dynamic section. */
static gm_status find_table(struct relocating *r)
{
    gm_host_segment *table = &r->table;
    for (size_t i = 0;; i++) {
        uint64_t tag, value;
        gm_status status = gm_elf_dynamic_entry(r->in, r->host, i, &tag, &value);
        if (status != GM_OK)
            return status;
        if (tag == DT_NULL)
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
    table->offset = gm_host_offset_of(r->host, table->address);
    if (table->offset % 8 || !gm_range_ok(table->offset, table->bytes, r->host->file_bytes)) {
        gm_host_note(r->in, "relocations", r->host->dynamic.offset);
        table->bytes = 0;
    }
    return GM_OK;
}

/* The records are sorted by address. */
static void relocate(struct relocating *r, uint64_t place, uint64_t value)
{
    gm_host_records *records = r->records;
    size_t low = 0, high = records->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        gm_host_record *record = &records->items[middle];
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

static void take_relocations(struct relocating *r, gm_span bytes)
{
    const gm_host_records *records = r->records;
    uint64_t first = records->items[0].address;
    uint64_t span = records->items[records->count - 1].address - first + GM_HOST_RECORD_MAX_BYTES;
    for (size_t at = 0; at + RELA_BYTES <= bytes.size; at += RELA_BYTES) {
        bool ok = true;
        uint64_t place = gm_u64le(bytes, at, &ok);
        if (place - first >= span || gm_u64le(bytes, at + 8, &ok) != r->host->relative)
            continue;
        relocate(r, place, gm_u64le(bytes, at + 16, &ok));
    }
}

/* Reads the relocations in [from, to) of the table. */
static gm_status read_part(struct relocating *r, uint64_t from, uint64_t to)
{
    gm_status status = GM_OK;
    size_t step = GM_READER_BYTES / RELA_BYTES * RELA_BYTES;
    for (uint64_t at = from; status == GM_OK && at < to; at += step) {
        gm_span bytes;
        size_t size = to - at < step ? (size_t)(to - at) : step;
        status =
            gm_reader_look(r->in->reader, r->table.offset + at, size, size, &bytes, r->in->reterr);
        if (status == GM_OK)
            take_relocations(r, gm_span_part(bytes, 0, size));
        if (status == GM_OK && gm_context_cancelled(r->in->context))
            status = gm_fail(r->in->reterr, GM_CANCELLED, "cancelled", NULL, GM_OFFSET_NONE);
    }
    return status;
}

/* Linkers sort relative relocations by place: in a large table the part in question is searched
 * for. Nothing relies on it, see below. */
static gm_status search(struct relocating *r, uint64_t *ret_from)
{
    uint64_t low = 0, high = r->table.bytes / RELA_BYTES;
    uint64_t wanted = r->records->items[0].address;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        bool ok = true;
        gm_span bytes;
        gm_status status = gm_reader_look(r->in->reader, r->table.offset + middle * RELA_BYTES,
                                          RELA_BYTES, RELA_BYTES, &bytes, r->in->reterr);
        if (status != GM_OK)
            return status;
        /* Behind the relative ones other kinds begin again at low places. */
        bool relative = gm_u64le(bytes, 8, &ok) == r->host->relative;
        if (ok && relative && gm_u64le(bytes, 0, &ok) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_from = low * RELA_BYTES;
    return GM_OK;
}

/* The whole table is read where it is small, or where the search did not find every pointer. */
gm_status gm_elf_relocate(const gm_host_reading *reading, const gm_host *host,
                          gm_host_records *records)
{
    struct relocating r = {.in = reading, .host = host, .records = records};
    if (!host->relative)
        return GM_OK;
    gm_status status = find_table(&r);
    if (status == GM_OK && r.table.bytes > SEARCH_BYTES) {
        uint64_t from;
        uint64_t size = records->count * RELA_BYTES;
        status = search(&r, &from);
        if (status == GM_OK)
            status = read_part(&r, from, size < r.table.bytes - from ? from + size : r.table.bytes);
    }
    if (status == GM_OK && r.relocated < records->count)
        status = read_part(&r, 0, r.table.bytes);
    return status;
}
