/* SPDX-License-Identifier: MIT */
#include "machine.h"
#include "catalog/catalog.h"

struct seen look(const gm_key_row *rows)
{
    struct seen seen = {.arena = gm_arena_new(0)};
    gm_finding_list findings = {0};
    gm_key_reader keys = gm_key_table(rows);
    assert_int_equal(
        gm_probe_machine(gm_catalog_builtin(), &keys, seen.arena, &seen.machine, &findings), GM_OK);
    return seen;
}
