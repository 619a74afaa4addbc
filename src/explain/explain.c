/* SPDX-License-Identifier: MIT */
#include "explain/explain.h"

#include <stdlib.h>
#include <string.h>

#include "explain/internal.h"

#define BROKEN_BYTES 4   /* that are no UTF-8: not a slip, another encoding */
#define BRIEF_BYTES  200 /* of a text in which every word is looked at */

static bool is_fact(const gm_hit *hit)
{
    return !strcmp(gm_messages_text(hit->row->kind), "fact");
}

/* By place, the longer first, then by row. For qsort. */
static int compare_hits(const void *a, const void *b)
{
    const gm_hit *left = a, *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    if (left->end != right->end)
        return left->end > right->end ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

/* Keeps the messages that do not lie inside longer ones, in the order of the text. */
static bool keep_messages(const gm_hits *hits, gm_arena *arena, gm_hits *ret)
{
    size_t end = 0;
    for (size_t i = 0; i < hits->count; i++) {
        const gm_hit *hit = &hits->items[i];
        if (is_fact(hit) || hit->end <= end)
            continue;
        gm_hit *kept = GM_PUSH(arena, ret);
        if (!kept)
            return false;
        *kept = *hit;
        end = hit->end;
    }
    return true;
}

/* A number of a CUDA error becomes the message of that number, where there is one. */
static void resolve_number(gm_hit *hit, const gm_flat *flat, gm_arena *arena)
{
    for (size_t i = 0; i < hit->capture_count; i++) {
        if (hit->captures[i].field != GM_FIELD_number)
            continue;
        const char *number = gm_capture_dense(flat, &hit->captures[i], arena);
        const gm_message_row *row =
            number ? gm_messages_by_error((unsigned)strtoul(number, NULL, 10)) : NULL;
        if (row)
            hit->row = row;
    }
}

/* The system that most places in the text speak of; WSL names itself only where it is WSL. */
static gm_os vote_os(const gm_hits *hits)
{
    size_t votes[GM_OS_WSL + 1] = {0};
    gm_os best = GM_OS_UNKNOWN, os;
    static const char prefix[] = "os-";
    for (size_t i = 0; i < hits->count; i++) {
        const char *id = gm_messages_text(hits->items[i].row->id);
        if (is_fact(&hits->items[i]) && !strncmp(id, prefix, sizeof prefix - 1) &&
            gm_os_parse(id + sizeof prefix - 1, &os) && ++votes[os] > votes[best])
            best = os;
    }
    return votes[GM_OS_WSL] ? GM_OS_WSL : best;
}

/* What a message means; with it, where nothing of ours helps, what does. */
static void tell_meaning(gm_reading *r, const gm_hit *hit, const char *id, const char *meaning)
{
    bool nothing = gm_message_needs_nothing(hit->row);
    const char *help =
        gm_arena_printf(r->arena, "explain.do.%s", gm_messages_text(hit->row->advice));
    gm_match *match = gm_shown_match(r, id, gm_messages_text(hit->row->kind), hit->at, hit->end,
                                     nothing ? "explain.and-help" : meaning);
    if (!match || !nothing)
        return;
    gm_args_message(r->arena, &match->args, "meaning", meaning);
    gm_args_message(r->arena, &match->args, "help", help);
    r->matches.items[r->matches.count - 1].remark =
        !strcmp(gm_messages_text(hit->row->kind), "warning");
}

static void show_message(gm_reading *r, const gm_hit *hit)
{
    const char *id = gm_messages_text(hit->row->id);
    const char *meaning = gm_arena_printf(r->arena, "explain.%s.meaning", id);
    if (meaning && !gm_shown_has(r, id))
        tell_meaning(r, hit, id, meaning);
    const char *error = gm_messages_text(hit->row->error);
    if (r->out->error < 0 && error && !strchr(error, ','))
        r->out->error = strtol(error, NULL, 10);
    r->out->recognised = true;
}

/* A command that installs names the release and, in the URL, what it is built for. In a message
 * the URL belongs to what should be installed, not to what is. */
static void finish_torch(gm_reading *r, bool message)
{
    gm_explanation *out = r->out;
    if (message || !r->variant || !out->torch || strchr(out->torch, '+'))
        return;
    const char *torch = gm_arena_printf(r->arena, "%s+%s", out->torch, r->variant);
    out->torch = torch ? torch : out->torch;
}

static void finish_machine(gm_reading *r)
{
    gm_explanation *out = r->out;
    const gm_device *device = out->machine.devices.count ? out->machine.devices.items : NULL;
    const char *local = out->torch ? strchr(out->torch, '+') : NULL;
    if (out->target.kind == GM_TARGET_NONE && device && device->target_count == 1)
        out->target = device->targets[0];
    if (!out->cuda.count && local)
        out->cuda = gm_catalog_variant_cuda(local + 1);
}

static bool has_failure(const gm_hits *messages)
{
    for (size_t i = 0; i < messages->count; i++)
        if (gm_message_fails(messages->items[i].row))
            return true;
    return false;
}

/* "222": nothing but the number of an error that the table has. */
static bool read_number(gm_reading *r)
{
    size_t digits = strspn(r->flat.text, "0123456789");
    const gm_message_row *row = NULL;
    unsigned number = digits <= 4 ? (unsigned)strtoul(r->flat.text, NULL, 10) : 0;
    if (digits && digits == r->flat.size)
        row = gm_messages_by_error(number);
    if (!row)
        return false;
    r->out->error = number;
    show_message(r, &(gm_hit){.row = row, .end = digits});
    gm_result_add(r, row);
    return true;
}

static bool says(const gm_message_row *row)
{
    return gm_messages_text(row->finding) || gm_messages_text(row->action);
}

/* The failure from which the others follow: the first error that says something, or a warning
 * before it that names the cause. Remarks that need nothing done decide only when alone. */
static const gm_message_row *first_cause(const gm_hits *messages)
{
    const gm_message_row *remark = NULL;
    for (size_t i = 0; i < messages->count; i++) {
        const gm_message_row *row = messages->items[i].row;
        bool nothing = gm_message_needs_nothing(row);
        bool warning = !strcmp(gm_messages_text(row->kind), "warning");
        if (!gm_message_fails(row) || !says(row))
            continue;
        if (!(warning && nothing))
            return row;
        remark = remark ? remark : row;
    }
    return remark;
}

/* What follows from the first failure asks for nothing of its own: a crash after "no code for this
 * GPU" is not told apart from it, and after "out of memory" no other build helps. */
static void add_results(gm_reading *r, const gm_hits *messages)
{
    const gm_message_row *cause = first_cause(messages);
    for (size_t i = 0; i < messages->count; i++) {
        const gm_message_row *row = messages->items[i].row;
        if (!cause || !gm_message_fails(row) ||
            gm_message_needs_nothing(row) == gm_message_needs_nothing(cause))
            gm_result_add(r, row);
    }
}

static bool has_question(const gm_hits *messages)
{
    for (size_t i = 0; i < messages->count; i++)
        if (!strcmp(gm_messages_text(messages->items[i].row->kind), "question"))
            return true;
    return false;
}

static gm_status read_messages(gm_reading *r, gm_arena *scratch)
{
    gm_hits hits = {0}, messages = {0};
    if (!gm_messages_find(r->catalog, &r->flat, scratch, &hits))
        return GM_MEMORY;
    if (hits.count)
        qsort(hits.items, hits.count, sizeof *hits.items, compare_hits);
    if (!keep_messages(&hits, scratch, &messages))
        return GM_MEMORY;
    r->out->machine.os = vote_os(&hits);
    for (size_t i = 0; i < hits.count; i++)
        if (is_fact(&hits.items[i]))
            gm_learn(r, &hits.items[i]);
    for (size_t i = 0; i < messages.count; i++) {
        resolve_number(&messages.items[i], &r->flat, scratch);
        gm_learn(r, &messages.items[i]);
        show_message(r, &messages.items[i]);
    }
    gm_names_find(r, &messages);
    gm_beside_read(r);
    if (r->flat.size <= BRIEF_BYTES && !has_failure(&messages))
        gm_brief_read(r, has_question(&messages));
    finish_torch(r, has_failure(&messages));
    finish_machine(r);
    add_results(r, &messages);
    return GM_OK;
}

static gm_status read(gm_reading *r, gm_arena *scratch)
{
    gm_term_read(r);
    return read_number(r) ? GM_OK : read_messages(r, scratch);
}

gm_status gm_explain_read(const gm_catalog *catalog, const char *text, size_t size, gm_lang lang,
                          gm_arena *arena, gm_explanation *ret, gm_error *reterr)
{
    gm_reading r = {.catalog = catalog, .lang = lang, .arena = arena, .out = ret};
    *ret = (gm_explanation){.error = -1};
    gm_arena *scratch = gm_arena_under(arena);
    gm_status status = GM_MEMORY;
    if (scratch && gm_flat_make(text, size, scratch, &r.flat)) {
        if (r.flat.size == 0)
            status = gm_fail(reterr, GM_USAGE, "no-text", NULL, GM_OFFSET_NONE);
        else
            status = read(&r, scratch);
        if (!ret->recognised && r.flat.broken >= BROKEN_BYTES)
            gm_shown_match(&r, "encoding", "encoding", 0, r.flat.size, "explain.encoding");
        gm_shown_finish(&r);
    }
    gm_arena_free(scratch);
    if (status == GM_MEMORY)
        gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    return status;
}
