/* SPDX-License-Identifier: MIT */
#include "scan/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "gpucode/cubin.h"
#include "gpucode/nvvm.h"
#include "gpucode/payload.h"
#include "gpucode/ptx.h"
#include "hostfile/elf.h"
#include "hostfile/pe.h"
#include "scan/findings.h"
#include "scan/scanning.h"

/* A cubin in a stream is read into memory: what matters of it stands at its end. */
#define CUBIN_STREAM_BYTES ((uint64_t)16 << 20)

gm_status gm_scanning_no_memory(gm_scanning *s)
{
    return gm_fail(s->reterr, GM_MEMORY, "memory", s->library->path, GM_OFFSET_NONE);
}

gm_status gm_scanning_pass(gm_scanning *s, const gm_keeper *keeper, gm_pass *pass)
{
    gm_span head = s->source->forward_only ? s->head : (gm_span){NULL, 0};
    gm_status status = gm_pass_run(s->context, s->source, head, keeper, s->deep ? s->arena : NULL,
                                   s->library->path, s->scratch, pass, s->reterr);
    if (status != GM_OK)
        return status;
    if (pass->incomplete)
        gm_damage_note(s->arena, &s->damage, "stream-limit", 0);
    if (pass->file_bytes < s->source->size_bytes && !s->source->damage)
        gm_damage_note(s->arena, &s->damage, "file-cut", pass->file_bytes);
    return GM_OK;
}

gm_selection gm_scanning_selection(gm_scanning *s, const gm_pass *pass, gm_file_containers *file)
{
    *file = (gm_file_containers){.context = s->context,
                                 .reader = s->reader,
                                 .arena = s->scratch,
                                 .file_bytes = s->source->size_bytes};
    return (gm_selection){.context = s->context,
                          .arena = s->arena,
                          .library = s->library,
                          .damage = &s->damage,
                          .pass = s->deep ? pass : NULL,
                          .source =
                              pass ? gm_containers_of_pass(pass) : gm_containers_of_file(file)};
}

gm_status gm_scan_payloads(gm_scanning *s)
{
    for (size_t i = 0; s->deep && i < s->library->images.count; i++) {
        const gm_image *image = &s->library->images.items[i];
        if (image->payload && gm_payload_disagrees(image->payload, &image->target))
            gm_scan_mismatch(s->arena, s->library, image);
    }
    return GM_OK;
}

static gm_status scan_fatbin(gm_scanning *s, const gm_scan_format *format)
{
    gm_pass pass;
    gm_host_records none = {0};
    gm_region region = {0, s->source->size_bytes, NULL, GM_MODULE_BARE, true, false};
    gm_file_containers file;
    bool passed = s->source->forward_only || s->deep;
    gm_status status = passed ? gm_scanning_pass(s, format->keeper, &pass) : GM_OK;
    gm_selection selection = gm_scanning_selection(s, passed ? &pass : NULL, &file);
    if (status == GM_OK)
        status = gm_select_region(&selection, &region, s->reterr);
    if (status == GM_OK)
        gm_select_classify(&selection, &none, false);
    return status == GM_OK ? gm_scan_payloads(s) : status;
}

/* All images so far belong to one module, which is the whole file. */
static gm_status bare_module(gm_scanning *s)
{
    gm_module *module = GM_PUSH(s->arena, &s->library->modules);
    if (!module)
        return gm_scanning_no_memory(s);
    module->bytes = s->source->size_bytes;
    module->registration = GM_MODULE_BARE;
    module->image_count = s->library->images.count;
    return GM_OK;
}

static gm_status read_cubin(gm_scanning *s, gm_reader *reader)
{
    gm_image *image = GM_PUSH(s->arena, &s->library->images);
    if (!image)
        return gm_scanning_no_memory(s);
    gm_status status =
        gm_cubin_read(reader, s->source->size_bytes, s->arena, image, &s->damage, s->reterr);
    return status == GM_OK ? bare_module(s) : status;
}

/* All of a cubin is in memory. */
static gm_status read_payload(gm_scanning *s, gm_span bytes)
{
    gm_image *image = &s->library->images.items[0];
    if (s->deep && !gm_payload_read(image, bytes, s->arena, &image->payload))
        return gm_scanning_no_memory(s);
    return GM_OK;
}

