/* SPDX-License-Identifier: MIT */
/* ZIP archives (wheels). The directory is read once, by libzip, into plain data; a member is then a
 * source over the archive's own source: a stored one is read in place, at any offset, a compressed
 * one as a stream, forward only. Nothing is ever unpacked. An open archive does not change, so
 * threads may read its members, each through a reader of its own. */
#ifndef GM_STORE_ARCHIVE_H
#define GM_STORE_ARCHIVE_H

#include "base/arena.h"
#include "base/context.h"
#include "base/source.h"
#include "model/damage.h"

/* What can be wrong with a member as the directory and its own header describe it: bit, id of a
 * message "damage.<id>", can it be read all the same? */
#define GM_MEMBER_PROBLEMS(X)                                                                      \
    X(NAME, "member-name", true)                                                                   \
    X(DUPLICATE, "member-duplicate", false)                                                        \
    X(HEADER, "member-header", true)                                                               \
    X(LOST, "member-lost", false)                                                                  \
    X(OVERLAP, "member-overlap", false)                                                            \
    X(ENCRYPTED, "member-encrypted", false)                                                        \
    X(METHOD, "member-method", false)                                                              \
    X(SIZE, "member-size", true)

typedef enum gm_member_problem {
#define GM_ENUM(name, id, readable) GM_MEMBER_##name,
    GM_MEMBER_PROBLEMS(GM_ENUM)
#undef GM_ENUM
        GM_MEMBER_PROBLEM_COUNT
} gm_member_problem;

typedef struct gm_member {
    const char *name;      /* as the archive has it, bytes of any kind */
    uint64_t size_bytes;   /* uncompressed, as declared */
    uint64_t stored_bytes; /* compressed */
    uint64_t data_offset;  /* of its bytes in the archive */
    uint64_t place;        /* in the directory */
    uint32_t crc32;
    bool deflated;     /* otherwise stored as it is */
    unsigned problems; /* set of 1 << gm_member_problem */
} gm_member;

typedef struct gm_archive {
    gm_source *source;          /* borrowed */
    GM_LIST(gm_member) members; /* files only, in the order in which a directory is visited */
} gm_archive;

/* Reads the directory of the ZIP archive in `source`, which must be random and outlive the archive;
 * memory comes from `arena`. An archive without a readable directory is one without members, and
 * `damage` says so. At most limits.files_per_directory members are listed. Of two members with the
 * same name the one later in the directory counts, as it does for those who unpack the archive.
 *
 * Errors: those of the source, GM_MEMORY. */
gm_status gm_archive_read(const gm_context *context, gm_source *source, gm_arena *arena,
                          gm_archive *ret_archive, gm_damage_list *damage, gm_error *reterr);

/* Can the bytes of the member be had? */
bool gm_member_readable(const gm_member *member);

/* Notes what is wrong with the member. */
void gm_member_damage(const gm_member *member, gm_arena *arena, gm_damage_list *damage);

/* Orders names as a walk through directories does: by name in each directory, files and directories
 * mixed. */
int gm_archive_compare(const char *left, const char *right);

/* Reads members one after the other; one for each thread. NULL without memory. */
typedef struct gm_member_reader gm_member_reader;
gm_member_reader *gm_member_reader_new(const gm_archive *archive);
void gm_member_reader_free(gm_member_reader *reader);

/* The bytes of a readable member from its start. The source belongs to the reader and lasts until
 * the next call; closing it does nothing. A compressed member that is read to its end is checked:
 * its CRC-32 and its size. One that is left earlier, because its first bytes are no format that
 * holds GPU code, is not, and neither is a stored one, which is not read in order. A member ends at
 * its declared size, whatever its stream goes on to say. */
gm_source *gm_member_open(gm_member_reader *reader, const gm_member *member);

#endif
