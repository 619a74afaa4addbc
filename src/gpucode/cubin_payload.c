/* SPDX-License-Identifier: MIT */
/* What a cubin in memory says beside its target: who made it, and what kernels it holds. */
#include <string.h>

#include "base/lookup.h"
#include "gpucode/cubin.h"

#define ELF_HEADER_BYTES ((size_t)64)
#define SECTION_BYTES    ((size_t)64)
#define SYMBOL_BYTES     ((size_t)24)
#define SHT_SYMTAB       2u
#define SHT_NOTE         7u
#define STT_FUNC         2u
#define STO_ENTRY        0x10u /* st_other of a kernel */
#define SHN_UNDEF        0u
#define NAME_MAX         ((size_t)4096)
#define TOOLKIT_MAX      999u

struct table {
    gm_span bytes;
    uint32_t link;
};

static bool section_at(gm_span cubin, uint64_t index, uint32_t *ret_type, struct table *ret_table)
{
    bool ok = true;
    uint64_t sections = gm_u64le(cubin, 40, &ok), count = gm_u16le(cubin, 60, &ok);
    uint64_t at = sections + index * SECTION_BYTES;
    if (!ok || index >= count || sections > cubin.size)
        return false;
    *ret_type = gm_u32le(cubin, at + 4, &ok);
    ret_table->bytes =
        gm_span_part(cubin, gm_u64le(cubin, at + 24, &ok), gm_u64le(cubin, at + 32, &ok));
    ret_table->link = gm_u32le(cubin, at + 40, &ok);
    return ok;
}

static bool take_kernels(gm_span symbols, gm_span names, gm_arena *arena, gm_payload *payload)
{
    for (size_t at = 0; at + SYMBOL_BYTES <= symbols.size; at += SYMBOL_BYTES) {
        bool ok = true;
        uint32_t name = gm_u32le(symbols, at, &ok);
        unsigned type = symbols.data[at + 4] & 15u, other = symbols.data[at + 5];
        if (type != STT_FUNC || !(other & STO_ENTRY) ||
            gm_u16le(symbols, at + 6, &ok) == SHN_UNDEF || name >= names.size)
            continue;
        size_t room = names.size - name < NAME_MAX ? names.size - name : NAME_MAX;
        const uint8_t *end = memchr(names.data + name, 0, room);
        const char **kept = end ? GM_PUSH(arena, &payload->kernels) : NULL;
        if (end && !kept)
            return false;
        if (kept)
            *kept = gm_arena_text_n(arena, (const char *)names.data + name,
                                    (size_t)(end - names.data) - name);
    }
    return true;
}

/* "release 12.8" of the text that the compiler leaves of itself. */
static uint16_t release_in(gm_span note)
{
    static const char word[] = "release ";
    size_t size = sizeof word - 1;
    for (size_t at = 0; at + size < note.size; at++) {
        if (memcmp(note.data + at, word, size))
            continue;
        unsigned number = 0;
        for (at += size; at < note.size && number < TOOLKIT_MAX; at++) {
            if (!gm_ascii_is_digit((char)note.data[at]) && note.data[at] != '.')
                break;
            if (note.data[at] != '.')
                number = number * 10 + (unsigned)(note.data[at] - '0');
        }
        return number <= TOOLKIT_MAX ? (uint16_t)number : 0;
    }
    return 0;
}

bool gm_cubin_payload(gm_span cubin, gm_arena *arena, gm_payload *payload)
{
    bool ok = true, fits = true;
    uint32_t type;
    struct table table, names;
    gm_image image;
    gm_damage_list none = {0};
    gm_source *source = gm_source_memory(cubin);
    gm_reader *reader = source ? gm_reader_new(source) : NULL;
    bool read = reader && gm_cubin_read(reader, cubin.size, arena, &image, &none, NULL) == GM_OK;
    gm_reader_free(reader);
    gm_source_close(source);
    if (!read)
        return false;
    payload->code = gm_cubin_has_code(cubin);
    if (payload->code == GM_CODE_UNSEEN) /* no cubin */
        return true;
    payload->target = image.target;
    uint32_t version = gm_u32le(cubin, 20, &ok);
    payload->toolkit = ok && version > 1 && version <= TOOLKIT_MAX ? (uint16_t)version : 0;
    for (uint64_t i = 0; fits && section_at(cubin, i, &type, &table); i++) {
        uint32_t other;
        if (type == SHT_NOTE && !payload->toolkit)
            payload->toolkit = release_in(table.bytes);
        if (type == SHT_SYMTAB && section_at(cubin, table.link, &other, &names))
            fits = take_kernels(table.bytes, names.bytes, arena, payload);
    }
    return fits;
}
