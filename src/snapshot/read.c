/* SPDX-License-Identifier: MIT */
/* Snapshots come from strangers: every member is checked for its kind, what is counted has a
 * ceiling, and the first thing that is wrong is named by its path (packages[0].libraries[2]). */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/lookup.h"
#include "snapshot/parts.h"

#define FILE_BYTES  ((size_t)16 << 20) /* torch 2.14 with all its packages makes 300 KB */
#define IMAGES      1000000            /* in all: torch 2.14 with all its packages has 21,000 */
#define PATH_LEVELS 12

typedef struct reading {
    gm_arena *arena;
    gm_snapshot *snapshot;
    size_t images;
    struct {
        const char *name; /* member, or NULL: element `index` */
        size_t index;
    } path[PATH_LEVELS];
    unsigned depth;
    bool wrong;     /* `path` says what */
    bool no_memory; /* or the arena is full */
    bool too_large; /* more images than any environment has */
} reading;

typedef void (*element_fn)(reading *r, const json_t *value, void *to);

/* The first thing that is wrong: member `name` of the element that `path` leads to, or that element
 * itself (NULL). */
static void blame(reading *r, const char *name)
{
    if (r->wrong || r->no_memory || r->too_large)
        return;
    r->wrong = true;
    if (name && r->depth < PATH_LEVELS)
        r->path[r->depth++].name = name;
}

static bool stopped(const reading *r)
{
    return r->wrong || r->no_memory || r->too_large;
}

static void *kept(reading *r, void *memory)
{
    r->no_memory = r->no_memory || !memory;
    return memory;
}

/* A text member: copied; NULL where it is null. Texts with a NUL inside are refused by jansson. */
static const char *text_of(reading *r, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (json_is_null(value))
        return NULL;
    if (!json_is_string(value)) {
        blame(r, name);
        return NULL;
    }
    return kept(r, gm_arena_text(r->arena, json_string_value(value)));
}

static const char *needed_text(reading *r, const json_t *object, const char *name)
{
    const char *text = text_of(r, object, name);
    if (!text)
        blame(r, name);
    return text ? text : "";
}

static bool bool_of(reading *r, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_boolean(value))
        blame(r, name);
    return json_is_true(value);
}

/* Members that files of older versions lack: absent is false, or nothing. */
static bool later_bool(reading *r, const json_t *object, const char *name)
{
    return json_object_get(object, name) && bool_of(r, object, name);
}

static const char *later_text(reading *r, const json_t *object, const char *name)
{
    return json_object_get(object, name) ? text_of(r, object, name) : NULL;
}

static uint64_t count_of(reading *r, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        blame(r, name);
        return 0;
    }
    return (uint64_t)json_integer_value(value);
}

static gm_version version_of(reading *r, const json_t *object, const char *name)
{
    gm_version version = {{0}, 0};
    const char *text = text_of(r, object, name);
    if (text && !gm_version_parse(text, &version))
        blame(r, name);
    return version;
}

/* The place of a member's word in a list that NULL ends. */
static int word_of(reading *r, const json_t *object, const char *name, const char *const *words)
{
    const char *text = needed_text(r, object, name);
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], text))
            return i;
    blame(r, name);
    return 0;
}

/* Calls back for each element of an array member. */
static void each(reading *r, const json_t *object, const char *name, element_fn element, void *to)
{
    const json_t *array = json_object_get(object, name);
    if (!json_is_array(array)) {
        blame(r, name);
        return;
    }
    unsigned depth = r->depth;
    for (size_t i = 0; !stopped(r) && i < json_array_size(array); i++) {
        r->path[depth].name = name;
        r->path[depth + 1].name = NULL;
        r->path[depth + 1].index = i;
        r->depth = depth + 2;
        element(r, json_array_get(array, i), to);
        if (!r->wrong)
            r->depth = depth;
    }
}

