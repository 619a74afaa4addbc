/* SPDX-License-Identifier: MIT */
#include "gpucode/fatbin.h"

#include <string.h>

#include "gpucode/cubin.h"

static const uint8_t magic[GM_FATBIN_MAGIC_BYTES] = {0x50, 0xed, 0x55, 0xba, 0x01, 0x00};
/* Of the bytes of the magic the rarest in machine code and text: what to look for first. */
#define RARE_BYTE 3

enum {
    KIND_PTX = 0x01,
    KIND_ELF = 0x02,
    KIND_LTOIR = 0x08,
    KIND_MERCURY = 0x10,
    KIND_INDEX = 0x20,
    KIND_RELOC_PTX = 0x40,
    KIND_TILE_IR = 0x80
};

#define FLAG_ZLIB            ((uint64_t)1 << 12)
#define FLAG_LZ4             ((uint64_t)1 << 13)
#define FLAG_LZ4_FRAME       ((uint64_t)1 << 14)
#define FLAG_ZSTD            ((uint64_t)1 << 15)
#define FLAG_OBFUSCATED      ((uint64_t)1 << 16)
#define FLAG_ARCH_SPECIFIC   ((uint64_t)1 << 20)
#define FLAG_FAMILY_SPECIFIC ((uint64_t)1 << 21)
#define FLAGS_COMPRESSION    (FLAG_ZLIB | FLAG_LZ4 | FLAG_LZ4_FRAME | FLAG_ZSTD)

#define ENTRY_VERSION 0x0101
/* Container headers are 16 bytes today; more than this is no header. */
#define HEADER_MAX 4096
/* Zero bytes after a container are counted in fixed steps, so that the ceiling is met at the same
 * place however many bytes a reader has at hand. */
#define ZEROS_STEP ((size_t)64)
#define NUMBER_MAX 9999

bool gm_fatbin_magic(gm_span bytes)
{
    return bytes.size >= sizeof magic && !memcmp(bytes.data, magic, sizeof magic);
}

size_t gm_fatbin_find(gm_span bytes, size_t from)
{
    if (bytes.size < sizeof magic)
        return bytes.size;
    size_t last = bytes.size - sizeof magic + RARE_BYTE;
    for (size_t at = from + RARE_BYTE; at <= last; at++) {
        const uint8_t *hit = memchr(bytes.data + at, magic[RARE_BYTE], last + 1 - at);
        if (!hit)
            break;
        at = (size_t)(hit - bytes.data);
        if (!memcmp(hit - RARE_BYTE, magic, sizeof magic))
            return at - RARE_BYTE;
    }
    return bytes.size;
}

void gm_fatbin_begin(gm_fatbin_walk *walk, gm_fatbin *fatbin, uint64_t offset, uint64_t limit)
{
    gm_fatbin_entry *items = fatbin->entries.items;
    size_t capacity = fatbin->entries.capacity;
    *fatbin = (gm_fatbin){.offset = offset};
    fatbin->entries.items = items;
    fatbin->entries.capacity = capacity;
    *walk = (gm_fatbin_walk){.fatbin = fatbin,
                             .limit = limit,
                             .need_offset = offset,
                             .need_bytes = GM_FATBIN_HEADER_BYTES,
                             .state = GM_WALK_HEADER};
}

static void note(gm_fatbin *fatbin, const char *id, uint64_t offset)
{
    if (fatbin->damage)
        return;
    fatbin->damage = id;
    fatbin->damage_offset = offset;
}

static void stop(gm_fatbin_walk *walk, const char *id, uint64_t offset)
{
    note(walk->fatbin, id, offset);
    walk->state = GM_WALK_DONE;
}

static uint64_t container_end(const gm_fatbin *fatbin)
{
    return fatbin->bytes > UINT64_MAX - fatbin->offset ? UINT64_MAX
                                                       : fatbin->offset + fatbin->bytes;
}

/* The next entry begins at `offset`, or the container ends there. */
static void go_on(gm_fatbin_walk *walk, uint64_t offset)
{
    uint64_t end = container_end(walk->fatbin);
    walk->need_offset = offset;
    if (offset < end) {
        walk->need_bytes = GM_FATBIN_ENTRY_BYTES;
        walk->state = GM_WALK_ENTRY;
        return;
    }
    walk->fatbin->whole = true;
    walk->fatbin->zero_end = end;
    walk->need_bytes = ZEROS_STEP;
    walk->state = GM_WALK_ZEROS;
}

