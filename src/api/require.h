/* SPDX-License-Identifier: MIT */
#ifndef GM_API_REQUIRE_H
#define GM_API_REQUIRE_H

#include "catalog/catalog.h"
#include "model/code.h"

/* Does `library` cover every entry of `required`? By machine code unless the entry is PTX; a
 * self-dispatching library needs each at least in some module. Each miss becomes a finding. */
bool gm_require_check(const gm_catalog *catalog, const gm_library *library,
                      const gm_library *required, gm_arena *arena, gm_finding_list *findings);

#endif
