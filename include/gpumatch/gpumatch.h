/* SPDX-License-Identifier: MIT */
/* libgpumatch: will this GPU program run on this GPU with this driver, and if not, what to do?
 *
 * The library never prints, exits, opens a network connection, loads or runs what it inspects, and
 * keeps no mutable globals. Every call takes plain option structures whose first member is their
 * size (set it with GM_OPTIONS_INIT), returns a status, and fills a gm_problem when it fails.
 *
 * Text arguments are UTF-8; paths too, on every system. */
#ifndef GPUMATCH_GPUMATCH_H
#define GPUMATCH_GPUMATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpumatch/status.h"

#if defined(__GNUC__) && !defined(_WIN32)
#define GM_API __attribute__((visibility("default")))
#else
#define GM_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0", and the date of the newest table row, "2026-11-22". */
GM_API const char *gm_version_text(void);
GM_API const char *gm_data_date(void);

/* What went wrong, as a value. `code` is stable ("bad-gpu"), `message` a sentence in the language
 * that the caller asked for; both belong to the problem. Zero it before the first use, free it
 * with gm_problem_free after a failed call. */
typedef struct gm_problem {
    gm_status status;
    const char *code;
    char *message;
    char *hint;    /* what to do next; NULL when there is nothing to add */
    char *subject; /* what it is about: a path, an option's value; "" none */
} gm_problem;
GM_API void gm_problem_free(gm_problem *problem);

/* Where answers go, in pieces. Return false to stop (disk full, closed pipe): GM_IO. */
typedef bool (*gm_output_fn)(void *user, const char *data, size_t size);

typedef enum gm_format { GM_FORMAT_TEXT, GM_FORMAT_JSON } gm_format;

typedef struct gm_output {
    size_t size; /* sizeof(gm_output) */
    gm_output_fn write;
    void *user;
    gm_format format;
    const char *lang; /* "en", "zh", "zh_CN.UTF-8"; NULL or unknown: English */
    unsigned columns; /* of a terminal, for text; 0 = 80 */
    int verbose;      /* -1 verdict line only, 0, 1 with proof */
    bool color;
    /* Long work tells how far it is and asks whether to stop; may be NULL. */
    void (*progress)(void *user, const char *path, uint64_t done_bytes, uint64_t total_bytes);
    bool (*cancelled)(void *user);
    void *progress_user;
} gm_output;

/* Newer tables: `data` in the options below is a directory of files as in data/ of the sources
 * ("torch_builds.tsv" …), whose rows are laid over the built-in ones: a row with the key of another
 * replaces it. NULL: the directory `data` in the user's configuration of gpumatch
 * ($XDG_CONFIG_HOME/gpumatch, ~/.config/gpumatch, %APPDATA%\\gpumatch), where there is one; "-":
 * the built-in tables alone. A file that is wrong is GM_USAGE. */

/* The machine in question. All members may be NULL or 0: then it is this machine. */
typedef struct gm_machine_options {
    const char *machine;     /* "-": nothing detected, the rest says all; else a file of gather */
    const char *const *gpus; /* "RTX 5060 Laptop", "sm_120", "gfx1100", "10de:2d19", "none" */
    size_t gpu_count;
    const char *driver;        /* "576.02" or "none" */
    const char *kernel_module; /* "open" or "closed" */
    const char *os;            /* "linux", "windows", "macos", "wsl" */
    const char *arch;          /* "x86_64", "aarch64" */
    const char *python;        /* "3.11", "3.14t" */
    const char *glibc;         /* "2.35" */
} gm_machine_options;

typedef struct gm_check_options {
    size_t size;
    const char *data; /* directory of newer tables; NULL, "-" */
    gm_machine_options machine;
    const char *env;         /* environment directory; NULL: the active one */
    bool read;               /* of it, also libraries that gpumatch knows by RECORD's hash */
    const char *const *with; /* "torch==2.7.1+cu118": builds that are not installed yet */
    size_t with_count;
    const char *const *code; /* "sm_80;sm_90 compute_90:ptx8.7:zstd" */
    size_t code_count;
    const char *const *paths; /* files or directories */
    size_t path_count;
} gm_check_options;

