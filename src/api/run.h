/* SPDX-License-Identifier: MIT */
/* What every question shares: one arena, one result, one way out. Internal to `api`. */
#ifndef GM_API_RUN_H
#define GM_API_RUN_H

#include "base/arena.h"
#include "base/context.h"
#include "base/error.h"
#include "base/json.h"
#include "catalog/catalog.h"
#include "gpumatch/gpumatch.h"
#include "model/explanation.h"
#include "model/report.h"
#include "report/report.h"

typedef struct gm_run {
    const gm_catalog *catalog; /* the tables that the answer rests on */
    const gm_output *output;
    gm_context context;
    gm_style style;
    gm_arena *arena;
    gm_arena *second_arena; /* of a second thread; NULL none */
    gm_error error;
    gm_result result;
    const struct gm_snapshot *snapshot; /* that stands for the machine; NULL none */
} gm_run;

/* Prepares a run; GM_MEMORY, or GM_USAGE when an option structure's size is not one we know. */
gm_status gm_run_begin(gm_run *run, const gm_output *output, size_t options_size,
                       size_t expected_size);

/* Lays the tables of a directory over the built-in ones: of `data`, with NULL of the user's
 * configuration; "-" none. GM_USAGE says which line is wrong. */
gm_status gm_run_tables(gm_run *run, const char *data);

/* Frees the run; on a status other than GM_OK turns its error into `problem`. Returns `status`. */
gm_status gm_run_end(gm_run *run, gm_status status, gm_problem *problem);

/* Writes the report of check, pick or explain. */
gm_status gm_run_report(gm_run *run, const char *schema, const gm_explained *explained);

/* "No memory" as an error of the run. */
gm_status gm_run_no_memory(gm_run *run);

/* Is something missing from the run's result, because there was no memory? */
bool gm_run_lacks_memory(const gm_run *run);

/* Writes a text and frees it; nothing, where memory is lacking. */
gm_status gm_run_write(gm_run *run, gm_text *text);

/* Ends a report in JSON that went straight to the output. */
gm_status gm_run_end_json(gm_run *run, gm_json *json);

/* The exit status a verdict stands for, damage considered. */
int gm_run_exit(const gm_run *run);

/* The machine that the options describe, into run->result.machine. */
gm_status gm_run_machine(gm_run *run, const gm_machine_options *options);

/* Facts of a machine: of the snapshot at path `machine`, which run->snapshot then is, or with NULL
 * of this one. */
gm_status gm_run_probe(gm_run *run, const char *machine, gm_machine *ret_machine);

/* The packages of the run's snapshot, in place of an environment. */
gm_status gm_run_add_snapshot(gm_run *run);

/* One device as people name it ("RTX 4090", "sm_120", "10de:2d19"); GM_USAGE for nonsense. */
gm_status gm_run_device(gm_run *run, const char *text, gm_device *device);

/* A driver as people write it ("576.02", "none"). */
gm_status gm_run_driver(gm_run *run, const char *text, gm_driver *driver);

/* Packages: a build that is not installed, a list of code, a file or directory, an environment
 * (`read_known`: libraries that a table knows are read all the same). */
gm_status gm_run_add_build(gm_run *run, const char *requirement);
gm_status gm_run_add_code(gm_run *run, const char *const *lists, size_t count);
gm_status gm_run_add_path(gm_run *run, const char *path);
gm_status gm_run_add_environment(gm_run *run, const char *directory, bool read_known);

/* A library that was read goes to a package: its findings to the report, a copy of its code (when
 * it has any) to the package, with what the catalogue knows of it. */
gm_status gm_run_add_library(gm_run *run, gm_package *package, const gm_library *library);

/* The same without a copy: what `library` points to lives as long as the run. */
gm_status gm_run_take_library(gm_run *run, gm_package *package, const gm_library *library);

/* Adds a library without its findings to a package, with what the catalogue knows of it; NULL
 * without memory. */
gm_library *gm_run_put_library(gm_run *run, gm_package *package, const gm_library *library);

/* The CUDA release that a package is made for, where the tables say it and its own libraries do
 * not, or say the major release only. */
void gm_run_set_cuda(gm_run *run, gm_package *package);

/* Adds a wheel to the packages of the run, with what is known of the package that it holds. */
gm_status gm_run_keep_package(gm_run *run, const gm_package *wheel);

/* The variant that plain `pip install NAME==VERSION` gives on the run's machine; NULL unknown. */
const char *gm_run_default_variant(gm_run *run, const char *name, const char *version);

#endif
