/* SPDX-License-Identifier: MIT */
/* What conda has recorded in PREFIX/conda-meta: one NAME-VERSION-BUILD.json a package. Internal to
 * `package`. */
#ifndef GM_PACKAGE_CONDA_H
#define GM_PACKAGE_CONDA_H

#include "catalog/catalog.h"
#include "package/environment.h"

/* Is there a conda-meta in `prefix`? */
bool gm_conda_is(const char *prefix, gm_arena *arena);

/* Adds what conda knows to `environment`: its Python, builds and channels of packages that are
 * there, and libraries that lie outside Python's folders (conda-forge keeps torch's in lib). A
 * prefix without conda-meta is left as it is. False without memory. */
bool gm_conda_read(const gm_catalog *catalog, gm_environment *environment, gm_arena *arena);

#endif