typedef struct gm_scan_options {
    size_t size;
    const char *data; /* directory of newer tables; NULL, "-" */
    const char *const *paths;
    size_t path_count;
    bool images;         /* list every image */
    bool deep;           /* look into images, and for code outside of the sections made for it */
    bool modules;        /* list every module */
    bool sizes;          /* bytes by target and library */
    bool diff;           /* compare two paths, the older first; none of the others with it */
    const char *require; /* "sm_80 sm_90;10.0+PTX RTX 5060"; NULL */
    bool forward_only;   /* read files as a stream, as a compressed archive member is read */
} gm_scan_options;

typedef struct gm_pick_options {
    size_t size;
    const char *data; /* directory of newer tables; NULL, "-" */
    gm_machine_options machine;
    const char *const *names; /* "torch", "torch==2.10.0", "torchvision" */
    size_t name_count;
    const char *platform;  /* "cu128", "rocm7.1", "xpu", "cpu"; NULL: whatever fits */
    const char *channel;   /* "stable" (NULL), "nightly" */
    const char *installer; /* "pip" (NULL), "uv", … */
} gm_pick_options;

typedef struct gm_explain_options {
    size_t size;
    const char *data; /* directory of newer tables; NULL, "-" */
    gm_machine_options machine;
    bool here;        /* use facts of this machine for what the text does not say */
    const char *text; /* UTF-8, any length */
    size_t text_size;
} gm_explain_options;

typedef struct gm_show_options {
    size_t size;
    const char *data;  /* directory of newer tables; NULL, "-" */
    const char *table; /* "gpus", "archs", "toolkits", "drivers", "builds", "errors", "libraries" */
    const char *const *words; /* all of which a row must fit: "sm_61", "linux", "cu128", "5060" */
    size_t word_count;
} gm_show_options;

typedef struct gm_info_options {
    size_t size;
    const char *data; /* directory of newer tables; NULL, "-" */
    gm_machine_options machine;
} gm_info_options;

typedef struct gm_gather_options {
    size_t size;
    const char *data; /* directory of newer tables; NULL, "-" */
    const char *env;  /* environment directory; NULL: the active one */
    bool read;        /* as in gm_check_options */
} gm_gather_options;

/* Each writes exactly one report to `output` and sets `*ret_exit` to the exit status of the program
 * for it (0 yes, 1 a clear no, 3 damaged input, 4 cannot tell, 5 system error). On a status other
 * than GM_OK no report was written (or, GM_IO of the output, not all of it) and `problem` says why.
 * `output->lang` also decides the language of `problem`. */
GM_API gm_status gm_check(const gm_check_options *options, const gm_output *output, int *ret_exit,
                          gm_problem *problem);
GM_API gm_status gm_scan(const gm_scan_options *options, const gm_output *output, int *ret_exit,
                         gm_problem *problem);
GM_API gm_status gm_pick(const gm_pick_options *options, const gm_output *output, int *ret_exit,
                         gm_problem *problem);
GM_API gm_status gm_explain(const gm_explain_options *options, const gm_output *output,
                            int *ret_exit, gm_problem *problem);
GM_API gm_status gm_show(const gm_show_options *options, const gm_output *output, int *ret_exit,
                         gm_problem *problem);
GM_API gm_status gm_info(const gm_info_options *options, const gm_output *output, int *ret_exit,
                         gm_problem *problem);

/* Writes this machine and its environment as one JSON file, without names and serial numbers, for
 * gm_machine_options.machine of another computer; `output->format` does not matter. */
GM_API gm_status gm_gather(const gm_gather_options *options, const gm_output *output, int *ret_exit,
                           gm_problem *problem);

#ifdef __cplusplus
}
#endif
#endif
