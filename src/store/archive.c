/* SPDX-License-Identifier: MIT */
/* The directory of a ZIP archive, as libzip reads it. */
#include "store/archive.h"

#include <stdlib.h>
#include <string.h>

#include <zip.h>

#include "base/reader.h"

/* Reading the directory may cost this many bytes: torch's takes 1.4 MB for 12,000 members. It also
 * bounds what a directory made up to be large costs in memory. */
#define DIRECTORY_BYTES ((uint64_t)8 << 20)

/* Members are small and lie next to each other: one read serves the headers of several. */
#define HEADER_WINDOW ((size_t)16 << 10)

/* PKWARE APPNOTE 4.3.7: signature, version, flags, method, time, date, CRC-32, compressed and
 * uncompressed size, lengths of name and extra field; then both. */
#define HEADER_BYTES     ((size_t)30)
#define HEADER_SIGNATURE 0x04034b50u
#define FLAG_ENCRYPTED   1u
#define FLAG_SIZES_LATER 8u
#define SIZE_IN_EXTRA    UINT32_MAX

/* The archive as libzip sees it. */
struct view {
    gm_reader *reader;
    uint64_t size_bytes;
    uint64_t place;
    uint64_t served;     /* bytes given so far */
    uint64_t first_seek; /* since it was last forgotten; GM_OFFSET_NONE none */
    uint64_t last_read;
    size_t window;
    bool over_limit;
    gm_status status; /* of the archive's source */
    gm_error error;
    zip_error_t zip_error;
};

static zip_int64_t view_read(struct view *view, void *data, zip_uint64_t size)
{
    gm_span bytes;
    uint64_t from = view->place;
    if (size > view->size_bytes - view->place)
        size = view->size_bytes - view->place;
    if (size > GM_READER_BYTES / 2)
        size = GM_READER_BYTES / 2;
    view->served += size;
    if (view->served > DIRECTORY_BYTES) {
        view->over_limit = true;
        zip_error_set(&view->zip_error, ZIP_ER_READ, 0);
        return -1;
    }
    /* From the header on, which is looked at again. */
    if (view->first_seek < from && from - view->first_seek < view->window / 2)
        from = view->first_seek;
    size_t skip = (size_t)(view->place - from);
    view->status =
        gm_reader_look(view->reader, from, skip + (size_t)size, view->window, &bytes, &view->error);
    if (view->status != GM_OK) {
        zip_error_set(&view->zip_error, ZIP_ER_READ, 0);
        return -1;
    }
    if (bytes.size < skip + size)
        size = bytes.size < skip ? 0 : bytes.size - skip;
    if (size)
        memcpy(data, bytes.data + skip, (size_t)size);
    view->last_read = view->place;
    view->place += size;
    return (zip_int64_t)size;
}

static zip_int64_t view_seek(struct view *view, void *data, zip_uint64_t size)
{
    zip_int64_t place =
        zip_source_seek_compute_offset(view->place, view->size_bytes, data, size, &view->zip_error);
    if (place < 0 || (uint64_t)place > view->size_bytes) {
        zip_error_set(&view->zip_error, ZIP_ER_SEEK, 0);
        return -1;
    }
    view->place = (uint64_t)place;
    if (view->first_seek == GM_OFFSET_NONE)
        view->first_seek = view->place;
    return 0;
}

static zip_int64_t view_stat(const struct view *view, void *data, zip_uint64_t size)
{
    zip_stat_t *stat = data;
    if (size < sizeof *stat)
        return -1;
    zip_stat_init(stat);
    stat->valid = ZIP_STAT_SIZE;
    stat->size = view->size_bytes;
    return (zip_int64_t)sizeof *stat;
}

