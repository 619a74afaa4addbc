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

/* Which sequence of worlds is drawn. */
void seed_worlds(unsigned part);

/* Before all others (a cmocka fixture). */
int collect_tables(void **state);
int forget_tables(void **state); /* after all others */
const struct drivers *drivers_for(gm_os os);
void set_driver(gm_machine *machine, const char *text);
void set_listed_driver(gm_machine *machine, size_t place); /* of drivers_for(machine->os) */

bool has_nvidia(const gm_machine *machine);
bool has_tegra(const gm_machine *machine);
/* A build as the packages to be judged, made once. */
const gm_package_list *build_as_packages(const gm_build *build);

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
