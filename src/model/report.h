/* SPDX-License-Identifier: MIT */
/* Packages, verdicts, advice: what a check, pick or explain comes to. Plain data. */
#ifndef GM_MODEL_REPORT_H
#define GM_MODEL_REPORT_H

#include "model/code.h"
#include "model/finding.h"
#include "model/machine.h"

typedef enum gm_verdict {
    GM_VERDICT_RUNS,
    GM_VERDICT_RUNS_JIT,
    GM_VERDICT_UNKNOWN,
    GM_VERDICT_PARTLY,
    GM_VERDICT_NO
} gm_verdict; /* worst last */
const char *gm_verdict_token(gm_verdict verdict);

typedef enum gm_evidence_grade {
    GM_EVIDENCE_BINARY,
    GM_EVIDENCE_SCANNED,
    GM_EVIDENCE_CATALOG,
    GM_EVIDENCE_METADATA,
    GM_EVIDENCE_STATED
} gm_evidence_grade;
const char *gm_evidence_grade_token(gm_evidence_grade grade);

typedef enum gm_code_origin {
    GM_ORIGIN_UNKNOWN,
    GM_ORIGIN_EMBEDDED,
    GM_ORIGIN_COMPILES,
    GM_ORIGIN_NONE
} gm_code_origin;
const char *gm_code_origin_token(gm_code_origin origin); /* NULL for unknown */

typedef enum gm_coverage { GM_COVERAGE_NONE, GM_COVERAGE_SOME, GM_COVERAGE_ALL } gm_coverage;
const char *gm_coverage_token(gm_coverage coverage);

typedef enum gm_via { GM_VIA_NOTHING, GM_VIA_SASS, GM_VIA_PTX } gm_via;
const char *gm_via_token(gm_via via); /* NULL for nothing */

/* A set of codes, in the order of the enumeration. */
typedef struct gm_code_set {
    bool has[GM_CODE_COUNT];
} gm_code_set;

typedef struct gm_library_outcome {
    const gm_library *library;
    gm_coverage coverage;
    gm_via via;
} gm_library_outcome;

/* One package on one device. */
typedef struct gm_device_outcome {
    int device;
    gm_verdict verdict;
    gm_via via;
    gm_coverage coverage;
    gm_code_set reasons;
    size_t lacking; /* libraries that have nothing for the device, although the package serves it */
    gm_library_outcome *libraries; /* as many as the package has */
} gm_device_outcome;

typedef struct gm_package {
    const char *name;
    const char *version; /* with local version: "2.7.1+cu118"; NULL unknown */
    const char *variant; /* "cu118", "rocm6.4", "xpu", "cpu"; NULL unknown */
    gm_version cuda;     /* toolkit it was built with; count 0 unknown */
    bool cuda_guessed;   /* true: from the code (PTX ISA), not from a name or table row */
    const char *label;   /* message id that stands for name and version in sentences; NULL none */
    size_t missing;      /* libraries that it lists and that are not there */
    const char *first_missing;
    const char *asks;  /* for another package, \"torch==2.9.1\"; NULL none */
    bool linked;       /* a library of it needs one of that package */
    const char *unmet; /* a library of NVIDIA's that it needs and that is nowhere; NULL none */
    const char *unmet_sibling; /* path of another release of it that is there; NULL none */
    const char *unmet_by;      /* the library that needs it */
    bool unmet_core;           /* without which nothing of the package runs */
    const char *component; /* a library of NVIDIA's with a table of its own ("cudnn"); NULL none */
    bool brings_math;      /* relies on cuBLAS and cuDNN of its own toolkit (rule 11) */
    bool unlisted;         /* no table knows the package */
    bool part;             /* comes along with other packages (nvidia-*) */
    const char *build;     /* of a conda package; NULL none */
    const char *channel;   /* of a conda package; NULL none */
    size_t build_row;      /* of the catalogue, counted from 1, that it was made of; 0 none */
    bool installed; /* lies in an environment: Python, libc and platform have proved to fit */
    gm_evidence_grade evidence;
    gm_code_origin origin;
    const char *path;           /* dist-info or file; NULL none */
    GM_LIST(const char *) tags; /* of a wheel: "cp311-cp311-manylinux_2_28_x86_64" */
    const char *source;         /* of the evidence, shown with -v */
    gm_confidence confidence;
    GM_LIST(gm_library) libraries;
    gm_verdict verdict;
    GM_LIST(gm_device_outcome) outcomes;
} gm_package;
typedef GM_LIST(gm_package) gm_package_list;

/* A copy of `from` in `arena`, without libraries and outcomes; false without memory. */
bool gm_package_copy(gm_arena *arena, const gm_package *from, gm_package *to);

#define GM_ACTIONS(X)                                                                              \
    X(INSTALL, "install")                                                                          \
    X(UPGRADE_DRIVER, "upgrade-driver")                                                            \
    X(DOWNGRADE_DRIVER, "downgrade-driver")                                                        \
    X(HIDE_DEVICES, "hide-devices")                                                                \
    X(SET_ENV, "set-env")                                                                          \
    X(UNSET_ENV, "unset-env")                                                                      \
    X(CHANGE_PYTHON, "change-python")                                                              \
    X(CHANGE_IMAGE, "change-image")                                                                \
    X(BUILD_FROM_SOURCE, "build-from-source")                                                      \
    X(USE_CPU, "use-cpu")                                                                          \
    X(GRANT_ACCESS, "grant-access")                                                                \
    X(REBOOT, "reboot")                                                                            \
    X(NOTHING, "nothing")                                                                          \
    X(ASK, "ask")

typedef enum gm_action {
#define GM_ENUM(name, token) GM_ACTION_##name,
    GM_ACTIONS(GM_ENUM)
#undef GM_ENUM
} gm_action;
const char *gm_action_token(gm_action action);

typedef struct gm_install {
    const char *name;
    const char *version; /* concrete release, without local version */
    const char *variant;
    const char *index; /* URL or NULL for PyPI */
} gm_install;

typedef struct gm_pair {
    const char *name;
    const char *value;
} gm_pair;

typedef struct gm_command {
    const char *shell; /* "sh", "cmd", "powershell" */
    const char *text;
} gm_command;

typedef struct gm_advice {
    gm_action action;
    const char *why; /* message id "advice.…" */
    gm_args args;
    bool proven; /* false: proof is null */
    gm_verdict proof;
    GM_LIST(gm_pair) assumes;
    GM_LIST(gm_install) installs;
    const char *driver_min;
    const char *driver_max;
    GM_LIST(gm_pair) env;
    GM_LIST(int) hide_devices;
    GM_LIST(gm_command) commands;
} gm_advice;
typedef GM_LIST(gm_advice) gm_advice_list;

/* What check, pick and explain come to. */
typedef struct gm_result {
    gm_machine machine;
    gm_package_list packages;
    bool has_environment;  /* packages of a Python environment are among them */
    size_t other_packages; /* of the environment, that neither carry nor make GPU code */
    gm_finding_list findings;
    gm_advice_list advice;
    bool judged; /* verdict means something */
    gm_verdict verdict;
    bool complete;
} gm_result;

#endif
