/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

#define FLUSH_BYTES 16384

bool gm_write_text(void *user, const char *data, size_t size)
{
    gm_text *text = user;
    gm_text_add_n(text, data, size);
    return !text->failed;
}

void gm_json_begin(gm_json *json, gm_write_fn write, void *user)
{
    *json = (gm_json){.write = write, .user = user, .buffer = GM_TEXT_INIT};
}

static void flush(gm_json *json)
{
    json->no_memory = json->no_memory || json->buffer.failed;
    if (json->no_memory || !json->write(json->user, json->buffer.data, json->buffer.size))
        json->failed = true;
    gm_text_clear(&json->buffer);
}

void gm_json_lose(gm_json *json)
{
    gm_text_add(&json->buffer, gm_text_lost);
}

bool gm_json_end(gm_json *json)
{
    gm_text_add(&json->buffer, "\n");
    flush(json);
    gm_text_free(&json->buffer);
    return !json->failed && json->depth == 0;
}

static void new_line(gm_json *json)
{
    gm_text_addf(&json->buffer, "\n%*s", (int)json->depth * 2, "");
    if (json->buffer.size > FLUSH_BYTES)
        flush(json);
}

/* Comma and line before an element of the innermost object or array. */
static void separate(gm_json *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->depth == 0)
        return;
    if (json->filled[json->depth - 1])
        gm_text_add(&json->buffer, ",");
    json->filled[json->depth - 1] = true;
    new_line(json);
}

static void before_value(gm_json *json)
{
    if (json->depth && !json->array[json->depth - 1] && !json->after_key)
        json->failed = true;
    separate(json);
}

static void open_level(gm_json *json, const char *bracket, bool array)
{
    before_value(json);
    if (json->depth == GM_JSON_DEPTH) {
        json->failed = true;
        return;
    }
    gm_text_add(&json->buffer, bracket);
    json->filled[json->depth] = false;
    json->array[json->depth++] = array;
}

static void close_level(gm_json *json, const char *bracket)
{
    if (json->depth == 0) {
        json->failed = true;
        return;
    }
    json->depth--;
    if (json->filled[json->depth])
        new_line(json);
    gm_text_add(&json->buffer, bracket);
}

void gm_json_object(gm_json *json)
{
    open_level(json, "{", false);
}

void gm_json_object_end(gm_json *json)
{
    close_level(json, "}");
}

void gm_json_array(gm_json *json)
{
    open_level(json, "[", true);
}

void gm_json_array_end(gm_json *json)
{
    close_level(json, "]");
}

static void quoted(gm_text *out, const char *text)
{
    size_t size = strlen(text);
    gm_text_add(out, "\"");
    while (size > 0) {
        uint32_t code;
        size_t used = gm_utf8_decode(text, size, &code);
        if (code == 0xfffd && used == 1)
            gm_text_addf(out, "\\\\x%02x", (unsigned char)*text);
        else if (code == '"' || code == '\\')
            gm_text_addf(out, "\\%c", (char)code);
        else if (code == '\n')
            gm_text_add(out, "\\n");
        else if (code < 0x20 || code == 0x7f)
            gm_text_addf(out, "\\u%04x", (unsigned)code);
        else
            gm_text_add_n(out, text, used);
        text += used;
        size -= used;
    }
    gm_text_add(out, "\"");
}

void gm_json_key(gm_json *json, const char *key)
{
    separate(json);
    quoted(&json->buffer, key);
    gm_text_add(&json->buffer, ": ");
    json->after_key = true;
}

void gm_json_text(gm_json *json, const char *text)
{
    if (!text) {
        gm_json_null(json);
        return;
    }
    before_value(json);
    if (text == gm_text_lost)
        gm_json_lose(json);
    quoted(&json->buffer, text);
}

void gm_json_number(gm_json *json, uint64_t number)
{
    before_value(json);
    gm_text_addf(&json->buffer, "%" PRIu64, number);
}

void gm_json_signed(gm_json *json, int64_t number)
{
    before_value(json);
    gm_text_addf(&json->buffer, "%" PRId64, number);
}

void gm_json_bool(gm_json *json, bool value)
{
    before_value(json);
    gm_text_add(&json->buffer, value ? "true" : "false");
}

void gm_json_null(gm_json *json)
{
    before_value(json);
    gm_text_add(&json->buffer, "null");
}

void gm_json_put_text(gm_json *json, const char *key, const char *text)
{
    gm_json_key(json, key);
    gm_json_text(json, text);
}

void gm_json_put_number(gm_json *json, const char *key, uint64_t number)
{
    gm_json_key(json, key);
    gm_json_number(json, number);
}

void gm_json_put_bool(gm_json *json, const char *key, bool value)
{
    gm_json_key(json, key);
    gm_json_bool(json, value);
}

void gm_json_put_null(gm_json *json, const char *key)
{
    gm_json_key(json, key);
    gm_json_null(json);
}

void gm_json_put_texts(gm_json *json, const char *key, const char *const *texts, size_t count)
{
    gm_json_key(json, key);
    gm_json_array(json);
    for (size_t i = 0; i < count; i++)
        gm_json_text(json, texts[i]);
    gm_json_array_end(json);
}