/* The rest of a cubin that comes as a stream, or is looked into. */
static gm_status scan_cubin_stream(gm_scanning *s)
{
    uint64_t size = s->source->size_bytes;
    size_t got, known = s->head.size;
    if (size > CUBIN_STREAM_BYTES || known > size) {
        gm_damage_note(s->arena, &s->damage, "stream-limit", 0);
        return GM_OK;
    }
    uint8_t *bytes = gm_arena_alloc(s->scratch, (size_t)size);
    if (!bytes)
        return gm_scanning_no_memory(s);
    memcpy(bytes, s->head.data, known);
    gm_status status =
        gm_source_read_full(s->source, known, bytes + known, (size_t)size - known, &got, s->reterr);
    if (status != GM_OK)
        return status;
    gm_source *memory = gm_source_memory((gm_span){bytes, known + got});
    gm_reader *reader = memory ? gm_reader_new(memory) : NULL;
    status = reader ? read_cubin(s, reader) : gm_scanning_no_memory(s);
    if (status == GM_OK)
        status = read_payload(s, (gm_span){bytes, known + got});
    gm_reader_free(reader);
    gm_source_close(memory);
    return status;
}

static gm_status scan_cubin(gm_scanning *s, const gm_scan_format *format)
{
    (void)format;
    return s->source->forward_only || s->deep ? scan_cubin_stream(s) : read_cubin(s, s->reader);
}

static gm_status scan_ptx(gm_scanning *s, const gm_scan_format *format)
{
    (void)format;
    gm_status status = gm_ptx_read(s->context, s->reader, s->arena, s->library, s->reterr);
    return status == GM_OK ? bare_module(s) : status;
}

static gm_status scan_nvvm(gm_scanning *s, const gm_scan_format *format)
{
    (void)format;
    gm_image *image = GM_PUSH(s->arena, &s->library->images);
    if (!image)
        return gm_scanning_no_memory(s);
    if (!gm_nvvm_read(s->head, s->source->size_bytes, image))
        gm_damage_note(s->arena, &s->damage, "file-cut", s->head.size);
    return bare_module(s);
}

static gm_status scan_unsupported(gm_scanning *s, const gm_scan_format *format)
{
    gm_scan_unsupported(s->arena, s->library, format->unsupported);
    return GM_OK;
}

/* The list of formats. What is not in it holds no GPU code, or is gone through by others. */
static const gm_scan_format formats[] = {
    {GM_FILE_ELF, gm_scan_host, &gm_host_elf, &gm_keeper_elf, NULL},
    {GM_FILE_PE, gm_scan_host, &gm_host_pe, &gm_keeper_pe, NULL},
    {GM_FILE_COFF, gm_scan_host, &gm_host_coff, &gm_keeper_coff, NULL},
    {GM_FILE_ARCHIVE, gm_scan_ar, NULL, NULL, "format.thin"},
    {GM_FILE_FATBIN, scan_fatbin, NULL, NULL, NULL},
    {GM_FILE_CUBIN, scan_cubin, NULL, NULL, NULL},
    {GM_FILE_PTX, scan_ptx, NULL, NULL, NULL},
    {GM_FILE_NVVM, scan_nvvm, NULL, NULL, NULL},
    {GM_FILE_HSACO, scan_unsupported, NULL, NULL, "format.hip"},
    {GM_FILE_HIP_BUNDLE, scan_unsupported, NULL, NULL, "format.hip"},
    {GM_FILE_OFFLOAD, scan_unsupported, NULL, NULL, "format.offload"},
};

static gm_status scan_kind(gm_scanning *s)
{
    gm_file_kind kind = gm_sniff(s->head);
    s->library->format = gm_file_kind_token(kind);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (formats[i].kind == kind)
            return formats[i].scan(s, &formats[i]);
    return GM_OK;
}

static gm_status scan_head(gm_scanning *s)
{
    gm_status status =
        gm_reader_look(s->reader, 0, GM_SNIFF_BYTES, GM_SNIFF_BYTES, &s->head, s->reterr);
    if (status == GM_OK) {
        /* The window moves on; the head is needed until the end. */
        uint8_t *head = gm_arena_alloc(s->scratch, s->head.size ? s->head.size : 1);
        if (!head)
            return gm_scanning_no_memory(s);
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
                         bool deep, gm_arena *arena, gm_library *ret_library, gm_error *reterr)
{
    gm_scanning s = {.context = context,
                     .source = source,
                     .arena = arena,
                     .scratch = gm_arena_new(context->limits.arena_bytes),
                     .reader = gm_reader_new(source),
                     .library = ret_library,
                     .damage = {.limit = context->limits.findings},
                     .deep = deep,
                     .reterr = reterr};
    *ret_library = (gm_library){
        .path = gm_arena_text(arena, shown_path), .bytes = source->size_bytes, .complete = true};
    gm_status status =
        s.scratch && s.reader && ret_library->path ? scan_head(&s) : gm_scanning_no_memory(&s);
    if (status == GM_OK && (gm_arena_failed(arena) || gm_arena_failed(s.scratch)))
        status = gm_scanning_no_memory(&s);
    gm_reader_free(s.reader);
    gm_arena_free(s.scratch);
    return status;
}
