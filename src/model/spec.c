/* SPDX-License-Identifier: MIT */
#include "model/spec.h"

#include <string.h>

#include "base/lookup.h"

static bool name_char(char c)
{
    return gm_ascii_is_alpha(c) || gm_ascii_is_digit(c) || c == '-' || c == '_' || c == '.';
}

static size_t read_relation(const char *text, gm_relation *relation)
{
    static const struct {
        const char *text;
        gm_relation relation;
    } rows[] = {{"==", GM_RELATION_EQ}, {"!=", GM_RELATION_NE}, {"<=", GM_RELATION_LE},
                {">=", GM_RELATION_GE}, {"<", GM_RELATION_LT},  {">", GM_RELATION_GT},
                {"=", GM_RELATION_EQ}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = strlen(rows[i].text);
        if (!strncmp(text, rows[i].text, size)) {
            *relation = rows[i].relation;
            return size;
        }
    }
    return 0;
}

static const char *skip_space(const char *text)
{
    while (gm_ascii_is_space(*text))
        text++;
    return text;
}

static bool add_clause(gm_spec *spec, gm_relation relation, gm_version version)
{
    if (spec->clause_count == GM_SPEC_CLAUSES)
        return false;
    spec->clauses[spec->clause_count].relation = relation;
    spec->clauses[spec->clause_count++].version = version;
    return true;
}

/* "~=2.9.1" and "==2.9.*": from a version on, as long as the first `parts` of it stay. */
static bool add_series(gm_spec *spec, gm_version from, unsigned parts)
{
    gm_version end = from;
    if (parts == 0)
        return false;
    end.count = (uint8_t)parts;
    end.part[parts - 1]++;
    for (unsigned i = parts; i < GM_VERSION_PARTS; i++)
        end.part[i] = 0;
    return add_clause(spec, GM_RELATION_GE, from) && add_clause(spec, GM_RELATION_LT, end);
}

/* One clause; NULL when it is none. */
static const char *read_clause(const char *at, gm_arena *arena, gm_spec *spec)
{
    gm_relation relation = GM_RELATION_EQ;
    gm_version version;
    bool compatible = !strncmp(at, "~=", 2);
    size_t used = compatible ? 2 : read_relation(at, &relation);
    if (!used)
        return NULL;
    at = skip_space(at + used);
    used = gm_version_read(at, &version);
    if (!used)
        return NULL;
    if (compatible)
        return add_series(spec, version, version.count - 1u) ? skip_space(at + used) : NULL;
    if (relation == GM_RELATION_EQ && !strncmp(at + used, ".*", 2))
        return add_series(spec, version, version.count) ? skip_space(at + used + 2) : NULL;
    size_t whole = used;
    while (name_char(at[whole]) || at[whole] == '+')
        whole++;
    if (!add_clause(spec, relation, version))
        return NULL;
    if (relation == GM_RELATION_EQ) {
        spec->version = gm_arena_text_n(arena, at, whole);
        const char *plus = spec->version ? strchr(spec->version, '+') : NULL;
        spec->variant = plus && plus[1] ? plus + 1 : NULL;
    }
    return skip_space(at + whole);
}

/* The name in its normal form (lower case, '-' for '_' and '.'); NULL without memory. */
static const char *normal_name(const char *text, size_t size, gm_arena *arena)
{
    char *name = gm_arena_text_n(arena, text, size);
    for (char *c = name; c && *c; c++)
        *c = *c == '_' || *c == '.' ? '-' : gm_ascii_lower(*c);
    return name;
}

/* Clauses with commas between them up to the end, a marker (';') or the bracket that closes them;
 * false where something else stands. */
static bool read_clauses(const char *at, gm_arena *arena, gm_spec *spec)
{
    bool closed = *at == '(';
    const char *ends = closed ? ";)" : ";";
    at += closed;
    while (*at && !strchr(ends, *at)) {
        at = read_clause(skip_space(at), arena, spec);
        if (at && *at == ',')
            at = skip_space(at + 1);
        else if (!at || (*at && !strchr(ends, *at)))
            return false;
    }
    return !closed || *at == ')';
}

gm_status gm_spec_parse(const char *text, gm_arena *arena, gm_spec *spec, gm_error *reterr)
{
    const char *at = skip_space(text);
    size_t size = 0;
    *spec = (gm_spec){0};
    while (name_char(at[size]))
        size++;
    spec->name = normal_name(at, size, arena);
    if (!spec->name)
        return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    if (!size || !read_clauses(skip_space(at + size), arena, spec))
        return gm_fail(reterr, GM_USAGE, "bad-requirement", text, GM_OFFSET_NONE);
    return GM_OK;
}

bool gm_spec_allows(const gm_spec *spec, const char *release)
{
    gm_version version;
    if (!gm_version_read(release, &version))
        return false;
    for (size_t i = 0; i < spec->clause_count; i++) {
        int order = gm_version_compare(version, spec->clauses[i].version);
        bool holds = true;
        switch (spec->clauses[i].relation) {
        case GM_RELATION_EQ:
            holds = order == 0;
            break;
        case GM_RELATION_NE:
            holds = order != 0;
            break;
        case GM_RELATION_LE:
            holds = order <= 0;
            break;
        case GM_RELATION_GE:
            holds = order >= 0;
            break;
        case GM_RELATION_LT:
            holds = order < 0;
            break;
        case GM_RELATION_GT:
            holds = order > 0;
            break;
        }
        if (!holds)
            return false;
    }
    return true;
}
