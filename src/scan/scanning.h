/* SPDX-License-Identifier: MIT */
/* One file while it is read, and the list of formats. Internal to `scan`. */
#ifndef GM_SCAN_SCANNING_H
#define GM_SCAN_SCANNING_H

#include "base/reader.h"
#include "gpucode/sniff.h"
#include "hostfile/host.h"
#include "scan/scan.h"
#include "scan/select.h"

typedef struct gm_scanning {
    const gm_context *context;
    gm_source *source;
    gm_arena *arena;
    gm_arena *scratch; /* freed at the end */
    gm_reader *reader;
    gm_library *library;
    gm_damage_list damage;
    gm_span head;
    bool deep;
    gm_error *reterr;
} gm_scanning;

gm_status gm_scanning_no_memory(gm_scanning *s);

/* What a file of one kind is read by. */
typedef struct gm_scan_format {
    gm_file_kind kind;
    gm_status (*scan)(gm_scanning *s, const struct gm_scan_format *format);
    const gm_host_format *host; /* of host files */
    const gm_keeper *keeper;
    const char *unsupported; /* message "format.…" about what is not read */
} gm_scan_format;

/* Runs the pass over what is left of the source. */
gm_status gm_scanning_pass(gm_scanning *s, const gm_keeper *keeper, gm_pass *pass);

/* The selection of containers from a finished pass or, where `pass` is NULL, out of the file, read
 * through `file`, which is filled in. */
gm_selection gm_scanning_selection(gm_scanning *s, const gm_pass *pass, gm_file_containers *file);

/* Says where payloads and images disagree. */
gm_status gm_scan_payloads(gm_scanning *s);

gm_status gm_scan_host(gm_scanning *s, const gm_scan_format *format);
gm_status gm_scan_ar(gm_scanning *s, const gm_scan_format *format);

#endif