static zip_int64_t view_answer(void *user, void *data, zip_uint64_t size, zip_source_cmd_t command)
{
    struct view *view = user;
    switch (command) {
    case ZIP_SOURCE_OPEN:
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
        return 0;
    case ZIP_SOURCE_READ:
        return view_read(view, data, size);
    case ZIP_SOURCE_SEEK:
        return view_seek(view, data, size);
    case ZIP_SOURCE_TELL:
        return (zip_int64_t)view->place;
    case ZIP_SOURCE_STAT:
        return view_stat(view, data, size);
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&view->zip_error, data, size);
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(
            ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
            ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS, -1);
    default:
        zip_error_set(&view->zip_error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

struct listing {
    const gm_context *context;
    gm_arena *arena;
    gm_archive *archive;
    gm_damage_list *damage;
    struct view view;
    zip_t *zip;
    uint64_t stored_total;
    gm_error *reterr;
};

static gm_status no_memory(struct listing *listing)
{
    return gm_fail(listing->reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

/* Names that would lead out of where the archive is unpacked to, or that mean different files on
 * different systems (APPNOTE 4.4.17.1 allows forward slashes only). */
static bool bad_name(const char *name)
{
    if (!*name || *name == '/' || strchr(name, '\\') || name[1] == ':')
        return true;
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (part[0] == '.' && part[1] == '.' && (part[2] == '/' || !part[2]))
            return true;
    }
    return false;
}

/* Does the header that stands before the member's bytes say what the directory says? */
static bool header_agrees(gm_span header, const gm_member *member, uint64_t offset, unsigned method)
{
    bool ok = true;
    if (header.size < HEADER_BYTES || gm_u32le(header, 0, &ok) != HEADER_SIGNATURE)
        return false;
    unsigned flags = gm_u16le(header, 6, &ok);
    uint32_t crc = gm_u32le(header, 14, &ok), stored = gm_u32le(header, 18, &ok),
             size = gm_u32le(header, 22, &ok);
    size_t name = gm_u16le(header, 26, &ok), extra = gm_u16le(header, 28, &ok);
    if (gm_u16le(header, 8, &ok) != method || strlen(member->name) != name ||
        header.size - HEADER_BYTES < name ||
        memcmp(header.data + HEADER_BYTES, member->name, name) != 0)
        return false;
    if (member->stored_bytes && member->data_offset != offset + HEADER_BYTES + name + extra)
        return false;
    if (flags & FLAG_SIZES_LATER)
        return true;
    return crc == member->crc32 && (stored == SIZE_IN_EXTRA || stored == member->stored_bytes) &&
           (size == SIZE_IN_EXTRA || size == member->size_bytes);
}

/* Finds the member's bytes. libzip does not tell where they lie, but asks for them. */
static gm_status locate(struct listing *listing, uint64_t index, gm_member *member, unsigned method)
{
    struct view *view = &listing->view;
    char first;
    gm_span header;
    view->served = 0;
    view->first_seek = GM_OFFSET_NONE;
    zip_file_t *file = zip_fopen_index(listing->zip, index, ZIP_FL_COMPRESSED | ZIP_FL_UNCHANGED);
    bool found = file && (!member->stored_bytes || zip_fread(file, &first, 1) == 1);
    bool starved = !found && zip_error_code_zip(zip_get_error(listing->zip)) == ZIP_ER_MEMORY;
    if (file)
        zip_fclose(file);
    if (starved)
        return no_memory(listing);
    if (view->status != GM_OK) {
        if (listing->reterr)
            *listing->reterr = view->error;
        return view->status;
    }
    if (!found) {
        member->problems |= 1u << GM_MEMBER_LOST;
        return GM_OK;
    }
    member->data_offset = view->last_read;
    if (!member->stored_bytes) /* libzip does not look for what is not there */
        return GM_OK;
    size_t need = HEADER_BYTES + strlen(member->name);
    gm_status status = gm_reader_look(view->reader, view->first_seek,
                                      need < GM_READER_BYTES ? need : GM_READER_BYTES,
                                      HEADER_WINDOW, &header, listing->reterr);
    if (status == GM_OK && !header_agrees(header, member, view->first_seek, method))
        member->problems |= 1u << GM_MEMBER_HEADER;
    return status;
}

/* What the directory alone says. */
static void judge(struct listing *listing, const zip_stat_t *stat, gm_member *member)
{
    bool known = stat->comp_method == ZIP_CM_STORE || stat->comp_method == ZIP_CM_DEFLATE;
    uint64_t archive_bytes = listing->view.size_bytes;
    if (bad_name(member->name))
        member->problems |= 1u << GM_MEMBER_NAME;
    if (stat->encryption_method != ZIP_EM_NONE)
        member->problems |= 1u << GM_MEMBER_ENCRYPTED;
    else if (!known)
        member->problems |= 1u << GM_MEMBER_METHOD;
    else if (!member->deflated && member->size_bytes != member->stored_bytes)
        member->problems |= 1u << GM_MEMBER_SIZE;
    /* Each byte of an archive belongs to one member at most: where they share bytes, little can
     * stand for very much. */
    if (member->stored_bytes > archive_bytes - listing->stored_total)
        member->problems |= 1u << GM_MEMBER_OVERLAP;
    else
        listing->stored_total += member->stored_bytes;
}

static gm_status add_member(struct listing *listing, uint64_t index)
{
    zip_stat_t stat;
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC |
                                ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    const char *name = zip_get_name(listing->zip, index, ZIP_FL_ENC_RAW | ZIP_FL_UNCHANGED);
    if (!name || zip_stat_index(listing->zip, index, ZIP_FL_UNCHANGED, &stat) != 0 ||
        (stat.valid & needed) != needed)
        return GM_OK;
    size_t length = strlen(name);
    /* Directories have entries too. */
    if (length && name[length - 1] == '/')
        return GM_OK;
    gm_member *member = GM_PUSH(listing->arena, &listing->archive->members);
    if (!member)
        return no_memory(listing);
    *member = (gm_member){.name = gm_arena_text(listing->arena, name),
                          .size_bytes = stat.size,
                          .stored_bytes = stat.comp_size,
                          .crc32 = stat.crc,
                          .place = index,
                          .deflated = stat.comp_method == ZIP_CM_DEFLATE};
    if (!member->name)
        return no_memory(listing);
    judge(listing, &stat, member);
    gm_status status =
        gm_member_readable(member) ? locate(listing, index, member, stat.comp_method) : GM_OK;
    if (!member->deflated && member->size_bytes > member->stored_bytes)
        member->size_bytes = member->stored_bytes;
    return status;
}

static gm_status add_members(struct listing *listing)
{
    zip_int64_t count = zip_get_num_entries(listing->zip, ZIP_FL_UNCHANGED);
    size_t limit = listing->context->limits.files_per_directory;
    gm_status status = GM_OK;
    if (count > 0 && (uint64_t)count > limit) {
        gm_damage_note(listing->arena, listing->damage, "archive-members", 0);
        count = (zip_int64_t)limit;
    }
    for (zip_int64_t i = 0; status == GM_OK && i < count; i++)
        status = add_member(listing, (uint64_t)i);
    return status;
}

static gm_status read_directory(struct listing *listing)
{
    zip_error_t error;
    struct view *view = &listing->view;
    zip_error_init(&error);
    zip_error_init(&view->zip_error);
    zip_source_t *source = zip_source_function_create(view_answer, view, &error);
    listing->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    gm_status status = GM_OK;
    if (listing->zip) {
        view->window = HEADER_WINDOW;
        status = add_members(listing);
        zip_discard(listing->zip);
    } else {
        if (view->status != GM_OK) {
            status = view->status;
            if (listing->reterr)
                *listing->reterr = view->error;
        } else if (zip_error_code_zip(&error) == ZIP_ER_MEMORY) {
            status = no_memory(listing);
        } else {
            gm_damage_note(listing->arena, listing->damage,
                           view->over_limit ? "archive-members" : "archive-directory",
                           view->over_limit ? 0 : view->size_bytes);
        }
        zip_source_free(source);
    }
    zip_error_fini(&view->zip_error);
    zip_error_fini(&error);
    return status;
}

int gm_archive_compare(const char *left, const char *right)
{
    while (*left && *left == *right) {
        left++;
        right++;
    }
    /* The end of a name comes first, then a slash: "a/b" < "a-b". */
    int a = *left == '/' ? 1 : *left ? 1 + (unsigned char)*left : 0;
    int b = *right == '/' ? 1 : *right ? 1 + (unsigned char)*right : 0;
    return a < b ? -1 : a > b;
}

static int by_name(const void *a, const void *b)
{
    const gm_member *left = a, *right = b;
    int order = gm_archive_compare(left->name, right->name);
    return order ? order : left->place < right->place ? -1 : left->place > right->place;
}

static void sort_members(gm_archive *archive)
{
    gm_member *members = archive->members.items;
    size_t count = archive->members.count;
    if (count)
        qsort(members, count, sizeof *members, by_name);
    for (size_t i = 1; i < count; i++)
        if (!strcmp(members[i - 1].name, members[i].name))
            members[i - 1].problems |= 1u << GM_MEMBER_DUPLICATE;
}

gm_status gm_archive_read(const gm_context *context, gm_source *source, gm_arena *arena,
                          gm_archive *ret_archive, gm_damage_list *damage, gm_error *reterr)
{
    struct listing listing = {.context = context,
                              .arena = arena,
                              .archive = ret_archive,
                              .damage = damage,
                              .view = {.reader = gm_reader_new(source),
                                       .size_bytes = source->size_bytes,
                                       .first_seek = GM_OFFSET_NONE,
                                       .window = GM_READER_BYTES},
                              .reterr = reterr};
    *ret_archive = (gm_archive){.source = source};
    gm_status status = listing.view.reader ? read_directory(&listing) : no_memory(&listing);
    gm_reader_free(listing.view.reader);
    if (status == GM_OK) /* else the last one may lack its name */
        sort_members(ret_archive);
    return status;
}

bool gm_member_readable(const gm_member *member)
{
    static const bool readable[] = {
#define GM_READABLE(name, id, readable) readable,
        GM_MEMBER_PROBLEMS(GM_READABLE)
#undef GM_READABLE
    };
    for (size_t i = 0; i < GM_MEMBER_PROBLEM_COUNT; i++)
        if (member->problems >> i & 1 && !readable[i])
            return false;
    return true;
}

void gm_member_damage(const gm_member *member, gm_arena *arena, gm_damage_list *damage)
{
    static const char *const ids[] = {
#define GM_ID(name, id, readable) id,
        GM_MEMBER_PROBLEMS(GM_ID)
#undef GM_ID
    };
    for (size_t i = 0; i < GM_MEMBER_PROBLEM_COUNT; i++)
        if (member->problems >> i & 1)
            gm_damage_note(arena, damage, ids[i], 0);
}
