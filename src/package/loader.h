/* SPDX-License-Identifier: MIT */
/* Where the loader finds the libraries that a library of an environment needs (man ld.so;
 * "Dynamic-link library search order", Microsoft), and where packages load them from themselves.
 * Nothing is loaded. */
#ifndef GM_PACKAGE_LOADER_H
#define GM_PACKAGE_LOADER_H

#include "package/environment.h"

typedef struct gm_loader {
    gm_arena *arena;
    GM_LIST(const char *) folders; /* looked in for every library */
} gm_loader;

/* Lists the folders of `environment`: its packages' nvidia/…/lib and torch/lib (which torch loads
 * from before it needs them), PATH of Windows, LD_LIBRARY_PATH, the prefix's lib, those of
 * /etc/ld.so.conf.d and the system's own. False without memory. */
bool gm_loader_begin(gm_loader *loader, const gm_key_reader *keys,
                     const gm_environment *environment, gm_arena *arena);

/* Is there a file for `name`, needed by the library at `path` whose run path is `run_path` (NULL
 * none)? */
bool gm_loader_finds(const gm_loader *loader, const char *name, const char *path,
                     const char *run_path);

/* A library of the same name and another number ("libcudart.so.13" for "libcudart.so.12"), in the
 * folders that all share; NULL when there is none. */
const char *gm_loader_sibling(const gm_loader *loader, const char *name);

#endif
