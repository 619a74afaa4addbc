/* SPDX-License-Identifier: MIT */
/* What all formats of host files come to, as far as GPU code needs it: the sections that are made
 * for it, where addresses lie in the file, and who the file is. One format = one file beside this
 * one, and its gm_host_format.
 *
 * All reading goes through a gm_reader, so the same code serves a file and the parts that were
 * kept of a stream. What does not fit together is noted and the rest is read. */
#ifndef GM_HOSTFILE_HOST_H
#define GM_HOSTFILE_HOST_H

#include "base/context.h"
#include "base/reader.h"
#include "model/damage.h"

/* What a section is to us. */
typedef enum gm_host_role {
    GM_HOST_FATBIN,    /* containers that the CUDA runtime registers */
    GM_HOST_RELFATBIN, /* containers of relocatable code that were linked into one of the former */
    GM_HOST_RECORDS,   /* registration records */
    GM_HOST_HIP,       /* AMD code: not read by this version */
    GM_HOST_OTHER      /* bytes that only a deep look goes through */
} gm_host_role;

typedef struct gm_host_section {
    gm_host_role role;
    const char *name; /* as it stands in the file: a literal, or in the arena */
    uint64_t offset, bytes, address;
} gm_host_section;

/* A part of the file that is loaded at an address. */
typedef struct gm_host_segment {
    uint64_t offset, bytes, address;
} gm_host_segment;

typedef struct gm_host {
    uint64_t file_bytes;
    const char *arch;     /* "x86_64", "aarch64" …; NULL: a processor that we have no name for */
    const char *build_id; /* hex in the arena; NULL none */
    bool has_sections;    /* false: stripped, cut off, or damaged: segments say where to look */
    bool big_endian;      /* its own tables; GPU code is little-endian always */
    bool relocatable;     /* an object file: its records point nowhere yet */
    size_t pointer_bytes; /* 8, or 4 in 32-bit files */
    GM_LIST(gm_host_section) sections; /* with a role, in the order of the file's table */
    GM_LIST(gm_host_segment) segments; /* with bytes in the file */
    gm_host_segment dynamic;           /* ELF: what the loader is told; bytes 0: none */
    uint32_t relative;                 /* ELF: the relocation that sets a pointer; 0 none */
    uint64_t image_base;               /* PE: what addresses are relative to */
    uint32_t imports, delay_imports;   /* PE: relative addresses of the tables; 0 none */
} gm_host;

/* What is handed around while one file is read. */
typedef struct gm_host_reading {
    const gm_context *context;
    gm_reader *reader;
    gm_arena *arena; /* of results */
    gm_damage_list *damage;
    gm_error *reterr;
    bool deep; /* list sections without a role of their own too */
} gm_host_reading;

/* What a file asks the loader for. */
typedef struct gm_host_needs {
    GM_LIST(const char *) needed; /* names of libraries */
    const char *run_path;         /* folders to look in, as they stand; NULL none */
    const char *soname;           /* what it calls itself; NULL nothing */
} gm_host_needs;

/* One registration record: the container at `container` (offset in the file) is handed to the
 * CUDA runtime at start-up. */
typedef struct gm_host_record {
    uint64_t address;   /* of the record */
    uint64_t container; /* UINT64_MAX: points to nothing in the file */
    uint32_t version;   /* 1 as compiled, 2 result of device linking */
    bool relocated;     /* the pointer was found in a relocation */
} gm_host_record;
typedef GM_LIST(gm_host_record) gm_host_records;

typedef struct gm_host_format {
    /* Reads what `ret_host` has. GM_UNSUPPORTED: looked like this format, but is something else.
     * Otherwise errors of the source and GM_MEMORY. */
    gm_status (*read)(const gm_host_reading *reading, uint64_t file_bytes, gm_host *ret_host);
    /* What makes no sense is left out. NULL: the format asks for nothing. */
    gm_status (*needs)(const gm_host_reading *reading, const gm_host *host,
                       gm_host_needs *ret_needs);
    /* Gives records the addresses that stand elsewhere; they are sorted by address. NULL: the
     * address in the record is final. */
    gm_status (*relocate)(const gm_host_reading *reading, const gm_host *host,
                          gm_host_records *records);
} gm_host_format;

gm_status gm_host_no_memory(const gm_host_reading *reading);
void gm_host_note(const gm_host_reading *reading, const char *id, uint64_t offset);

/* Cuts [offset, offset + *bytes) to the file, and notes it; false when nothing is left. */
bool gm_host_clip(const gm_host_reading *reading, uint64_t file_bytes, uint64_t offset,
                  uint64_t *bytes);

/* The role of a section whose name begins `name`, which ends at a zero byte or with the span.
 * `cut`: names of this table are cut to 8 bytes (PE). */
gm_host_role gm_host_role_of(gm_span name, bool cut);

/* Keeps a section; its name must live. */
gm_status gm_host_add_section(const gm_host_reading *reading, gm_host *host,
                              gm_host_section section);

/* The offset in the file of what is loaded at `address`; UINT64_MAX when nothing of the file is. */
uint64_t gm_host_offset_of(const gm_host *host, uint64_t address);
/* The other way; UINT64_MAX when it is not loaded. */
uint64_t gm_host_address_of(const gm_host *host, uint64_t offset);

/* The text at `offset` up to its zero byte, at most `most_bytes`; NULL when it does not end. */
gm_status gm_host_text(const gm_host_reading *reading, uint64_t offset, uint64_t most_bytes,
                       const char **ret_text);

/* Adds a name to what is needed; more than there can honestly be are left out. */
gm_status gm_host_need(const gm_host_reading *reading, gm_host_needs *needs, const char *name);

#define GM_HOST_RECORD_MAX_BYTES ((size_t)24)
#define GM_HOST_RECORD_MAGIC     0x466243b1u

/* Is `bytes` the beginning of a registration record, in either byte order? */
bool gm_host_is_record(gm_span bytes);

/* Reads the records of all GM_HOST_RECORDS sections; without section headers those at `places`
 * (offsets in the file, ascending). The result is sorted by `container`. */
gm_status gm_host_records_read(const gm_host_reading *reading, const gm_host_format *format,
                               const gm_host *host, const uint64_t *places, size_t place_count,
                               gm_host_records *ret_records);

#endif
