/* SPDX-License-Identifier: MIT */
/* What is installed in a Python environment, from its files. Python is never run, and the tree is
 * never walked: RECORD says what there is. */
#ifndef GM_PACKAGE_ENVIRONMENT_H
#define GM_PACKAGE_ENVIRONMENT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/keys.h"
#include "catalog/catalog.h"
#include "model/finding.h"
#include "model/machine.h"

/* A file that a package's RECORD names. */
typedef struct gm_recorded {
    const char *path;
    const char *sha256;  /* as RECORD writes it, base64url without padding; NULL not recorded */
    uint64_t size_bytes; /* recorded too, where sha256 is */
} gm_recorded;

typedef struct gm_installed {
    const char *name;    /* normalised: lower case, '-' */
    const char *version; /* as METADATA has it, "2.9.1+cu128" */
    const char *asks;    /* for the package that has builds: 'torch==2.9.1'; NULL none */
    const char *path;    /* of its .dist-info folder, or of its file in conda-meta */
    const char *site;    /* the folder that holds it */
    const char *build;   /* of a conda package, "py3.11_cuda12.4_0"; NULL none */
    const char *channel; /* of a conda package; NULL none or unknown */
    bool gone;           /* recorded, but its files are not there */
    size_t found_as;     /* the how manyth it was found */
    GM_LIST(const char *) gpu_files; /* bare GPU code that RECORD names: not loaded by the loader */
    GM_LIST(gm_recorded) libraries;  /* its shared libraries, in the order of RECORD */
} gm_installed;

typedef struct gm_environment {
    GM_LIST(const char *) sites; /* folders with packages, in the order in which Python looks */
    gm_python python;
    const char *image_root; /* of the unpacked image that it lies in; NULL: of this machine */
    bool is_virtual;        /* made by venv or the like */
    const char *unread;     /* a folder or file that could not be read to its end; NULL none */
    GM_LIST(gm_installed) packages; /* by name; of two with one name, the one that Python loads */
} gm_environment;

/* Told of each package once its libraries are listed, while others are still being read; `index` is
 * its place in the list. False ends the reading with GM_MEMORY. */
typedef struct gm_installed_listener {
    bool (*found)(void *user, const gm_installed *installed, size_t index);
    void *user;
} gm_installed_listener;

/* Finds the environment `directory` (its root, its python, its site-packages, or the root of an
 * unpacked image), or with NULL the one that a plain `python` would use here, and reads what is
 * installed there. No environment of one's own is no error: there are no sites then. What cannot
 * be read, is there twice, or is left over becomes a finding and the rest is read. Errors: GM_IO
 * "not-an-environment" for a `directory` that is none, or the error of gm_os_list for one that
 * cannot be listed; GM_MEMORY. */
gm_status gm_environment_read(const gm_catalog *catalog, const gm_key_reader *keys,
                              const char *directory, gm_arena *arena,
                              gm_environment *ret_environment, gm_finding_list *findings,
                              const gm_installed_listener *listener, gm_error *reterr);

#endif
