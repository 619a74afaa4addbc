/* SPDX-License-Identifier: MIT */
#include "scan/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "gpucode/cubin.h"
#include "gpucode/ptx.h"
#include "gpucode/sniff.h"
#include "scan/findings.h"
#include "scan/select.h"

/* A cubin in a stream is read into memory: what matters of it stands at its end. */
#define CUBIN_STREAM_BYTES ((uint64_t)16 << 20)

struct scanning {
    const gm_context *context;
    gm_source *source;
    gm_arena *arena;
    gm_arena *scratch; /* freed at the end */
    gm_reader *reader;
    gm_library *library;
    gm_damage_list damage;
    gm_span head;
    gm_error *reterr;
};

static gm_status no_memory(struct scanning *s)
{
    return gm_fail(s->reterr, GM_MEMORY, "memory", s->library->path, GM_OFFSET_NONE);
}

static gm_status run_pass(struct scanning *s, gm_pass *pass)
{
    gm_span head = s->source->forward_only ? s->head : (gm_span){NULL, 0};
    gm_status status =
        gm_pass_run(s->context, s->source, head, s->library->path, s->scratch, pass, s->reterr);
    if (status != GM_OK)
        return status;
    if (pass->incomplete)
        gm_damage_note(s->arena, &s->damage, "stream-limit", 0);
    if (pass->file_bytes < s->source->size_bytes && !s->source->damage)
        gm_damage_note(s->arena, &s->damage, "file-cut", pass->file_bytes);
    return GM_OK;
}

