/* SPDX-License-Identifier: MIT */
/* Which containers count: those that follow each other in the sections made for them. The same
 * selection serves a file, where containers are read when asked for, and a stream, where all that
 * looked like one was noted on the way. */
#ifndef GM_SCAN_SELECT_H
#define GM_SCAN_SELECT_H

#include "base/context.h"
#include "base/reader.h"
#include "gpucode/fatbin.h"
#include "hostfile/host.h"
#include "model/damage.h"
#include "scan/pass.h"

/* Where containers come from. */
typedef struct gm_container_source {
    /* The container at `offset`, borrowed until the next call; NULL when none begins there. */
    gm_status (*at)(void *state, uint64_t offset, const gm_fatbin **ret_fatbin, gm_error *reterr);
    /* The first place of the magic in [from, end); `end` when there is none. */
    gm_status (*next)(void *state, uint64_t from, uint64_t end, uint64_t *ret_offset,
                      gm_error *reterr);
    void *state;
} gm_container_source;

/* Containers of a random source, read through `reader`; memory comes from `arena`. */
typedef struct gm_file_containers {
    const gm_context *context;
    gm_reader *reader;
    gm_arena *arena;
    uint64_t file_bytes;
    uint64_t last_look; /* offset of it */
    gm_fatbin fatbin;
} gm_file_containers;
gm_container_source gm_containers_of_file(gm_file_containers *file);

/* Containers that a pass found. */
gm_container_source gm_containers_of_pass(const gm_pass *pass);

/* Where to look. */
typedef struct gm_region {
    uint64_t offset, bytes;
    const char *section;          /* NULL none */
    gm_registration registration; /* of its modules, until records say more */
    bool exact;  /* holds containers and nothing else; otherwise they are searched for */
    bool strict; /* bytes of any kind: what is not wholly a container is none, and no damage */
} gm_region;

typedef struct gm_selection {
    const gm_context *context;
    gm_arena *arena;
    gm_library *library;
    gm_damage_list *damage;
    gm_container_source source;
    const gm_pass *pass;       /* a deep one: what payloads say; NULL */
    GM_LIST(uint8_t) has_code; /* gm_has_code of each image of the library */
    GM_LIST(uint8_t) whole;    /* of each module: all its images are listed */
} gm_selection;

/* Adds the modules of `region`, which must not begin before the end of the last one. */
gm_status gm_select_region(gm_selection *selection, const gm_region *region, gm_error *reterr);

/* Marks modules as registered or linked by `records` (sorted by container), then stubs.
 * `relfatbin`: the file holds the parts that were linked. */
void gm_select_classify(gm_selection *selection, const gm_host_records *records, bool relfatbin);

/* Adds the cubins of the pass that lie in one of `regions` (ascending) and in no module. */
gm_status gm_select_bare(gm_selection *selection, const gm_region *regions, size_t count,
                         gm_error *reterr);

#endif
