/* SPDX-License-Identifier: MIT */
/* Reads tables at run time as tools/gen_catalog.py reads them at build time; what a cell becomes,
 * that program says (gm_catalog_forms). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "base/text.h"
#include "catalog/overlay_parts.h"

gm_status gm_laying_no_memory(const gm_laying *l)
{
    return gm_fail(l->reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

gm_status gm_laying_wrong(const gm_laying *l, const char *code, const char *detail)
{
    const char *where = gm_arena_printf(l->arena, "%s:%zu", l->file->path, l->line);
    return gm_fail_detail(l->reterr, GM_USAGE, code, where ? where : l->file->path, detail);
}

gm_status gm_laying_wrong_part(const gm_laying *l, const char *code, gm_part part)
{
    return gm_laying_wrong(l, code, gm_arena_text_n(l->arena, part.text, part.size));
}

bool gm_form_is_names(const gm_table_form *form)
{
    return form->member[0].kind == GM_MEMBER_NAME;
}

static bool is_text(unsigned kind)
{
    return kind == GM_MEMBER_TEXT || kind == GM_MEMBER_TARGETS || kind == GM_MEMBER_CODE;
}

/* Versions and numbered names in the order people expect, as `natural` of the generator: numbers
 * before other pieces, each by its kind. */
static int compare_natural(const char *a, const char *b)
{
    while (*a && *b) {
        bool number = gm_ascii_is_digit(*a);
        if (number != gm_ascii_is_digit(*b))
            return number ? -1 : 1;
        char *end_a = (char *)a, *end_b = (char *)b;
        if (number) {
            unsigned long long left = strtoull(a, &end_a, 10), right = strtoull(b, &end_b, 10);
            if (left != right)
                return left < right ? -1 : 1;
        } else {
            end_a += strcspn(a, "0123456789");
            end_b += strcspn(b, "0123456789");
            size_t size_a = (size_t)(end_a - a), size_b = (size_t)(end_b - b);
            int order = memcmp(a, b, size_a < size_b ? size_a : size_b);
            if (order || size_a != size_b)
                return order ? order : size_a < size_b ? -1 : 1;
        }
        a = end_a;
        b = end_b;
    }
    return (*a != '\0') - (*b != '\0');
}

/* Rows by their key. */
int gm_rows_compare(const gm_catalog *catalog, const gm_table_form *form, const uint32_t *a,
                    const uint32_t *b)
{
    for (unsigned i = 0; i < form->keys; i++) {
        unsigned member = form->key[i];
        int order = a[member] < b[member] ? -1 : a[member] > b[member];
        if (is_text(form->member[member].kind)) {
            const char *left = gm_cell(catalog, a[member]), *right = gm_cell(catalog, b[member]);
            left = left ? left : "-";
            right = right ? right : "-";
            order = form->natural ? compare_natural(left, right) : strcmp(left, right);
        }
        if (order)
            return order;
    }
    return 0;
}

/* --- cells ------------------------------------------------------------------------------------ */

uint32_t gm_pool_put(gm_pool *pool, const char *text, size_t size)
{
    size_t at = pool->used;
    if (size == 0 || (size == 1 && *text == '-'))
        return 0;
    memcpy(pool->data + at, text, size);
    pool->used += size;
    pool->data[pool->used++] = '\0';
    return pool->base + (uint32_t)at;
}

/* All of the part as a number of `base`; false for anything else. */
static bool read_number(gm_part part, unsigned base, uint32_t *number)
{
    uint64_t value = 0;
    for (size_t i = 0; i < part.size; i++) {
        char c = gm_ascii_lower(part.text[i]);
        unsigned digit = gm_ascii_is_digit(c)   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                                : base;
        value = value * base + digit;
        if (digit >= base || value > UINT32_MAX)
            return false;
    }
    *number = (uint32_t)value;
    return part.size > 0;
}

static bool read_isa(gm_part part, uint32_t *isa)
{
    const char *dot = memchr(part.text, '.', part.size);
    uint32_t major, minor;
    if (!dot || !read_number((gm_part){part.text, (size_t)(dot - part.text)}, 10, &major) ||
        !read_number((gm_part){dot + 1, part.size - (size_t)(dot + 1 - part.text)}, 10, &minor) ||
        minor > 9 || major > 1000)
        return false;
    *isa = major * 10 + minor;
    return true;
}

