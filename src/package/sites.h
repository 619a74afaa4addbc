/* SPDX-License-Identifier: MIT */
/* Where a Python environment keeps its packages. Internal to `package`. */
#ifndef GM_PACKAGE_SITES_H
#define GM_PACKAGE_SITES_H

#include "base/keys.h"
#include "package/environment.h"

/* The search for an environment: what it is found with, and what it fills. */
typedef struct gm_site_search {
    const gm_key_reader *keys; /* links, PATH, the active environment */
    gm_arena *arena;
    gm_environment *environment;
    bool python_known; /* its version was said, and is not to be guessed from folders */
} gm_site_search;

/* Fills prefix, Python version and sites from `path`: the root of an environment, a python
 * executable, a site-packages folder, or the root of an unpacked image. False when it is none. */
bool gm_sites_find(gm_site_search *search, const char *path);

/* The environment that a plain `python` would use here: the active one, the `.venv` of the project
 * in the current directory or above, the first python on the PATH. False when there is none. */
bool gm_sites_find_active(gm_site_search *search);

/* Adds the folder `path`, unless it is there already or is no folder; false without memory. */
bool gm_sites_add(gm_site_search *search, const char *path);

/* Adds the folders that the text of a .pth file in `site` names
 * (https://docs.python.org/3/library/site.html); false without memory. */
bool gm_sites_add_pth(gm_site_search *search, const char *site, const char *text);

/* As gm_os_read_file; `arena` notes that there was no memory, for those who can do without. */
gm_status gm_package_read(const char *path, gm_arena *arena, gm_text *text, gm_error *reterr);

/* A small file as arena text; NULL when it cannot be read (reterr may be NULL). */
const char *gm_package_text(const char *path, gm_arena *arena, gm_error *reterr);

#endif