static void feed_header(gm_fatbin_walk *walk, gm_span bytes)
{
    gm_fatbin *fatbin = walk->fatbin;
    bool ok = gm_fatbin_magic(bytes);
    uint16_t header = gm_u16le(bytes, 6, &ok);
    uint64_t size = gm_u64le(bytes, 8, &ok);
    if (!ok || header < GM_FATBIN_HEADER_BYTES || header % 8 || header > HEADER_MAX) {
        stop(walk, "container-header", fatbin->offset);
        return;
    }
    fatbin->header_bytes = header;
    fatbin->bytes = size > UINT64_MAX - header ? UINT64_MAX : size + header;
    if (!gm_range_ok(fatbin->offset, fatbin->bytes, walk->limit))
        note(fatbin, "container-past-end", fatbin->offset);
    go_on(walk, fatbin->offset + header);
}

static gm_compression compression_of(uint64_t flags)
{
    switch (flags & FLAGS_COMPRESSION) {
    case 0:
        return GM_COMPRESSION_NONE;
    case FLAG_ZLIB:
        return GM_COMPRESSION_ZLIB;
    case FLAG_LZ4:
    case FLAG_LZ4_FRAME:
        return GM_COMPRESSION_LZ4;
    case FLAG_ZSTD:
        return GM_COMPRESSION_ZSTD;
    default:
        return GM_COMPRESSION_UNKNOWN;
    }
}

/* How a kind is called, whether it names a virtual architecture, and whether it needs a linker. */
static const struct kind_row {
    uint16_t kind;
    gm_image_kind image;
    bool is_virtual;
    bool relocatable;
} kind_rows[] = {
    {KIND_PTX, GM_IMAGE_PTX, true, false},         {KIND_ELF, GM_IMAGE_SASS, false, false},
    {KIND_LTOIR, GM_IMAGE_LTOIR, true, true},      {KIND_MERCURY, GM_IMAGE_MERCURY, false, false},
    {KIND_INDEX, GM_IMAGE_INDEX, false, false},    {KIND_RELOC_PTX, GM_IMAGE_RELOC_PTX, true, true},
    {KIND_TILE_IR, GM_IMAGE_TILE_IR, true, false},
};

static const struct kind_row *kind_of(uint16_t kind)
{
    static const struct kind_row unknown = {0, GM_IMAGE_UNKNOWN, false, false};
    for (size_t i = 0; i < sizeof kind_rows / sizeof *kind_rows; i++)
        if (kind_rows[i].kind == kind)
            return &kind_rows[i];
    return &unknown;
}

static gm_target target_of(const struct kind_row *row, uint32_t number, uint64_t flags)
{
    char suffix = flags & FLAG_ARCH_SPECIFIC ? 'a' : flags & FLAG_FAMILY_SPECIFIC ? 'f' : 0;
    if (number == 0 || number > NUMBER_MAX)
        return (gm_target){.kind = GM_TARGET_NONE};
    return row->is_virtual ? gm_target_compute(number, suffix) : gm_target_sm(number, suffix);
}

/* Stored and uncompressed size. zlib entries of CUDA 11.8 and older do not say how many bytes of
 * the padded size are used. */
static bool set_sizes(gm_image *image, uint64_t padded, uint32_t stored, uint64_t raw)
{
    bool compressed = image->compression != GM_COMPRESSION_NONE;
    image->stored_bytes = compressed && stored ? stored : padded;
    image->raw_bytes = compressed ? raw : image->stored_bytes;
    if (image->stored_bytes <= padded)
        return true;
    image->stored_bytes = padded;
    return false;
}

struct raw_entry {
    uint16_t kind, version, code_minor, code_major;
    uint32_t header, stored, arch;
    uint64_t padded, flags, raw;
};

static bool read_entry(gm_span bytes, struct raw_entry *entry)
{
    bool ok = true;
    *entry = (struct raw_entry){.kind = gm_u16le(bytes, 0, &ok),
                                .version = gm_u16le(bytes, 2, &ok),
                                .header = gm_u32le(bytes, 4, &ok),
                                .padded = gm_u64le(bytes, 8, &ok),
                                .stored = gm_u32le(bytes, 16, &ok),
                                .code_minor = gm_u16le(bytes, 24, &ok),
                                .code_major = gm_u16le(bytes, 26, &ok),
                                .arch = gm_u32le(bytes, 28, &ok),
                                .flags = gm_u64le(bytes, 40, &ok),
                                .raw = gm_u64le(bytes, 56, &ok)};
    return ok;
}

