/* SPDX-License-Identifier: MIT */
/* The packages of a Python environment, their libraries read. */
#include "package/environment.h"

#include <string.h>

#include "api/run.h"
#include "catalog/catalog.h"
#include "os/files.h"
#include "os/keys.h"
#include "scan/scan.h"

static gm_status note_unreadable(gm_run *run, const char *path, const char *code)
{
    gm_finding *finding =
        gm_finding_add(run->arena, &run->result.findings, GM_CODE_UNREADABLE, GM_SEVERITY_WARNING);
    if (!finding)
        return gm_run_no_memory(run);
    gm_args_text(run->arena, &finding->args, "file", path);
    gm_args_message(run->arena, &finding->args, "reason",
                    gm_arena_printf(run->arena, "unreadable.%s", code));
    return GM_OK;
}

/* A library that RECORD names: its code, or why it could not be read. */
static gm_status add_library(gm_run *run, gm_package *package, const char *path)
{
    gm_source *source;
    gm_error error;
    gm_library library = {0};
    if (gm_os_path_kind(path) == GM_OS_NOTHING) {
        package->first_missing = package->missing++ ? package->first_missing : path;
        return GM_OK;
    }
    if (gm_os_open(path, &source, &error) != GM_OK)
        return note_unreadable(run, path, error.code);
    gm_status status =
        gm_scan_source(&run->context, source, path, run->arena, &library, &run->error);
    gm_source_close(source);
    return status == GM_OK ? gm_run_add_library(run, package, &library) : status;
}

static gm_status add_installed(gm_run *run, const gm_installed *installed)
{
    gm_package *package = GM_PUSH(run->arena, &run->result.packages);
    const char *plus = strchr(installed->version, '+');
    if (!package)
        return gm_run_no_memory(run);
    package->name = installed->name;
    package->version = installed->version;
    package->path = installed->dist_info;
    package->evidence = GM_EVIDENCE_BINARY;
    package->origin = GM_ORIGIN_EMBEDDED;
    package->installed = true;
    package->variant =
        plus ? plus + 1 : gm_run_default_variant(run, installed->name, installed->version);
    package->cuda = gm_catalog_variant_cuda(package->variant ? package->variant : "");
    package->brings_math = package->cuda.count > 0;
    gm_status status = GM_OK;
    for (size_t i = 0; status == GM_OK && i < installed->libraries.count; i++)
        status = add_library(run, package, installed->libraries.items[i]);
    return status;
}

gm_status gm_run_add_environment(gm_run *run, const char *directory)
{
    gm_key_reader keys = gm_os_keys();
    gm_environment environment;
    gm_status status = gm_environment_read(&keys, directory, run->arena, &environment,
                                           &run->result.findings, &run->error);
    gm_python *python = &run->result.machine.python;
    if (status != GM_OK || !environment.site_packages)
        return status;
    if (!python->version.count)
        *python = environment.python;
    python->prefix = environment.python.prefix;
    for (size_t i = 0; status == GM_OK && i < environment.packages.count; i++)
        status = add_installed(run, &environment.packages.items[i]);
    return status;
}
