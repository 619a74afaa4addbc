/* SPDX-License-Identifier: MIT */
/* ELF64, little-endian, as far as GPU code needs it (System V gABI, chapters "Object Files" and
 * "Program Loading"; psABI supplements of x86_64 and aarch64 for the relocation numbers).
 *
 * All reading goes through a gm_reader, so the same code serves a file and the parts that were
 * kept of a stream. What does not fit together is noted and the rest is read. */
#ifndef GM_HOSTFILE_ELF_H
#define GM_HOSTFILE_ELF_H

#include "base/context.h"
#include "base/reader.h"
#include "model/damage.h"

#define GM_ELF_HEADER_BYTES  ((size_t)64)
#define GM_ELF_SEGMENT_BYTES ((size_t)56)
#define GM_ELF_BUILD_ID_MAX  ((size_t)64)
#define GM_ELF_NOTES_MAX     ((size_t)4)
/* p_type */
enum { GM_ELF_PT_LOAD = 1, GM_ELF_PT_DYNAMIC = 2, GM_ELF_PT_NOTE = 4 };

/* e_machine */
enum { GM_ELF_X86_64 = 62, GM_ELF_AARCH64 = 183, GM_ELF_CUDA = 190, GM_ELF_AMDGPU = 224 };

/* The header, which the first 64 bytes hold. */
typedef struct gm_elf_header {
    bool is_elf;
    bool supported; /* 64-bit, little-endian */
    uint16_t type, machine;
    uint64_t segments_offset, sections_offset;
    uint16_t segment_bytes, segment_count;
    uint16_t section_bytes, section_count, names_index;
} gm_elf_header;

void gm_elf_header_read(gm_span head, gm_elf_header *ret_header);

/* Relocations that set a pointer to the load address plus their addend (psABI). */
#define GM_ELF_R_X86_64_RELATIVE  8u
#define GM_ELF_R_AARCH64_RELATIVE 1027u

/* "x86_64", "aarch64"; NULL for other machines. */
const char *gm_elf_arch(const gm_elf_header *header);

/* How big the table of section headers can be at most, for a reader that must keep it before it
 * knows (with extended numbering the count stands in the table itself). */
uint64_t gm_elf_sections_bound(const gm_elf_header *header, const gm_limits *limits);

/* What a section is to us; the name is a literal, as it stands in the file. */
typedef enum gm_elf_role {
    GM_ELF_FATBIN,    /* containers that the CUDA runtime registers */
    GM_ELF_RELFATBIN, /* containers of relocatable code that were linked into one of the former */
    GM_ELF_RECORDS,   /* registration records */
    GM_ELF_HIP        /* AMD code: not read by this version */
} gm_elf_role;

typedef struct gm_elf_section {
    gm_elf_role role;
    const char *name;
    uint64_t offset, bytes, address;
} gm_elf_section;

/* A part of the file that is loaded at an address. */
typedef struct gm_elf_segment {
    uint64_t offset, bytes, address;
} gm_elf_segment;

/* Reads one program header; false when `bytes` are too few. */
bool gm_elf_segment_read(gm_span bytes, uint32_t *ret_type, gm_elf_segment *ret_segment);

typedef struct gm_elf {
    gm_elf_header header;
    uint64_t file_bytes;
    bool has_sections; /* false: stripped, cut off, or damaged: then segments say where to look */
    GM_LIST(gm_elf_section) sections; /* with a role, in the order of the file's table */
    GM_LIST(gm_elf_segment) segments; /* PT_LOAD with bytes in the file */
    gm_elf_segment dynamic;           /* bytes 0: none */
    gm_elf_segment notes[GM_ELF_NOTES_MAX];
    size_t note_count;
    const char *build_id; /* hex in the arena; NULL none */
} gm_elf;

/* Reads header, segments, sections and build id. GM_UNSUPPORTED for 32-bit, big-endian and other
 * machines ("elf-unsupported"), otherwise only errors of the source and GM_MEMORY. */
gm_status gm_elf_read(const gm_context *context, gm_reader *reader, uint64_t file_bytes,
                      gm_arena *arena, gm_elf *ret_elf, gm_damage_list *damage, gm_error *reterr);

/* The offset in the file of what is loaded at `address`; UINT64_MAX when nothing of the file is. */
uint64_t gm_elf_offset_of(const gm_elf *elf, uint64_t address);

/* What a shared object asks the loader for. */
typedef struct gm_elf_needs {
    GM_LIST(const char *) needed; /* names of libraries */
    const char *run_path;         /* folders to look in, as they stand; NULL none */
} gm_elf_needs;

/* Reads the dynamic section; what makes no sense there is left out. Errors: those of the source,
 * GM_MEMORY. */
gm_status gm_elf_needs_read(gm_reader *reader, const gm_elf *elf, gm_arena *arena,
                            gm_elf_needs *ret_needs, gm_error *reterr);

/* One registration record: the container at `container` (offset in the file) is handed to the
 * CUDA runtime at start-up. */
typedef struct gm_elf_record {
    uint64_t address;   /* of the record */
    uint64_t container; /* UINT64_MAX: points to nothing in the file */
    uint32_t version;   /* 1 as compiled, 2 result of device linking */
    bool relocated;     /* the pointer was found in a relocation */
} gm_elf_record;
typedef GM_LIST(gm_elf_record) gm_elf_records;

#define GM_ELF_RECORD_BYTES ((size_t)24)
#define GM_ELF_RECORD_MAGIC 0x466243b1u

/* Is `bytes` the beginning of a registration record? */
bool gm_elf_is_record(gm_span bytes);

/* Reads the records of all GM_ELF_RECORDS sections; without section headers those at `places`
 * (offsets in the file, ascending). Pointers come from relocations, else from the record itself.
 * The result is sorted by `container`. */
gm_status gm_elf_records_read(const gm_context *context, gm_reader *reader, gm_arena *arena,
                              const gm_elf *elf, const uint64_t *places, size_t place_count,
                              gm_elf_records *ret_records, gm_damage_list *damage,
                              gm_error *reterr);

/* Does a relocation that sets a pointer, with its addend, begin here? For readers that must decide
 * what to keep of a stream: `words` are three numbers in a row, 24 bytes. */
bool gm_elf_maybe_relocation(const uint64_t words[3]);

#endif