/* Numbers that stand beside their texts: what is none is 0, as in tools/gen_catalog.py. */
static uint32_t read_level(gm_part part)
{
    char text[32];
    gm_version version;
    size_t size = part.size < sizeof text ? part.size : sizeof text - 1;
    memcpy(text, part.text, size);
    text[size] = '\0';
    gm_version_read(text, &version);
    return gm_level(version);
}

static uint32_t read_sm(gm_part part)
{
    gm_target target;
    return gm_target_parse(part.text, part.size, &target) ? gm_sm_number(&target) : 0;
}

static bool read_confidence(gm_part part, uint32_t *confidence)
{
    for (int i = GM_CONFIDENCE_HIGH; i <= GM_CONFIDENCE_LOW; i++) {
        const char *token = gm_confidence_token((gm_confidence)i);
        if (strlen(token) == part.size && !memcmp(token, part.text, part.size)) {
            *confidence = (uint32_t)i;
            return true;
        }
    }
    return false;
}

/* The address of the wheels of a variant; on a Mac they are PyPI's own. */
static uint32_t put_index(gm_laying *l, gm_part variant, gm_part os)
{
    if (os.size == strlen("macos") && !memcmp(os.text, "macos", os.size))
        return 0;
    const char *index =
        gm_arena_printf(l->arena, "%s%.*s", gm_catalog_index, (int)variant.size, variant.text);
    return index ? gm_pool_put(&l->pool, index, strlen(index)) : 0;
}

