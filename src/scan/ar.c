/* SPDX-License-Identifier: MIT */
/* Static libraries: the objects in them are read one after the other, forward, and are one library
 * together. What is wrong with one of them is said of "x.a(k.o)". */
#include <string.h>

#include "hostfile/ar.h"
#include "scan/findings.h"
#include "scan/scanning.h"

#define NAMES_MAX ((uint64_t)4 << 20) /* of the table of long names that is kept */
#define NAME_MAX  ((size_t)4096)

struct unpacking {
    gm_scanning *s;
    gm_span names; /* GNU: table of long names */
    bool thin;
};

/* A member, as a source. In a stream it is read through the archive's reader, which may hold its
 * first bytes already. */
struct part {
    gm_source source;
    gm_scanning *s;
    uint64_t offset;
    uint64_t taken; /* of a stream: how far it was read */
};

static gm_status part_read(gm_source *source, uint64_t offset, void *buffer, size_t size,
                           size_t *got, gm_error *reterr)
{
    struct part *part = (struct part *)source;
    gm_scanning *s = part->s;
    *got = 0;
    if (offset >= source->size_bytes)
        return GM_OK;
    if (size > source->size_bytes - offset)
        size = (size_t)(source->size_bytes - offset);
    if (!s->source->forward_only)
        return s->source->read(s->source, part->offset + offset, buffer, size, got, reterr);
    gm_span bytes;
    gm_status status =
        gm_reader_look(s->reader, part->offset + offset, 1, GM_READER_BYTES, &bytes, reterr);
    if (status != GM_OK)
        return status;
    *got = bytes.size < size ? bytes.size : size;
    if (*got)
        memcpy(buffer, bytes.data, *got);
    part->taken = offset + *got;
    return GM_OK;
}

static void close_nothing(gm_source *source)
{
    (void)source;
}

/* Adds what was read of a member, whose bytes begin at `offset` of the archive. */
static gm_status take_library(gm_scanning *s, const gm_library *member, uint64_t offset)
{
    gm_library *library = s->library;
    size_t first = library->images.count;
    for (size_t i = 0; i < member->images.count; i++) {
        gm_image *image = GM_PUSH(s->arena, &library->images);
        if (!image)
            return gm_scanning_no_memory(s);
        *image = member->images.items[i];
        image->offset += offset;
    }
    for (size_t i = 0; i < member->modules.count; i++) {
        gm_module *module = GM_PUSH(s->arena, &library->modules);
        if (!module)
            return gm_scanning_no_memory(s);
        *module = member->modules.items[i];
        module->offset += offset;
        module->first_image += first;
    }
    for (size_t i = 0; i < member->findings.count; i++) {
        gm_finding *finding = library->findings.count < s->context->limits.findings
                                  ? GM_PUSH(s->arena, &library->findings)
                                  : NULL;
        if (finding)
            *finding = member->findings.items[i];
        else
            library->findings.dropped++;
    }
    library->findings.dropped += member->findings.dropped;
    library->complete = library->complete && member->complete;
    if (!library->arch)
        library->arch = member->arch;
    return GM_OK;
}

static const char *name_of(struct unpacking *u, const gm_ar_header *header, gm_span short_name)
{
    gm_span text = short_name;
    if (header->long_name)
        text = header->name_place < u->names.size
                   ? gm_span_part(u->names, header->name_place, u->names.size - header->name_place)
                   : (gm_span){NULL, 0};
    if (text.size > NAME_MAX)
        text.size = NAME_MAX;
    return gm_arena_text_n(u->s->arena, (const char *)text.data, gm_ar_name_bytes(text));
}

static bool may_hold_code(gm_span head)
{
    switch (gm_sniff(head)) {
    case GM_FILE_ELF:
    case GM_FILE_COFF:
    case GM_FILE_PE:
    case GM_FILE_FATBIN:
    case GM_FILE_CUBIN:
        return true;
    default:
        return false;
    }
}

static gm_status scan_member(struct unpacking *u, const char *name, uint64_t offset, uint64_t bytes,
                             uint64_t *ret_taken)
{
    gm_scanning *s = u->s;
    gm_library library;
    struct part part = {.source = {.read = part_read,
                                   .close = close_nothing,
                                   .size_bytes = bytes,
                                   .forward_only = s->source->forward_only},
                        .s = s,
                        .offset = offset};
    const char *path = gm_arena_printf(s->arena, "%s(%s)", s->library->path, name);
    if (!path)
        return gm_scanning_no_memory(s);
    gm_status status =
        gm_scan_source(s->context, &part.source, path, s->deep, s->arena, &library, s->reterr);
    *ret_taken = part.taken;
    return status == GM_OK ? take_library(s, &library, offset) : status;
}

/* A stream has to be read up to `to`; the bytes do not matter. */
static gm_status skip(gm_scanning *s, uint64_t from, uint64_t to)
{
    while (s->source->forward_only && from < to) {
        gm_span bytes;
        gm_status status = gm_reader_look(s->reader, from, 1, GM_READER_BYTES, &bytes, s->reterr);
        if (status != GM_OK || bytes.size == 0)
            return status;
        from += bytes.size < to - from ? bytes.size : to - from;
    }
    return GM_OK;
}

