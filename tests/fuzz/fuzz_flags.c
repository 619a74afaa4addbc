/* SPDX-License-Identifier: MIT */
/* What people write about a machine, a line each: "gpu RTX 5060", "driver 576.02", "os linux",
 * "arch x86_64", "python 3.14t", "glibc 2.35", "module open", "code 8.0;9.0+PTX", "with
 * torch==2.9.1". */
#include "fuzz.h"

#include <string.h>

#include "api/run.h"
#include "model/spec.h"

#define GPUS_MAX 8

struct flags {
    const char *gpus[GPUS_MAX];
    const char *code;
    const char *with;
    gm_machine_options machine;
};

static const char *value_of(const char *line, const char *name)
{
    size_t size = strlen(name);
    return !strncmp(line, name, size) && line[size] == ' ' ? line + size + 1 : NULL;
}

static void take_line(struct flags *flags, const char *line)
{
    gm_machine_options *machine = &flags->machine;
    const struct {
        const char *name;
        const char **to;
    } places[] = {{"driver", &machine->driver}, {"module", &machine->kernel_module},
                  {"os", &machine->os},         {"arch", &machine->arch},
                  {"python", &machine->python}, {"glibc", &machine->glibc},
                  {"code", &flags->code},       {"with", &flags->with}};
    const char *gpu = value_of(line, "gpu");
    if (gpu && machine->gpu_count < GPUS_MAX)
        flags->gpus[machine->gpu_count++] = gpu;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (value_of(line, places[i].name))
            *places[i].to = value_of(line, places[i].name);
}

static bool discard(void *user, const char *data, size_t size)
{
    (void)user;
    (void)data;
    (void)size;
    return true;
}

static gm_status read_flags(gm_run *run, const struct flags *flags)
{
    gm_spec spec;
    gm_status status = gm_run_machine(run, &flags->machine);
    if (status == GM_OK && flags->code)
        status = gm_run_add_code(run, &flags->code, 1);
    if (status == GM_OK && flags->with)
        status = gm_run_add_build(run, flags->with);
    if (flags->with)
        gm_spec_parse(flags->with, run->arena, &spec, NULL);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct flags flags = {.machine = {.machine = "-", .gpus = flags.gpus}};
    gm_output output = {.size = sizeof output, .write = discard};
    gm_problem problem = {0};
    gm_run run;
    gm_arena *arena = gm_arena_new(0);
    for (char *text = fuzz_text(arena, (gm_span){data, size}); *text;)
        take_line(&flags, fuzz_line(&text));
    gm_status status = gm_run_begin(&run, &output, 0, 0);
    if (status == GM_OK)
        status = read_flags(&run, &flags);
    fuzz_require(status == GM_OK || status == GM_USAGE);
    gm_run_end(&run, status, &problem);
    fuzz_require(status == GM_OK || (problem.message && strncmp(problem.message, "error.", 6)));
    gm_problem_free(&problem);
    gm_arena_free(arena);
    return 0;
}