/* --- keys --------------------------------------------------------------------------------------
 */

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static bool decode_base64(reading *r, const char *text, gm_span *bytes)
{
    size_t length = strlen(text), size = 0;
    char *out = kept(r, gm_arena_text(r->arena, text)); /* room enough, and a NUL behind it */
    if (!out || length % 4)
        return false;
    for (size_t i = 0; i < length; i += 4) {
        uint32_t bits = 0;
        int padding = 0;
        for (size_t k = 0; k < 4; k++) {
            int digit = base64_digit(text[i + k]);
            bool ends = text[i + k] == '=' && i + 4 == length && k >= 2;
            if (digit < 0 && !ends)
                return false;
            padding += ends;
            bits = bits << 6 | (uint32_t)(ends ? 0 : digit);
        }
        for (int k = 0; k < 3 - padding; k++)
            out[size++] = (char)(bits >> (16 - 8 * k) & 0xff);
    }
    out[size] = '\0';
    *bytes = (gm_span){(const uint8_t *)out, size};
    return true;
}

static void read_key(reading *r, const json_t *value, void *to)
{
    (void)to;
    gm_noted_key *note = kept(r, GM_PUSH(r->arena, &r->snapshot->keys));
    if (!note)
        return;
    note->key = needed_text(r, value, "key");
    if (json_object_get(value, "answer")) {
        note->answer = (gm_key_answer)word_of(r, value, "answer", gm_answer_tokens);
        return;
    }
    if (json_object_get(value, "base64")) {
        if (!decode_base64(r, needed_text(r, value, "base64"), &note->bytes))
            blame(r, "base64");
        return;
    }
    const char *text = needed_text(r, value, "text");
    note->bytes = (gm_span){(const uint8_t *)text, strlen(text)};
}

/* --- findings ----------------------------------------------------------------------------------
 */

static gm_confidence confidence_of(reading *r, const json_t *value)
{
    const char *const words[] = {gm_confidence_token(GM_CONFIDENCE_HIGH),
                                 gm_confidence_token(GM_CONFIDENCE_MEDIUM),
                                 gm_confidence_token(GM_CONFIDENCE_LOW), NULL};
    return (gm_confidence)word_of(r, value, "confidence", words);
}

static gm_severity severity_of(reading *r, const json_t *value)
{
    const char *const words[] = {gm_severity_token(GM_SEVERITY_NOTE),
                                 gm_severity_token(GM_SEVERITY_WARNING),
                                 gm_severity_token(GM_SEVERITY_ERROR), NULL};
    return (gm_severity)word_of(r, value, "severity", words);
}

static gm_code code_of(reading *r, const json_t *value)
{
    static const char *const words[] = {
#define GM_WORD(name, token) token,
        GM_CODES(GM_WORD)
#undef GM_WORD
            NULL};
    return (gm_code)word_of(r, value, "code", words);
}

typedef GM_LIST(const char *) text_list;

static void read_text(reading *r, const json_t *value, void *to)
{
    text_list *list = to;
    const char **place = kept(r, GM_PUSH(r->arena, list));
    if (!json_is_string(value))
        blame(r, NULL);
    else if (place)
        *place = kept(r, gm_arena_text(r->arena, json_string_value(value)));
}

static void read_arg(reading *r, const json_t *value, void *to)
{
    gm_args *args = to;
    const char *name = needed_text(r, value, "name");
    text_list list = {0};
    if (json_object_get(value, "number")) {
        const json_t *number = json_object_get(value, "number");
        if (!json_is_integer(number))
            blame(r, "number");
        gm_args_number(r->arena, args, name, json_integer_value(number));
    } else if (json_object_get(value, "list")) {
        each(r, value, "list", read_text, &list);
        if (!stopped(r))
            gm_args_list(r->arena, args, name, list.items, list.count);
    } else if (json_object_get(value, "message")) {
        gm_args_message(r->arena, args, name, needed_text(r, value, "message"));
    } else {
        gm_args_text(r->arena, args, name, needed_text(r, value, "text"));
    }
}

static void read_evidence(reading *r, const json_t *value, void *to)
{
    bool known = !json_is_null(json_object_get(value, "offset"));
    gm_finding_evidence(r->arena, to, text_of(r, value, "file"),
                        known ? count_of(r, value, "offset") : GM_OFFSET_NONE,
                        text_of(r, value, "fact"), text_of(r, value, "source"));
}

static void read_finding(reading *r, const json_t *value, void *to)
{
    text_list packages = {0};
    (void)to;
    gm_finding *finding = kept(r, gm_finding_add(r->arena, &r->snapshot->findings,
                                                 code_of(r, value), severity_of(r, value)));
    if (!finding)
        return;
    finding->confidence = confidence_of(r, value);
    finding->variant = text_of(r, value, "variant");
    each(r, value, "args", read_arg, &finding->args);
    each(r, value, "evidence", read_evidence, finding);
    each(r, value, "packages", read_text, &packages);
    for (size_t i = 0; !stopped(r) && i < packages.count; i++)
        gm_finding_about(r->arena, finding, packages.items[i], -1);
}

