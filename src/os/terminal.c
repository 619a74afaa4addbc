/* SPDX-License-Identifier: MIT */
/* What is the same everywhere. */
#include "os/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/stdio.h"

#define COLUMNS_DEFAULT 80
#define CHUNK           ((size_t)64 << 10)

unsigned gm_os_stdout_columns(void)
{
    unsigned columns = gm_os_terminal_columns();
    gm_text asked = GM_TEXT_INIT;
    if (columns == 0 && gm_os_getenv("COLUMNS", &asked))
        columns = (unsigned)strtoul(asked.data, NULL, 10);
    gm_text_free(&asked);
    return columns ? columns : COLUMNS_DEFAULT;
}

/* How much to ask for at once: a file's size and a byte more, so that one read also finds its end;
 * pipes, and the files of /proc, tell none. */
static size_t first_size(FILE *file)
{
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
    rewind(file);
    return size > 0 && (unsigned long)size < GM_TEXT_LIMIT ? (size_t)size + 1 : CHUNK;
}

static gm_status read_all(FILE *file, const char *name, size_t at_once, gm_text *text,
                          gm_error *reterr)
{
    size_t limit = text->limit ? text->limit : GM_TEXT_LIMIT, got = 1;
    bool too_long = false;
    while (got > 0) {
        size_t room = at_once < limit - text->size ? at_once : limit - text->size;
        if (room == 0) {
            too_long = fgetc(file) != EOF;
            break;
        }
        char *to = gm_text_reserve(text, room);
        got = to ? fread(to, 1, room, file) : 0;
        if (to)
            gm_text_filled(text, got);
        at_once = CHUNK;
        if (got < room)
            break;
    }
    if (gm_os_cancelled()(NULL))
        return gm_fail(reterr, GM_CANCELLED, "cancelled", name, GM_OFFSET_NONE);
    if (ferror(file))
        return gm_fail(reterr, GM_IO, "cannot-read", name, GM_OFFSET_NONE);
    if (text->failed)
        return gm_fail(reterr, GM_MEMORY, "memory", name, GM_OFFSET_NONE);
    return too_long ? gm_fail(reterr, GM_LIMIT, "text-too-long", name, GM_OFFSET_NONE) : GM_OK;
}

gm_status gm_os_read_stdin(gm_text *text, gm_error *reterr)
{
    return read_all(stdin, "-", CHUNK, text, reterr);
}

gm_status gm_os_read_file(const char *path, gm_text *text, gm_error *reterr)
{
    FILE *file = gm_os_fopen(path, "rb");
    if (!file)
        return errno == ENOMEM ? gm_fail(reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE)
                               : gm_fail(reterr, GM_IO, "cannot-open", path, GM_OFFSET_NONE);
    size_t first = first_size(file), before = text->size;
    gm_status status = read_all(file, path, first, text, reterr);
    fclose(file);
    /* It shrank since its size was asked for. */
    if (status == GM_OK && first != CHUNK && text->size - before + 1 < first)
        status = gm_fail(reterr, GM_IO, "cannot-read", path, GM_OFFSET_NONE);
    return status;
}

struct gm_os_output {
    FILE *file;
    char *path;
    char *temporary; /* NULL: written in place */
};

static void free_output(gm_os_output *output)
{
    if (!output)
        return;
    free(output->path);
    free(output->temporary);
    free(output);
}

static char *join(const char *text, const char *ending)
{
    size_t size = strlen(text), more = strlen(ending) + 1;
    char *joined = malloc(size + more);
    if (joined) {
        memcpy(joined, text, size);
        memcpy(joined + size, ending, more);
    }
    return joined;
}

gm_status gm_os_output_open(const char *path, gm_os_output **ret_output, gm_error *reterr)
{
    gm_os_output *output = calloc(1, sizeof *output);
    bool in_place = !gm_os_is_replaceable(path);
    if (output) {
        output->path = join(path, "");
        output->temporary = in_place ? NULL : join(path, ".partial");
    }
    if (!output || !output->path || (!output->temporary && !in_place)) {
        free_output(output);
        return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    }
    output->file = gm_os_fopen(in_place ? path : output->temporary, "wb");
    if (!output->file) {
        free_output(output);
        return gm_fail(reterr, GM_IO, "output-failed", path, GM_OFFSET_NONE);
    }
    *ret_output = output;
    return GM_OK;
}

bool gm_os_output_write(gm_os_output *output, const char *data, size_t size)
{
    return fwrite(data, 1, size, output->file) == size;
}

bool gm_os_output_close(gm_os_output *output, bool keep)
{
    bool ok = !ferror(output->file);
    ok = fclose(output->file) == 0 && ok;
    if (output->temporary) {
        ok = ok && (!keep || gm_os_rename(output->temporary, output->path));
        if (!ok || !keep)
            gm_os_remove(output->temporary);
    }
    free_output(output);
    return ok;
}
