/* SPDX-License-Identifier: MIT */
#include "snapshot/redact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"

#define SEPARATORS "/\\"
#define ENDS       "/\\:;,=\"'\n\r"
#define MAC        "xx:xx:xx:xx:xx:xx"

static bool is_hex(char c)
{
    char lower = gm_ascii_lower(c);
    return gm_ascii_is_digit(c) || (lower >= 'a' && lower <= 'f');
}

static bool is_word(char c)
{
    return gm_ascii_is_digit(c) || gm_ascii_is_alpha(c) || c == '_';
}

/* --- names -------------------------------------------------------------------------------------
 */

/* The place of a name in the list, at its end when it is new. */
static size_t place_of(gm_redactor *redactor, const char *name, size_t size)
{
    size_t place = 0;
    while (place < redactor->names.count && (strlen(redactor->names.items[place]) != size ||
                                             memcmp(redactor->names.items[place], name, size)))
        place++;
    if (place < redactor->names.count)
        return place;
    const char **item = GM_PUSH(redactor->arena, &redactor->names);
    if (!item || !(*item = gm_arena_text_n(redactor->arena, name, size)))
        redactor->failed = true;
    return place;
}

/* The administrator's name tells nothing about anybody. */
static void learn(gm_redactor *redactor, const char *name)
{
    if (name && *name && strcmp(name, "root"))
        place_of(redactor, name, strlen(name));
}

static const char *last_part(const char *path)
{
    const char *last = path;
    for (const char *at = path; *at; at++)
        if (strchr(SEPARATORS, *at) && at[1])
            last = at + 1;
    return last;
}

void gm_redactor_begin(gm_redactor *redactor, const gm_key_reader *keys, gm_arena *arena)
{
    static const char *const names[] = {"env:USER", "env:LOGNAME", "env:USERNAME"};
    static const char *const homes[] = {"env:HOME", "env:USERPROFILE"};
    *redactor = (gm_redactor){.arena = arena};
    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
        const char *home = gm_key_text(keys, homes[i], arena);
        learn(redactor, home ? last_part(home) : NULL);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        learn(redactor, gm_key_text(keys, names[i], arena));
    redactor->own = redactor->names.count;
    redactor->host = gm_key_text(keys, "system:host", arena);
}

static void add_name(gm_redactor *redactor, gm_text *out, const char *name, size_t size)
{
    size_t place = place_of(redactor, name, size);
    if (place < redactor->own || place == 0)
        gm_text_add(out, "user"); /* login name and folder may differ: it is one person */
    else
        gm_text_addf(out, "user%zu", place - redactor->own + 2);
}

static bool is_own(const gm_redactor *redactor, const char *name, size_t size)
{
    for (size_t i = 0; i < redactor->own; i++)
        if (strlen(redactor->names.items[i]) == size &&
            !memcmp(redactor->names.items[i], name, size))
            return true;
    return false;
}

/* --- UUIDs -------------------------------------------------------------------------------------
 */

/* The digit that stands for digits[at]: after equal beginnings, equal digits get equal digits and
 * different ones different ones, numbered as they were met. So a beginning of a UUID stays the
 * beginning of its pseudonym, and nothing leads back. */
static char digit_for(gm_redactor *redactor, const char *digits, size_t at)
{
    bool taken[16] = {false};
    unsigned next = 1;
    for (size_t i = 0; i < redactor->uuids.count; i++) {
        const char *other = redactor->uuids.items[i].digits;
        if (strlen(other) <= at || memcmp(other, digits, at))
            continue;
        char shown = redactor->uuids.items[i].shown[at];
        if (other[at] == digits[at])
            return shown;
        taken[strtoul((char[]){shown, '\0'}, NULL, 16)] = true;
    }
    while (taken[next % 16])
        next++;
    return "0123456789abcdef"[next % 16];
}

/* Digits in lower case → those shown; "" without memory. */
static const char *pseudonym(gm_redactor *redactor, const char *digits)
{
    size_t size = strlen(digits);
    char *shown = gm_arena_text(redactor->arena, digits);
    for (size_t i = 0; shown && i < size; i++)
        shown[i] = digit_for(redactor, digits, i);
    gm_seen_uuid *seen = shown ? GM_PUSH(redactor->arena, &redactor->uuids) : NULL;
    if (!seen) {
        redactor->failed = true;
        return "";
    }
    *seen = (gm_seen_uuid){digits, shown};
    return shown;
}

uint64_t gm_redact_number(gm_redactor *redactor, uint64_t number)
{
    const char *digits = gm_arena_printf(redactor->arena, "%016" PRIx64, number);
    return digits ? strtoull(pseudonym(redactor, digits), NULL, 16) : 0;
}

static void add_uuid(gm_redactor *redactor, gm_text *out, const char *text, size_t size)
{
    char *digits = gm_arena_text_n(redactor->arena, text, size);
    size_t count = 0;
    for (size_t i = 0; digits && i < size; i++)
        if (text[i] != '-')
            digits[count++] = gm_ascii_lower(text[i]);
    if (!digits) {
        redactor->failed = true;
        return;
    }
    digits[count] = '\0';
    const char *shown = pseudonym(redactor, digits);
    for (size_t i = 0; i < size && *shown; i++)
        gm_text_add_n(out, text[i] == '-' ? "-" : shown++, 1);
}

