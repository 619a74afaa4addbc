/* SPDX-License-Identifier: MIT */
/* Machines and questions made of the tables' own rows, by a generator with a fixed seed. */
#ifndef GM_TESTS_WORLD_H
#define GM_TESTS_WORLD_H

#include "unit.h"

#include "advise/advise.h"

#define MOST_DRIVERS 160

/* Every driver version that the tables name for a system, ascending. */
struct drivers {
    const char *text[MOST_DRIVERS];
    gm_version version[MOST_DRIVERS];
    gm_version cuda[MOST_DRIVERS]; /* level */
    size_t count;
};

extern const gm_catalog *catalog; /* the built-in tables */

/* Before all others (a cmocka fixture). */
int collect_drivers(void **state);
const struct drivers *drivers_for(gm_os os);
void set_driver(gm_machine *machine, const char *text);

bool has_nvidia(const gm_machine *machine);
bool has_tegra(const gm_machine *machine);
/* Is a build one for this system and processor? */
bool has_row(const gm_machine *machine, const gm_build *build);

/* A machine, what is installed, what is asked for, and what is advised. */
struct world {
    gm_arena *arena;
    gm_result result;
    gm_spec spec;
    char spec_text[64];
    gm_advise_options options;
    gm_advised advised;
};

/* The next world, judged and advised; free its arena. */
void draw_world(struct world *world);
void advise(struct world *world);

#endif
