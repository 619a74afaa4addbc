/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "../unit/listing.h"

void fuzz_require(bool holds)
{
    if (!holds)
        abort();
}

void fuzz_scan(gm_span bytes)
{
    gm_source *memory = gm_source_memory(bytes);
    gm_source *forward = gm_source_forward(memory);
    bool deep = bytes.size % 2; /* half of the inputs are looked into */
    gm_text file = listing_with(memory, 1, deep), stream = listing_with(forward, 1, deep);
    fuzz_require(!strcmp(file.data, stream.data));
    gm_text_free(&file);
    gm_text_free(&stream);
    gm_source_close(forward);
    gm_source_close(memory);
}

void fuzz_host(const gm_host_format *format, gm_span bytes)
{
    gm_context context = gm_context_defaults();
    gm_damage_list damage = {.limit = context.limits.findings};
    gm_error error;
    gm_arena *arena = gm_arena_new(0);
    gm_source *source = gm_source_memory(bytes);
    gm_reader *reader = gm_reader_new(source);
    gm_host_reading reading = {.context = &context,
                               .reader = reader,
                               .arena = arena,
                               .damage = &damage,
                               .reterr = &error,
                               .deep = true};
    gm_host host = {0};
    gm_host_needs needs = {0};
    gm_host_records records = {0};
    if (format->read(&reading, bytes.size, &host) == GM_OK) {
        if (format->needs)
            format->needs(&reading, &host, &needs);
        gm_host_records_read(&reading, format, &host, NULL, 0, &records);
    }
    gm_reader_free(reader);
    gm_source_close(source);
    gm_arena_free(arena);
}

char *fuzz_text(gm_arena *arena, gm_span bytes)
{
    char *text = gm_arena_text_n(arena, (const char *)bytes.data, bytes.size);
    fuzz_require(text != NULL);
    return text;
}

char *fuzz_line(char **text)
{
    char *line = *text, *end = strchr(line, '\n');
    *text = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    return line;
}