static gm_status read_cell(gm_laying *l, const gm_part *parts, unsigned kind, unsigned column,
                           uint32_t *ret)
{
    gm_part part = parts[column];
    uint32_t device = 0;
    bool ok = true;
    switch ((gm_member_kind)kind) {
    case GM_MEMBER_TEXT:
    case GM_MEMBER_TARGETS:
    case GM_MEMBER_CODE:
        *ret = gm_pool_put(&l->pool, part.text, part.size);
        break;
    case GM_MEMBER_SOURCE: { /* and where the row came from: it is not one of ours */
        const char *source =
            gm_arena_printf(l->arena, "%.*s [%s]", (int)part.size, part.text, l->file->path);
        *ret = source ? gm_pool_put(&l->pool, source, strlen(source)) : 0;
        break;
    }
    case GM_MEMBER_CONFIDENCE:
        ok = read_confidence(part, ret);
        break;
    case GM_MEMBER_PCI:
        ok = part.size == 4 && read_number(part, 16, ret) && parts[column + 1].size == 4 &&
             read_number(parts[column + 1], 16, &device);
        *ret = *ret << 16 | device;
        break;
    case GM_MEMBER_HEX:
        ok = read_number(part, 16, ret);
        break;
    case GM_MEMBER_ISA:
        ok = read_isa(part, ret);
        break;
    case GM_MEMBER_LEVEL:
        *ret = read_level(part);
        break;
    case GM_MEMBER_SM:
        *ret = read_sm(part);
        break;
    case GM_MEMBER_INDEX:
        *ret = put_index(l, part, parts[column + 1]);
        break;
    case GM_MEMBER_NAME: /* link_names */
        *ret = 0;
        break;
    }
    return ok ? GM_OK : gm_laying_wrong_part(l, "table-number", part);
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Text that could drive a terminal is no fact. */
static bool is_visible(const gm_laying *l, gm_part part)
{
    gm_text shown = GM_TEXT_INIT;
    gm_text_add_visible(&shown, part.text, part.size);
    bool same = shown.size == part.size && !memcmp(shown.data, part.text, part.size);
    if (shown.failed)
        gm_arena_fail(l->arena);
    gm_text_free(&shown);
    return same;
}

/* The cells of a line; the number of all of them, also of those beyond `room`. */
static size_t split(gm_part line, gm_part *parts, size_t room)
{
    size_t count = 0;
    for (;;) {
        const char *tab = memchr(line.text, '\t', line.size);
        size_t size = tab ? (size_t)(tab - line.text) : line.size;
        if (count < room)
            parts[count] = (gm_part){line.text, size};
        count++;
        if (!tab)
            return count;
        line.text += size + 1;
        line.size -= size + 1;
    }
}

static size_t count_columns(const gm_table_form *form)
{
    size_t count = 1;
    for (const char *at = form->columns; *at; at++)
        count += *at == '|';
    return count;
}

static gm_status check_header(const gm_laying *l, gm_part line)
{
    size_t size = strlen(l->form->columns);
    bool same = line.size == size;
    for (size_t i = 0; same && i < size; i++)
        same = line.text[i] == l->form->columns[i] ||
               (line.text[i] == '\t' && l->form->columns[i] == '|');
    return same ? GM_OK : gm_laying_wrong(l, "table-header", l->form->columns);
}

static bool is_empty(gm_part part)
{
    return part.size == 0 || (part.size == 1 && *part.text == '-');
}

/* The name of a column, for people. */
static gm_part column_name(const gm_table_form *form, unsigned column)
{
    const char *at = form->columns;
    for (; column > 0; column--)
        at += strcspn(at, "|") + 1;
    return (gm_part){at, strcspn(at, "|")};
}

static gm_status read_row(gm_laying *l, gm_part line, uint32_t *row)
{
    gm_part parts[GM_MEMBERS_MAX + 4];
    size_t columns = count_columns(l->form), room = sizeof parts / sizeof *parts;
    char expected[24];
    uint32_t confidence;
    snprintf(expected, sizeof expected, "%zu", columns);
    if (split(line, parts, room) != columns || columns > room)
        return gm_laying_wrong(l, "table-cells", expected);
    for (size_t i = 0; i < columns; i++)
        if (!is_visible(l, parts[i]))
            return gm_arena_failed(l->arena) ? gm_laying_no_memory(l)
                                             : gm_laying_wrong(l, "table-characters", NULL);
    gm_part source = parts[columns - 2];
    if (is_empty(source))
        return gm_laying_wrong(l, "table-source", NULL);
    if (!read_confidence(parts[columns - 1], &confidence))
        return gm_laying_wrong_part(l, "table-confidence", parts[columns - 1]);
    for (unsigned i = 0; i < l->form->members; i++) {
        unsigned column = l->form->member[i].column;
        if (l->form->member[i].required && is_empty(parts[column]))
            return gm_laying_wrong_part(l, "table-empty", column_name(l->form, column));
        gm_status status =
            read_cell(l, parts, l->form->member[i].kind, l->form->member[i].column, &row[i]);
        if (status != GM_OK)
            return status;
    }
    return GM_OK;
}

/* The next line that says something; false at the end. */
static bool next_line(gm_laying *l, gm_part *rest, gm_part *line)
{
    while (rest->size) {
        const char *feed = memchr(rest->text, '\n', rest->size);
        size_t size = feed ? (size_t)(feed - rest->text) : rest->size;
        *line = (gm_part){rest->text, size};
        rest->text += size + (feed != NULL);
        rest->size -= size + (feed != NULL);
        l->line++;
        if (line->size && line->text[line->size - 1] == '\r')
            line->size--;
        if (line->size && *line->text != '#')
            return true;
    }
    return false;
}

static gm_status check_order(const gm_laying *l, const uint32_t *before, const uint32_t *row)
{
    int order = gm_rows_compare(l->catalog, l->form, before, row);
    return order < 0 ? GM_OK : gm_laying_wrong(l, order ? "table-order" : "table-twice", NULL);
}

gm_status gm_laying_read(gm_laying *l, gm_new_rows *rows)
{
    gm_part rest = {l->file->text, l->file->size}, line;
    size_t most = 1, members = l->form->members;
    for (const char *at = rest.text; (at = memchr(at, '\n', (size_t)(rest.text + rest.size - at)));
         at++)
        most++;
    rows->cells = gm_arena_array(l->arena, most * members, sizeof *rows->cells);
    rows->lines = gm_arena_array(l->arena, most, sizeof *rows->lines);
    if (!rows->cells || !rows->lines)
        return gm_laying_no_memory(l);
    l->line = 0;
    if (!next_line(l, &rest, &line))
        return gm_laying_wrong(l, "table-header", l->form->columns);
    gm_status status = check_header(l, line);
    while (status == GM_OK && next_line(l, &rest, &line)) {
        uint32_t *row = &rows->cells[rows->count * members];
        status = read_row(l, line, row);
        if (status == GM_OK && rows->count && !gm_form_is_names(l->form))
            status = check_order(l, row - members, row);
        rows->lines[rows->count++] = l->line;
    }
    return status;
}