/* A kind we do not know is believed where the header version is the known one. */
static bool entry_plausible(const struct raw_entry *entry)
{
    bool known = kind_of(entry->kind)->image != GM_IMAGE_UNKNOWN || entry->version == ENTRY_VERSION;
    return known && entry->header >= GM_FATBIN_ENTRY_BYTES && entry->header % 8 == 0;
}

static gm_image image_of(const struct raw_entry *raw, uint64_t offset, gm_fatbin *fatbin)
{
    const struct kind_row *row = kind_of(raw->kind);
    gm_image image = {.kind = row->image,
                      .compression = compression_of(raw->flags),
                      .target = target_of(row, raw->arch, raw->flags),
                      .obfuscated = (raw->flags & FLAG_OBFUSCATED) != 0,
                      .relocatable = row->relocatable,
                      .offset = offset + raw->header};
    if (row->image == GM_IMAGE_PTX || row->image == GM_IMAGE_RELOC_PTX)
        image.ptx_isa = (uint16_t)(raw->code_major * 10 + raw->code_minor);
    if (!set_sizes(&image, raw->padded, raw->stored, raw->raw))
        note(fatbin, "entry-size", offset);
    return image;
}

static bool feed_entry(gm_fatbin_walk *walk, gm_span bytes, gm_arena *arena, size_t entries_max)
{
    gm_fatbin *fatbin = walk->fatbin;
    uint64_t offset = walk->need_offset, end = container_end(fatbin);
    struct raw_entry raw;
    if (!read_entry(bytes, &raw)) {
        stop(walk, "container-cut", offset);
        return true;
    }
    if (!entry_plausible(&raw)) {
        stop(walk, "entry-header", offset);
        return true;
    }
    uint64_t room = (end < walk->limit ? end : walk->limit) - offset;
    if (raw.header > room || raw.padded > room - raw.header) {
        stop(walk, end <= walk->limit ? "entry-past-container" : "container-cut", offset);
        return true;
    }
    if (fatbin->entries.count >= entries_max) {
        stop(walk, "too-many-images", offset);
        return true;
    }
    gm_fatbin_entry *entry = GM_PUSH(arena, &fatbin->entries);
    if (!entry)
        return false;
    *entry = (gm_fatbin_entry){.image = image_of(&raw, offset, fatbin),
                               .end = offset + raw.header + raw.padded};
    if (entry->image.kind == GM_IMAGE_SASS && entry->image.compression == GM_COMPRESSION_NONE &&
        raw.padded > 0 && raw.padded <= GM_CODE_LOOK_BYTES) {
        walk->need_offset = entry->image.offset;
        walk->need_bytes = (size_t)raw.padded;
        walk->state = GM_WALK_CODE;
    } else {
        go_on(walk, entry->end);
    }
    return true;
}

static void feed_code(gm_fatbin_walk *walk, gm_span bytes)
{
    gm_fatbin_entry *entry = &walk->fatbin->entries.items[walk->fatbin->entries.count - 1];
    gm_span payload = gm_span_part(bytes, 0, walk->need_bytes);
    entry->has_code = gm_cubin_has_code(payload);
    go_on(walk, entry->end);
}

static void feed_zeros(gm_fatbin_walk *walk, gm_span bytes)
{
    gm_fatbin *fatbin = walk->fatbin;
    uint64_t begin = container_end(fatbin);
    size_t used = 0, size = bytes.size < ZEROS_STEP ? bytes.size : ZEROS_STEP;
    while (used < size && bytes.data[used] == 0)
        used++;
    fatbin->zero_end = walk->need_offset + used;
    walk->need_offset = fatbin->zero_end;
    if (used < ZEROS_STEP || fatbin->zero_end - begin >= GM_FATBIN_ZEROS_MAX)
        walk->state = GM_WALK_DONE;
}

bool gm_fatbin_feed(gm_fatbin_walk *walk, gm_span bytes, gm_arena *arena, size_t entries_max)
{
    switch (walk->state) {
    case GM_WALK_HEADER:
        feed_header(walk, bytes);
        return true;
    case GM_WALK_ENTRY:
        return feed_entry(walk, bytes, arena, entries_max);
    case GM_WALK_CODE:
        feed_code(walk, bytes);
        return true;
    case GM_WALK_ZEROS:
        feed_zeros(walk, bytes);
        return true;
    case GM_WALK_DONE:
        break;
    }
    return true;
}
