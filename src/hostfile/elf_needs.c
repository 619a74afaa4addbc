/* SPDX-License-Identifier: MIT */
/* What a shared object asks the loader for (System V gABI, "Dynamic Section"). */
#include "hostfile/elf.h"

#define NAME_MAX ((uint64_t)4096) /* PATH_MAX of Linux; run paths are lists of such */

/* d_tag */
enum {
    DT_NULL,
    DT_NEEDED,
    DT_STRTAB = 5,
    DT_STRSZ = 10,
    DT_SONAME = 14,
    DT_RPATH = 15,
    DT_RUNPATH = 29
};

/* The table of names, in the file; no bytes when there is none. */
static gm_status find_names(const gm_host_reading *reading, const gm_host *host,
                            gm_host_segment *names)
{
    uint64_t tag, value, address = 0, bytes = 0;
    for (size_t i = 0;; i++) {
        gm_status status = gm_elf_dynamic_entry(reading, host, i, &tag, &value);
        if (status != GM_OK)
            return status;
        if (tag == DT_NULL)
            break;
        address = tag == DT_STRTAB ? value : address;
        bytes = tag == DT_STRSZ ? value : bytes;
    }
    names->offset = gm_host_offset_of(host, address);
    names->bytes = gm_range_ok(names->offset, bytes, host->file_bytes) ? bytes : 0;
    return GM_OK;
}

static gm_status take(const gm_host_reading *reading, const gm_host_segment *names, uint64_t tag,
                      uint64_t value, gm_host_needs *needs)
{
    const char *name;
    bool matters = tag == DT_NEEDED || tag == DT_RPATH || tag == DT_RUNPATH || tag == DT_SONAME;
    if (!matters || value >= names->bytes)
        return GM_OK;
    uint64_t room = names->bytes - value;
    gm_status status =
        gm_host_text(reading, names->offset + value, room < NAME_MAX ? room : NAME_MAX, &name);
    if (status != GM_OK || !name)
        return status;
    if (tag == DT_NEEDED)
        return gm_host_need(reading, needs, name);
    if (tag == DT_SONAME)
        needs->soname = name;
    else if (tag == DT_RUNPATH || !needs->run_path) /* RUNPATH rules out RPATH */
        needs->run_path = name;
    return GM_OK;
}

gm_status gm_elf_needs_read(const gm_host_reading *reading, const gm_host *host,
                            gm_host_needs *ret_needs)
{
    gm_host_segment names = {0};
    uint64_t tag, value;
    *ret_needs = (gm_host_needs){0};
    gm_status status = find_names(reading, host, &names);
    for (size_t i = 0; status == GM_OK && names.bytes; i++) {
        status = gm_elf_dynamic_entry(reading, host, i, &tag, &value);
        if (status == GM_OK && tag == DT_NULL)
            break;
        if (status == GM_OK)
            status = take(reading, &names, tag, value, ret_needs);
    }
    return status;
}
