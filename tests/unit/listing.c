/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "os/files.h"
#include "scan/archive.h"

static void add_payload(gm_text *out, const gm_payload *payload)
{
    char target[GM_TARGET_TEXT];
    gm_text_addf(out, "payload %s %s toolkit %u kernels",
                 gm_target_format(&payload->target, target),
                 payload->code == GM_CODE_PRESENT  ? "code"
                 : payload->code == GM_CODE_ABSENT ? "no-code"
                                                   : "unseen",
                 (unsigned)payload->toolkit);
    for (size_t i = 0; i < payload->kernels.count; i++)
        gm_text_addf(out, " %s", payload->kernels.items[i]);
    gm_text_add(out, "\n");
}

static void add_image(gm_text *out, const gm_image *image)
{
    char target[GM_TARGET_TEXT];
    gm_text_addf(out,
                 "image %s %s isa %u %s at %" PRIu64 " stored %" PRIu64 " raw %" PRIu64 "%s%s\n",
                 gm_image_kind_token(image->kind), gm_target_format(&image->target, target),
                 (unsigned)image->ptx_isa, gm_compression_token(image->compression), image->offset,
                 image->stored_bytes, image->raw_bytes, image->obfuscated ? " obfuscated" : "",
                 image->relocatable ? " relocatable" : "");
    if (image->payload)
        add_payload(out, image->payload);
}