/* Copies `bytes` at `offset`. */
static gm_status copy(gm_scanning *s, uint64_t offset, uint64_t bytes, gm_span *ret_copy)
{
    uint8_t *to = gm_arena_alloc(s->scratch, (size_t)bytes + 1);
    size_t done = 0;
    if (!to)
        return gm_scanning_no_memory(s);
    while (done < bytes) {
        gm_span part;
        gm_status status =
            gm_reader_look(s->reader, offset + done, 1, GM_READER_BYTES, &part, s->reterr);
        if (status != GM_OK)
            return status;
        size_t size = part.size < bytes - done ? part.size : (size_t)bytes - done;
        if (size == 0)
            break;
        memcpy(to + done, part.data, size);
        done += size;
    }
    *ret_copy = (gm_span){to, done};
    return GM_OK;
}

/* The data of a member at `offset`, after its header and the name that BSD puts before it. */
static gm_status take_data(struct unpacking *u, const gm_ar_header *header, gm_span short_name,
                           uint64_t offset)
{
    gm_scanning *s = u->s;
    gm_span head, bsd_name = {NULL, 0};
    uint64_t bytes = header->bytes - header->name_bytes, data = offset + header->name_bytes;
    uint64_t taken = 0;
    gm_status status = GM_OK;
    if (header->name_bytes && header->name_bytes <= NAME_MAX)
        status = copy(s, offset, header->name_bytes, &bsd_name);
    if (status == GM_OK && header->name_bytes > NAME_MAX)
        status = skip(s, offset, data);
    const char *name = name_of(u, header, header->name_bytes ? bsd_name : short_name);
    if (status == GM_OK && !name)
        status = gm_scanning_no_memory(s);
    if (status == GM_OK)
        status = gm_reader_look(s->reader, data, GM_SNIFF_FEW_BYTES, GM_SNIFF_FEW_BYTES, &head,
                                s->reterr);
    if (status == GM_OK && head.size > bytes)
        head.size = (size_t)bytes;
    if (status == GM_OK && may_hold_code(head))
        status = scan_member(u, name, data, bytes, &taken);
    return status == GM_OK ? skip(s, data + taken, data + bytes) : status;
}

/* Acts on the member at `*at` and moves it on; `*at` is the archive's end when there is none. */
static gm_status take_member(struct unpacking *u, uint64_t *at)
{
    gm_scanning *s = u->s;
    gm_ar_header header;
    gm_span bytes;
    uint64_t size = s->source->size_bytes, offset = *at + GM_AR_HEADER_BYTES;
    gm_status status =
        gm_reader_look(s->reader, *at, GM_AR_HEADER_BYTES, GM_AR_HEADER_BYTES, &bytes, s->reterr);
    if (status != GM_OK)
        return status;
    uint8_t head[GM_AR_HEADER_BYTES];
    gm_span kept = {head, 0};
    if (!gm_ar_header_read(bytes, &header)) {
        gm_damage_note(s->arena, &s->damage,
                       bytes.size < GM_AR_HEADER_BYTES ? "file-cut" : "archive-member", *at);
        *at = size;
        return GM_OK;
    }
    memcpy(head, bytes.data, sizeof head);
    kept.size = 16; /* the name */
    bool outside = u->thin && header.kind == GM_AR_MEMBER;
    if (!outside && header.bytes > size - offset) {
        gm_damage_note(s->arena, &s->damage, "file-cut", size);
        header.bytes = size - offset;
        header.name_bytes = header.name_bytes < header.bytes ? header.name_bytes : header.bytes;
    }
    if (outside) {
        *at = offset;
        return GM_OK;
    }
    if (header.kind == GM_AR_NAMES && header.bytes <= NAMES_MAX)
        status = copy(s, offset, header.bytes, &u->names);
    else if (header.kind == GM_AR_MEMBER)
        status = take_data(u, &header, kept, offset);
    else
        status = skip(s, offset, offset + header.bytes);
    uint64_t end = offset + header.bytes;
    *at = end + (end & 1);
    if (status == GM_OK)
        status = skip(s, end, *at < size ? *at : size);
    return status;
}

gm_status gm_scan_ar(gm_scanning *s, const gm_scan_format *format)
{
    struct unpacking u = {.s = s, .thin = gm_ar_is_thin(s->head)};
    uint64_t at = GM_AR_MARK_BYTES;
    gm_status status = GM_OK;
    if (u.thin)
        gm_scan_unsupported(s->arena, s->library, format->unsupported);
    while (status == GM_OK && at < s->source->size_bytes) {
        status = take_member(&u, &at);
        if (status == GM_OK && gm_context_cancelled(s->context))
            status = gm_fail(s->reterr, GM_CANCELLED, "cancelled", s->library->path, at);
    }
    return status;
}
