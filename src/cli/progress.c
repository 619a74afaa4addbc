/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <string.h>

#include "base/lookup.h"
#include "base/text.h"
#include "base/utf8.h"
#include "os/terminal.h"

#define PATIENCE_SECONDS 0.5
#define REST_SECONDS     0.1

/* `text` cut to `columns` and filled up to them, so that it covers what stood there. */
static void add_line(gm_text *out, const char *text, unsigned columns)
{
    size_t size = strlen(text), at = 0;
    unsigned used = 0;
    while (at < size) {
        uint32_t code;
        size_t bytes = gm_utf8_decode(text + at, size - at, &code);
        unsigned width = (unsigned)gm_utf8_columns(code);
        if (used + width > columns)
            break;
        used += width;
        at += bytes;
    }
    gm_text_add(out, "\r");
    gm_text_add_n(out, text, at);
    gm_text_addf(out, "%*s\r", (int)(columns - used), "");
}

static void write_line(const char *text)
{
    gm_text line = GM_TEXT_INIT;
    /* The last column stays free: some terminals go to the next line there. */
    add_line(&line, text, gm_os_stdout_columns() - 1);
    gm_os_write_stderr(line.data, line.size);
    gm_os_flush_stderr();
    gm_text_free(&line);
}

static void add_sentence(gm_text *out, const cli_progress *progress, const char *path,
                         uint64_t total_bytes, double seconds)
{
    gm_text parts[4] = {GM_TEXT_INIT, GM_TEXT_INIT, GM_TEXT_INIT, GM_TEXT_INIT};
    const char *name = gm_file_name(path);
    uint64_t read = progress->before_bytes + progress->file_done_bytes;
    gm_text_add_size(&parts[0], progress->before_bytes + progress->file_done_bytes);
    gm_text_add_size(&parts[1], progress->before_bytes + total_bytes);
    gm_text_add_size(&parts[2], (uint64_t)((double)read / seconds));
    gm_text_add_visible(&parts[3], name, strlen(name));
    const gm_words_arg args[] = {{"done", parts[0].data, false},
                                 {"total", parts[1].data, false},
                                 {"rate", parts[2].data, false},
                                 {"file", parts[3].data, false}};
    gm_words_add(out, progress->lang, "report.progress", args, sizeof args / sizeof *args);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        gm_text_free(&parts[i]);
}

void cli_progress_tell(void *user, const char *path, uint64_t done_bytes, uint64_t total_bytes)
{
    cli_progress *progress = user;
    double now = gm_os_seconds();
    if (done_bytes < progress->file_done_bytes) { /* another file */
        progress->before_bytes += progress->file_done_bytes;
        progress->file_done_bytes = 0;
    }
    progress->file_done_bytes = done_bytes;
    if (now - progress->started < PATIENCE_SECONDS || now - progress->told < REST_SECONDS)
        return;
    gm_text text = GM_TEXT_INIT;
    add_sentence(&text, progress, path, total_bytes, now - progress->started);
    write_line(text.data);
    gm_text_free(&text);
    progress->told = now;
    progress->shown = true;
}

void cli_progress_clear(cli_progress *progress)
{
    if (progress->shown)
        write_line("");
    progress->shown = false;
}