static void add_module(gm_text *out, const gm_library *library, const gm_module *module)
{
    static const char *const registrations[] = {[GM_MODULE_UNREGISTERED] = "unregistered",
                                                [GM_MODULE_REGISTERED] = "registered",
                                                [GM_MODULE_LINKED] = "linked",
                                                [GM_MODULE_PRELINKED] = "prelinked",
                                                [GM_MODULE_BARE] = "bare",
                                                [GM_MODULE_EMBEDDED] = "embedded"};
    gm_text_addf(out, "module %s at %" PRIu64 " bytes %" PRIu64 " %s%s\n",
                 module->section ? module->section : "-", module->offset, module->bytes,
                 registrations[module->registration], module->stub ? " stub" : "");
    for (size_t i = 0; i < module->image_count; i++)
        add_image(out, &library->images.items[module->first_image + i]);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *finding_line(const gm_finding *finding)
{
    char line[200];
    const char *what = gm_args_find(&finding->args, "what");
    const char *offset = gm_args_find(&finding->args, "offset");
    if (finding->code == GM_CODE_DAMAGED)
        snprintf(line, sizeof line, "damaged %s at %s\n", what + strlen("damage."), offset);
    else if (finding->code == GM_CODE_TARGET_MISMATCH)
        snprintf(line, sizeof line, "mismatch %s holds %s at %s\n",
                 gm_args_find(&finding->args, "target"), gm_args_find(&finding->args, "inner"),
                 offset);
    else
        snprintf(line, sizeof line, "%s %s\n",
                 finding->variant ? finding->variant : gm_code_token(finding->code),
                 what ? what : "");
    return strdup(line);
}

void listing_add(gm_text *out, const gm_library *library)
{
    gm_text_addf(out, "library %s %s %s %s\n", library->format ? library->format : "-",
                 library->arch ? library->arch : "-", library->build_id ? library->build_id : "-",
                 library->complete ? "complete" : "incomplete");
    for (size_t i = 0; i < library->modules.count; i++)
        add_module(out, library, &library->modules.items[i]);
    size_t count = library->findings.count;
    char **lines = calloc(count + 1, sizeof *lines);
    assert_non_null(lines);
    for (size_t i = 0; i < count; i++)
        lines[i] = finding_line(&library->findings.items[i]);
    qsort(lines, count, sizeof *lines, compare_texts);
    for (size_t i = 0; i < count; i++) {
        gm_text_add(out, lines[i]);
        free(lines[i]);
    }
    free(lines);
}

gm_text listing_with(gm_source *source, unsigned threads, bool deep)
{
    gm_context context = gm_context_defaults();
    context.threads = threads;
    gm_text text = GM_TEXT_INIT;
    gm_library library;
    gm_error error;
    gm_arena *arena = gm_arena_new(0);
    assert_non_null(arena);
    if (gm_scan_source(&context, source, "file", deep, arena, &library, &error) == GM_OK)
        listing_add(&text, &library);
    else
        gm_text_addf(&text, "error %s\n", error.code);
    gm_arena_free(arena);
    return text;
}

gm_text listing_of(gm_source *source)
{
    gm_text alone = listing_with(source, 1, false);
    if (source->forward_only)
        return alone;
    gm_text together = listing_with(source, 2, false);
    assert_string_equal(alone.data, together.data);
    gm_text_free(&together);
    return alone;
}

gm_text listing_of_deep(gm_source *source)
{
    return listing_with(source, 1, true);
}

/* What archives are called in listings. */
#define ARCHIVE "archive"

static gm_status list_library(void *user, const gm_library *library, gm_arena *arena)
{
    const char *inside = library->path + strlen(ARCHIVE);
    (void)arena;
    gm_text_addf(user, "file %s\n", *inside ? inside + strlen("!/") : "");
    listing_add(user, library);
    return GM_OK;
}

static gm_status list_package(void *user, const gm_package *package, gm_error *reterr)
{
    (void)reterr;
    gm_text_addf(user, "package %s %s", package->name, package->version);
    for (size_t i = 0; i < package->tags.count; i++)
        gm_text_addf(user, " %s", package->tags.items[i]);
    gm_text_add(user, "\n");
    return GM_OK;
}

gm_text listing_of_archive(const gm_context *context, gm_source *source)
{
    gm_text text = GM_TEXT_INIT;
    gm_error error;
    gm_scan_path_options options = {.package = list_package};
    gm_scan_out out = {context, &options, list_library, &text};
    if (gm_scan_archive(&out, source, ARCHIVE, true, 0, &error) != GM_OK)
        gm_text_addf(&text, "error %s\n", error.code);
    return text;
}

struct pieces {
    gm_source source;
    gm_source *inner;
    size_t piece;
    uint64_t fail_at;
};

static gm_status read_piece(gm_source *source, uint64_t offset, void *buffer, size_t size,
                            size_t *got, gm_error *reterr)
{
    struct pieces *pieces = (struct pieces *)source;
    if (pieces->fail_at != GM_OFFSET_NONE && offset + size > pieces->fail_at) {
        *got = 0;
        return gm_fail(reterr, GM_IO, "cannot-read", NULL, offset);
    }
    if (size > pieces->piece)
        size = pieces->piece;
    return pieces->inner->read(pieces->inner, offset, buffer, size, got, reterr);
}

static void close_pieces(gm_source *source)
{
    free(source);
}

gm_source *source_in_pieces(gm_source *inner, size_t piece, uint64_t fail_at)
{
    struct pieces *pieces = calloc(1, sizeof *pieces);
    assert_non_null(pieces);
    pieces->source = (gm_source){.read = read_piece,
                                 .close = close_pieces,
                                 .size_bytes = inner->size_bytes,
                                 .forward_only = inner->forward_only};
    pieces->inner = inner;
    pieces->piece = piece;
    pieces->fail_at = fail_at;
    return &pieces->source;
}

static const char *fixture_directory(void)
{
    const char *directory = getenv("GPUMATCH_FIXTURES");
    if (!directory)
        fail_msg("GPUMATCH_FIXTURES must name the directory of tests/fixtures/generate.py");
    return directory;
}

bool fixture_try(gm_arena *arena, const char *name, gm_span *ret_bytes)
{
    gm_source *source;
    gm_error error;
    size_t got;
    if (gm_os_open(gm_os_join(arena, fixture_directory(), name), &source, &error) != GM_OK)
        return false;
    size_t size = (size_t)source->size_bytes;
    uint8_t *bytes = gm_arena_alloc(arena, size + 1);
    assert_non_null(bytes);
    assert_int_equal(source->read(source, 0, bytes, size, &got, &error), GM_OK);
    assert_int_equal(got, size);
    gm_source_close(source);
    *ret_bytes = (gm_span){bytes, size};
    return true;
}

gm_span fixture_read(gm_arena *arena, const char *name)
{
    gm_span bytes;
    if (!fixture_try(arena, name, &bytes))
        fail_msg("%s is not there", name);
    return bytes;
}

const char *const *fixture_names(gm_arena *arena, const char *folder)
{
    const char *path = gm_os_join(arena, fixture_directory(), folder ? folder : "");
    gm_os_entries entries = {0};
    gm_error error;
    size_t count = 0;
    assert_int_equal(gm_os_list(path, 10000, arena, &entries, &error), GM_OK);
    const char **names = gm_arena_array(arena, entries.count + 1, sizeof *names);
    assert_non_null(names);
    for (size_t i = 0; i < entries.count; i++)
        if (entries.items[i].kind == GM_OS_FILE && !strstr(entries.items[i].name, "."))
            names[count++] =
                folder ? gm_os_join(arena, folder, entries.items[i].name) : entries.items[i].name;
    assert_true(count > 20);
    return names;
}