static int by_offset(const void *a, const void *b)
{
    const gm_region *left = a, *right = b;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

typedef GM_LIST(gm_region) region_list;

static gm_status add_region(struct scanning *s, region_list *regions, gm_region region)
{
    gm_region *kept = GM_PUSH(s->scratch, regions);
    if (!kept)
        return no_memory(s);
    *kept = region;
    return GM_OK;
}

/* Sections made for containers or, without section headers, all that is loaded. */
static gm_status regions_of(struct scanning *s, const gm_elf *elf, region_list *regions)
{
    gm_status status = GM_OK;
    for (size_t i = 0; status == GM_OK && i < elf->sections.count; i++) {
        const gm_elf_section *section = &elf->sections.items[i];
        if (section->role != GM_ELF_FATBIN && section->role != GM_ELF_RELFATBIN)
            continue;
        gm_registration registration =
            section->role == GM_ELF_RELFATBIN ? GM_MODULE_PRELINKED : GM_MODULE_UNREGISTERED;
        status = add_region(
            s, regions,
            (gm_region){section->offset, section->bytes, section->name, registration, true});
    }
    if (elf->has_sections)
        return status;
    for (size_t i = 0; status == GM_OK && i < elf->segments.count; i++) {
        const gm_elf_segment *segment = &elf->segments.items[i];
        status = add_region(
            s, regions,
            (gm_region){segment->offset, segment->bytes, NULL, GM_MODULE_UNREGISTERED, false});
    }
    if (status == GM_OK && regions->count == 0)
        status = add_region(
            s, regions, (gm_region){0, s->source->size_bytes, NULL, GM_MODULE_UNREGISTERED, false});
    return status;
}

static gm_status select_regions(struct scanning *s, gm_selection *selection, region_list *regions)
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

static bool has_role(const gm_elf *elf, gm_elf_role role)
{
    for (size_t i = 0; i < elf->sections.count; i++)
        if (elf->sections.items[i].role == role)
            return true;
    return false;
}

static gm_file_containers containers_of(const struct scanning *s)
{
    return (gm_file_containers){.context = s->context,
                                .reader = s->reader,
                                .arena = s->scratch,
                                .file_bytes = s->source->size_bytes};
}

static gm_selection selection_of(struct scanning *s, gm_container_source source)
{
    return (gm_selection){.context = s->context,
                          .arena = s->arena,
                          .library = s->library,
                          .damage = &s->damage,
                          .source = source};
}

/* `pass` is NULL for a file that can be read at any offset. */
static gm_status select_elf(struct scanning *s, gm_reader *reader, const gm_elf *elf,
                            const gm_pass *pass)
{
    gm_elf_records records;
    region_list regions = {0};
    gm_file_containers file = containers_of(s);
    gm_selection selection =
        selection_of(s, pass ? gm_containers_of_pass(pass) : gm_containers_of_file(&file));
    gm_status status = regions_of(s, elf, &regions);
    if (status == GM_OK && regions.count > 0)
        status = gm_elf_records_read(
            s->context, reader, s->scratch, elf, pass ? pass->records.items : NULL,
            pass ? pass->records.count : 0, &records, &s->damage, s->reterr);
    if (status == GM_OK)
        status = select_regions(s, &selection, &regions);
    if (status == GM_OK && regions.count > 0)
        gm_select_classify(&selection, &records, has_role(elf, GM_ELF_RELFATBIN));
    return status;
}

/* Only of files: a stream keeps no names. */
static gm_status read_needs(struct scanning *s, const gm_elf *elf)
{
    gm_elf_needs needs;
    gm_status status = gm_elf_needs_read(s->reader, elf, s->arena, &needs, s->reterr);
    s->library->needed.items = needs.needed.items;
    s->library->needed.count = needs.needed.count;
    s->library->run_path = needs.run_path;
    return status;
}

static gm_status scan_elf(struct scanning *s)
{
    gm_elf elf;
    gm_pass pass;
    gm_reader *reader = s->reader;
    bool passed = s->source->forward_only;
    gm_status status = GM_OK;
    if (passed) {
        status = run_pass(s, &pass);
        if (status != GM_OK)
            return status;
        reader = gm_reader_new(gm_keep_source(&pass.keep, s->source->size_bytes));
        if (!reader)
            return no_memory(s);
    }
    status = gm_elf_read(s->context, reader, s->source->size_bytes, s->scratch, &elf, &s->damage,
                         s->reterr);
    if (status == GM_OK) {
        s->library->arch = gm_elf_arch(&elf.header);
        if (elf.build_id)
            s->library->build_id = gm_arena_text(s->arena, elf.build_id);
        if (has_role(&elf, GM_ELF_HIP))
            gm_scan_unsupported(s->arena, s->library, "format.hip");
        if (!passed)
            status = read_needs(s, &elf);
        if (status == GM_OK && !elf.has_sections && !passed) {
            status = run_pass(s, &pass);
            passed = true;
        }
    }
    if (status == GM_OK)
        status = select_elf(s, reader, &elf, passed ? &pass : NULL);
    if (reader != s->reader)
        gm_reader_free(reader);
    return status == GM_UNSUPPORTED ? GM_OK : status;
}

static gm_status scan_fatbin(struct scanning *s)
{
    gm_pass pass;
    gm_elf_records none = {0};
    gm_region region = {0, s->source->size_bytes, NULL, GM_MODULE_BARE, true};
    gm_file_containers file = containers_of(s);
    gm_selection selection = selection_of(s, gm_containers_of_file(&file));
    gm_status status = GM_OK;
    if (s->source->forward_only) {
        status = run_pass(s, &pass);
        selection.source = gm_containers_of_pass(&pass);
    }
    if (status == GM_OK)
        status = gm_select_region(&selection, &region, s->reterr);
    if (status == GM_OK)
        gm_select_classify(&selection, &none, false);
    return status;
}

/* All images so far belong to one module, which is the whole file. */
static gm_status bare_module(struct scanning *s)
{
    gm_module *module = GM_PUSH(s->arena, &s->library->modules);
    if (!module)
        return no_memory(s);
    module->bytes = s->source->size_bytes;
    module->registration = GM_MODULE_BARE;
    module->image_count = s->library->images.count;
    return GM_OK;
}

static gm_status read_cubin(struct scanning *s, gm_reader *reader)
{
    gm_image *image = GM_PUSH(s->arena, &s->library->images);
    if (!image)
        return no_memory(s);
    gm_status status =
        gm_cubin_read(reader, s->source->size_bytes, s->arena, image, &s->damage, s->reterr);
    return status == GM_OK ? bare_module(s) : status;
}

/* The rest of a cubin that comes as a stream. */
static gm_status scan_cubin_stream(struct scanning *s)
{
    uint64_t size = s->source->size_bytes;
    size_t got, known = s->head.size;
    if (size > CUBIN_STREAM_BYTES || known > size) {
        gm_damage_note(s->arena, &s->damage, "stream-limit", 0);
        return GM_OK;
    }
    uint8_t *bytes = gm_arena_alloc(s->scratch, (size_t)size);
    if (!bytes)
        return no_memory(s);
    memcpy(bytes, s->head.data, known);
    gm_status status =
        gm_source_read_full(s->source, known, bytes + known, (size_t)size - known, &got, s->reterr);
    if (status != GM_OK)
        return status;
    gm_source *memory = gm_source_memory((gm_span){bytes, known + got});
    gm_reader *reader = memory ? gm_reader_new(memory) : NULL;
    status = reader ? read_cubin(s, reader) : no_memory(s);
    gm_reader_free(reader);
    gm_source_close(memory);
    return status;
}

static gm_status scan_ptx(struct scanning *s)
{
    gm_status status = gm_ptx_read(s->context, s->reader, s->arena, s->library, s->reterr);
    return status == GM_OK ? bare_module(s) : status;
}

static gm_status scan_kind(struct scanning *s)
{
    gm_file_kind kind = gm_sniff(s->head);
    s->library->format = gm_file_kind_token(kind);
    switch (kind) {
    case GM_FILE_ELF:
        return scan_elf(s);
    case GM_FILE_FATBIN:
        return scan_fatbin(s);
    case GM_FILE_CUBIN:
        return s->source->forward_only ? scan_cubin_stream(s) : read_cubin(s, s->reader);
    case GM_FILE_PTX:
        return scan_ptx(s);
    case GM_FILE_PE:
        if (gm_sniff_pe_has_code(s->head))
            gm_scan_unsupported(s->arena, s->library, "format.pe");
        return GM_OK;
    case GM_FILE_LTOIR:
        gm_scan_unsupported(s->arena, s->library, "format.ltoir");
        return GM_OK;
    case GM_FILE_HSACO:
    case GM_FILE_HIP_BUNDLE:
        gm_scan_unsupported(s->arena, s->library, "format.hip");
        return GM_OK;
    case GM_FILE_OFFLOAD:
        gm_scan_unsupported(s->arena, s->library, "format.offload");
        return GM_OK;
    case GM_FILE_ARCHIVE:
    case GM_FILE_ZIP:
    case GM_FILE_OTHER:
    case GM_FILE_EMPTY:
        break;
    }
    return GM_OK;
}

static gm_status scan_head(struct scanning *s)
{
    gm_status status =
        gm_reader_look(s->reader, 0, GM_SNIFF_BYTES, GM_SNIFF_BYTES, &s->head, s->reterr);
    if (status == GM_OK) {
        /* The window moves on; the head is needed until the end. */
        uint8_t *head = gm_arena_alloc(s->scratch, s->head.size ? s->head.size : 1);
        if (!head)
            return no_memory(s);
        if (s->head.size)
            memcpy(head, s->head.data, s->head.size);
        s->head.data = head;
        status = scan_kind(s);
    }
    if (s->source->damage)
        gm_damage_note(s->arena, &s->damage, s->source->damage, s->source->damage_offset);
    gm_scan_damage(s->arena, s->library, &s->damage);
    return status;
}

gm_status gm_scan_source(const gm_context *context, gm_source *source, const char *shown_path,
                         gm_arena *arena, gm_library *ret_library, gm_error *reterr)
{
    struct scanning s = {.context = context,
                         .source = source,
                         .arena = arena,
                         .scratch = gm_arena_new(context->limits.arena_bytes),
                         .reader = gm_reader_new(source),
                         .library = ret_library,
                         .damage = {.limit = context->limits.findings},
                         .reterr = reterr};
    *ret_library = (gm_library){
        .path = gm_arena_text(arena, shown_path), .bytes = source->size_bytes, .complete = true};
    gm_status status = s.scratch && s.reader && ret_library->path ? scan_head(&s) : no_memory(&s);
    gm_reader_free(s.reader);
    gm_arena_free(s.scratch);
    return status;
}
