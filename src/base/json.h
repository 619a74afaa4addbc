/* SPDX-License-Identifier: MIT */
/* JSON written as a stream, element by element; nothing is kept but the nesting. */
#ifndef GM_BASE_JSON_H
#define GM_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define GM_JSON_DEPTH 32

/* Where text goes in pieces: a terminal, a file, a memory buffer. Returns false when the piece
 * could not be written; the writer then stops. */
typedef bool (*gm_write_fn)(void *user, const char *data, size_t size);

/* A writer of JSON. Commas, indentation (two spaces) and escapes are its business. Misuse (a value
 * without a key inside an object, deeper than GM_JSON_DEPTH) sets `failed`, as a refused write. */
typedef struct gm_json {
    gm_write_fn write;
    void *user;
    gm_text buffer; /* handed to `write` when it has grown, and by gm_json_end */
    unsigned depth;
    bool filled[GM_JSON_DEPTH];
    bool array[GM_JSON_DEPTH];
    bool after_key;
    bool failed;
    bool no_memory; /* that is why */
} gm_json;

void gm_json_begin(gm_json *json, gm_write_fn write, void *user);

/* Something is missing for want of memory. */
void gm_json_lose(gm_json *json);

/* Flushes, frees the buffer; true when everything was written. */
bool gm_json_end(gm_json *json);

void gm_json_object(gm_json *json); /* { */
void gm_json_object_end(gm_json *json);
void gm_json_array(gm_json *json); /* [ */
void gm_json_array_end(gm_json *json);
void gm_json_key(gm_json *json, const char *key);

/* Values. Text may hold any bytes: invalid UTF-8 is written as \xNN text so that output is valid
 * JSON and nothing is lost. NULL text is written as null. */
void gm_json_text(gm_json *json, const char *text);
void gm_json_number(gm_json *json, uint64_t number);
void gm_json_signed(gm_json *json, int64_t number);
void gm_json_bool(gm_json *json, bool value);
void gm_json_null(gm_json *json);

/* Key and value in one. */
void gm_json_put_text(gm_json *json, const char *key, const char *text);
void gm_json_put_number(gm_json *json, const char *key, uint64_t number);
void gm_json_put_bool(gm_json *json, const char *key, bool value);
void gm_json_put_null(gm_json *json, const char *key);
void gm_json_put_texts(gm_json *json, const char *key, const char *const *texts, size_t count);

/* A gm_write_fn that appends to the gm_text `user`. */
bool gm_write_text(void *user, const char *data, size_t size);

#endif
