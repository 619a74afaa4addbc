/* SPDX-License-Identifier: MIT */
/* An installed package as one that is judged. Internal to `api`. */
#ifndef GM_API_INSTALLED_H
#define GM_API_INSTALLED_H

#include "api/run.h"
#include "catalog/catalog.h"
#include "package/environment.h"

/* "cu128", "rocm6.4", "cpu": by the local version, the build that conda recorded, or what a plain
 * `pip install` of this version gives here; NULL unknown. */
const char *gm_installed_variant(gm_run *run, const gm_installed *installed);

/* Fills `package`, without libraries. `row`: of packages.tsv, NULL none. */
void gm_installed_package(gm_run *run, const gm_installed *installed, const gm_package_row *row,
                          gm_package *package);

/* Sets the variant and what follows from it: the toolkit, and whether the package relies on its
 * libraries. */
void gm_installed_set_variant(gm_package *package, const char *variant);

/* The catalogue's code for a package whose own is in a form that is not read; false when there is
 * no row. */
bool gm_installed_from_catalog(gm_run *run, gm_package *package);

/* Those that people asked for first, what comes along with them last. */
void gm_installed_sort(gm_package_list *packages);

#endif