/* --- packages ----------------------------------------------------------------------------------
 */

static void read_image(reading *r, const json_t *value, void *to)
{
    gm_library *library = to;
    gm_image *image = kept(r, GM_PUSH(r->arena, &library->images));
    if (!json_is_string(value) ||
        (image && !gm_image_parse(json_string_value(value), json_string_length(value), image)))
        blame(r, NULL);
}

static void read_group(reading *r, const json_t *value, void *to)
{
    gm_library *library = to;
    uint64_t count = count_of(r, value, "count");
    gm_module first = {
        .offset = json_object_get(value, "offset") ? count_of(r, value, "offset") : GM_OFFSET_NONE,
        .registration = (gm_registration)word_of(r, value, "registration", gm_registration_tokens),
        .stub = bool_of(r, value, "stub"),
        .first_image = library->images.count};
    if (count == 0)
        blame(r, "count");
    each(r, value, "images", read_image, library);
    first.image_count = library->images.count - first.first_image;
    size_t room = IMAGES - r->images, each_takes = first.image_count + 1;
    if (count > room / each_takes) {
        r->too_large = true;
        return;
    }
    r->images += (size_t)count * each_takes;
    first.alike = (size_t)count - 1;
    gm_module *module = stopped(r) ? NULL : kept(r, GM_PUSH(r->arena, &library->modules));
    if (module)
        *module = first;
}

static void read_library(reading *r, const json_t *value, void *to)
{
    gm_package *package = to;
    gm_library *library = kept(r, GM_PUSH(r->arena, &package->libraries));
    if (!library)
        return;
    library->path = needed_text(r, value, "path");
    library->format = text_of(r, value, "format");
    library->arch = text_of(r, value, "arch");
    library->bytes = count_of(r, value, "bytes");
    library->role = (gm_role)word_of(r, value, "role", gm_role_tokens);
    library->feature = text_of(r, value, "feature");
    library->selected = bool_of(r, value, "selected");
    library->opaque = bool_of(r, value, "opaque");
    library->self_dispatching = bool_of(r, value, "self_dispatching");
    library->complete = bool_of(r, value, "complete");
    each(r, value, "modules", read_group, library);
}

static gm_evidence_grade grade_of(reading *r, const json_t *value)
{
    const char *const words[] = {
        gm_evidence_grade_token(GM_EVIDENCE_BINARY),  gm_evidence_grade_token(GM_EVIDENCE_SCANNED),
        gm_evidence_grade_token(GM_EVIDENCE_CATALOG), gm_evidence_grade_token(GM_EVIDENCE_METADATA),
        gm_evidence_grade_token(GM_EVIDENCE_STATED),  NULL};
    return (gm_evidence_grade)word_of(r, value, "evidence", words);
}

static gm_code_origin origin_of(reading *r, const json_t *value)
{
    const char *const words[] = {gm_code_origin_token(GM_ORIGIN_EMBEDDED),
                                 gm_code_origin_token(GM_ORIGIN_COMPILES),
                                 gm_code_origin_token(GM_ORIGIN_NONE), NULL};
    if (json_is_null(json_object_get(value, "code_origin")))
        return GM_ORIGIN_UNKNOWN;
    return (gm_code_origin)(GM_ORIGIN_EMBEDDED + word_of(r, value, "code_origin", words));
}