/* "8f5e2f1c-0a1b-…" or a beginning of it; `whole` asks for all five groups. */
static size_t uuid_length(const char *text, size_t size, bool whole)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t used = 0, plain = 0;
    while (used < size && used < strlen(shape) &&
           (shape[used] == '-' ? text[used] == '-' : is_hex(text[used])))
        used++;
    while (plain < size && is_hex(text[plain])) /* AMD: 16 digits without dashes */
        plain++;
    if (!whole && plain > used)
        used = plain;
    bool ends = used == size || !is_word(text[used]);
    return ends && used > 0 && (!whole || used == strlen(shape)) ? used : 0;
}

static size_t mac_length(const char *text, size_t size)
{
    size_t length = strlen(MAC);
    if (size < length || (size > length && (is_word(text[length]) || text[length] == ':')))
        return 0;
    for (size_t i = 0; i < length; i++)
        if (i % 3 == 2 ? text[i] != ':' && text[i] != '-' : !is_hex(text[i]))
            return 0;
    return length;
}

/* Appends text that is no path: UUIDs, their beginnings behind "GPU-" and "MIG-", MAC addresses. */
static void add_plain(gm_redactor *redactor, gm_text *out, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        bool border = at == 0 || !is_word(text[at - 1]);
        bool named =
            at >= 4 && (!strncmp(text + at - 4, "GPU-", 4) || !strncmp(text + at - 4, "MIG-", 4));
        size_t uuid = border ? uuid_length(text + at, size - at, !named) : 0;
        size_t mac = border ? mac_length(text + at, size - at) : 0;
        if (uuid)
            add_uuid(redactor, out, text + at, uuid);
        else if (mac)
            gm_text_add(out, MAC);
        else
            gm_text_add_n(out, text + at, 1);
        at += uuid ? uuid : mac ? mac : 1;
    }
}

/* --- paths -------------------------------------------------------------------------------------
 */

struct part {
    const char *text;
    size_t size;
};

static bool equals(struct part part, const char *word)
{
    return strlen(word) == part.size && gm_ascii_equal_n(part.text, word, part.size);
}

/* Folders of the system: a name in there is the name of something else. */
static bool is_system(struct part first)
{
    static const char *const words[] = {"proc", "sys",   "dev", "etc", "usr",
                                        "lib",  "lib64", "run", "bin"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (equals(first, words[i]))
            return true;
    return false;
}

struct path {
    struct part before; /* the part that came last; size 0 at the beginning */
    bool system;
    bool begun;
};

static void add_part(gm_redactor *redactor, gm_text *out, struct path *path, struct part part)
{
    bool first = !path->begun;
    if (part.size == 0)
        return;
    path->system = first ? is_system(part) : path->system;
    if (first && equals(part, "root"))
        gm_text_add(out, "home/user");
    else if (!path->system && (equals(path->before, "home") || equals(path->before, "users")))
        add_name(redactor, out, part.text, part.size);
    else if (!path->system && equals(path->before, "t"))
        gm_text_add(out, "x"); /* the token in the address of a conda channel */
    else if (!path->system && is_own(redactor, part.text, part.size))
        gm_text_add(out, "user");
    else if (!path->system && redactor->host && equals(part, redactor->host))
        gm_text_add(out, "host");
    else
        add_plain(redactor, out, part.text, part.size);
    /* what lies in there is named by packages */
    path->system = path->system || equals(part, "site-packages") || equals(part, "dist-packages");
    path->before = part;
    path->begun = true;
}

static const char *finish(gm_redactor *redactor, gm_text *out)
{
    char *copy = out->failed ? NULL : gm_arena_text_n(redactor->arena, out->data, out->size);
    gm_text_free(out);
    redactor->failed = redactor->failed || !copy;
    return copy ? copy : "";
}

const char *gm_redact_kernel(gm_redactor *redactor, const char *text)
{
    gm_text out = GM_TEXT_INIT;
    add_plain(redactor, &out, text, strlen(text));
    return finish(redactor, &out);
}

const char *gm_redact(gm_redactor *redactor, const char *text)
{
    gm_text out = GM_TEXT_INIT;
    struct path path = {{NULL, 0}, false, false};
    if (!text)
        return NULL;
    for (const char *at = text; *at;) {
        if (strchr(SEPARATORS, *at)) {
            gm_text_add_n(&out, at++, 1);
            struct part part = {at, strcspn(at, ENDS)};
            add_part(redactor, &out, &path, part);
            at += part.size;
        } else {
            size_t size = strcspn(at, SEPARATORS);
            add_plain(redactor, &out, at, size);
            path = (struct path){{NULL, 0}, false, false};
            at += size;
        }
    }
    return finish(redactor, &out);
}