static void read_package(reading *r, const json_t *value, void *to)
{
    (void)to;
    gm_package *package = kept(r, GM_PUSH(r->arena, &r->snapshot->packages));
    if (!package)
        return;
    package->name = needed_text(r, value, "name");
    package->version = text_of(r, value, "version");
    package->variant = text_of(r, value, "variant");
    package->cuda = version_of(r, value, "cuda");
    package->cuda_guessed = bool_of(r, value, "cuda_guessed");
    package->evidence = grade_of(r, value);
    package->origin = origin_of(r, value);
    package->confidence = confidence_of(r, value);
    package->component = text_of(r, value, "component");
    package->brings_math = bool_of(r, value, "brings_math");
    package->installed = bool_of(r, value, "installed");
    package->missing = (size_t)count_of(r, value, "missing");
    package->first_missing = text_of(r, value, "first_missing");
    package->unmet = text_of(r, value, "unmet");
    package->unmet_by = text_of(r, value, "unmet_by");
    package->unmet_sibling = later_text(r, value, "unmet_sibling");
    package->unmet_core = bool_of(r, value, "unmet_core");
    package->asks = later_text(r, value, "asks");
    package->linked = later_bool(r, value, "linked");
    package->unlisted = later_bool(r, value, "unlisted");
    package->part = bool_of(r, value, "part");
    package->build = text_of(r, value, "build");
    package->channel = text_of(r, value, "channel");
    package->path = text_of(r, value, "path");
    package->source = text_of(r, value, "source");
    each(r, value, "libraries", read_library, package);
}

/* --- the file ----------------------------------------------------------------------------------
 */

static void read_snapshot(reading *r, const json_t *root)
{
    gm_snapshot *snapshot = r->snapshot;
    const json_t *python = json_object_get(root, "python");
    snapshot->origin = needed_text(r, root, "origin");
    snapshot->complete = bool_of(r, root, "complete");
    snapshot->has_environment = bool_of(r, root, "has_environment");
    snapshot->other_packages = (size_t)count_of(r, root, "other_packages");
    each(r, root, "keys", read_key, NULL);
    if (!json_is_object(python))
        blame(r, "python");
    if (stopped(r))
        return;
    snapshot->python.version = version_of(r, python, "version");
    snapshot->python.free_threaded = bool_of(r, python, "free_threaded");
    snapshot->python.prefix = text_of(r, python, "prefix");
    each(r, root, "packages", read_package, NULL);
    each(r, root, "findings", read_finding, NULL);
}

/* "packages[0].libraries[2].path" */
static gm_status fail_at(const reading *r, const char *name, gm_error *reterr)
{
    gm_text where = GM_TEXT_INIT;
    for (unsigned i = 0; i < r->depth; i++) {
        if (r->path[i].name)
            gm_text_addf(&where, "%s%s", where.size ? "." : "", r->path[i].name);
        else
            gm_text_addf(&where, "[%zu]", r->path[i].index);
    }
    gm_status status = where.failed
                           ? gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE)
                           : gm_fail_detail(reterr, GM_DAMAGED, "bad-snapshot", name, where.data);
    gm_text_free(&where);
    return status;
}

static gm_status finish(const reading *r, const char *name, gm_error *reterr)
{
    if (r->no_memory)
        return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    if (r->too_large)
        return gm_fail(reterr, GM_LIMIT, "snapshot-too-large", name, GM_OFFSET_NONE);
    return r->wrong ? fail_at(r, name, reterr) : GM_OK;
}

static gm_status fail_json(const json_error_t *wrong, const char *name, gm_error *reterr)
{
    char where[32];
    snprintf(where, sizeof where, "%d:%d", wrong->line, wrong->column);
    gm_status status = gm_fail_detail(reterr, GM_DAMAGED, "bad-json", name, where);
    if (reterr && wrong->position >= 0)
        reterr->offset = (uint64_t)wrong->position;
    return status;
}

gm_status gm_snapshot_read(const char *text, size_t size, const char *name, gm_arena *arena,
                           gm_snapshot *ret_snapshot, gm_error *reterr)
{
    json_error_t wrong;
    reading r = {.arena = arena, .snapshot = ret_snapshot};
    *ret_snapshot = (gm_snapshot){0};
    if (size > FILE_BYTES)
        return gm_fail(reterr, GM_LIMIT, "snapshot-too-large", name, GM_OFFSET_NONE);
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &wrong);
    if (!root && json_error_code(&wrong) == json_error_out_of_memory)
        return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    if (!root)
        return fail_json(&wrong, name, reterr);
    const char *schema = json_string_value(json_object_get(root, "schema"));
    gm_status status = GM_OK;
    if (!gm_text_equal(schema, GM_SNAPSHOT_SCHEMA)) {
        status = gm_fail(reterr, GM_DAMAGED, "not-a-snapshot", name, GM_OFFSET_NONE);
    } else {
        read_snapshot(&r, root);
        status = finish(&r, name, reterr);
    }
    json_decref(root);
    return status;
}
