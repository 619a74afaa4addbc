/* SPDX-License-Identifier: MIT */
#include "os/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/entries.h"

struct file_source {
    gm_source source;
    int descriptor;
};

static gm_status system_error(gm_error *reterr, const char *otherwise, const char *path)
{
    int number = errno;
    if (number == ENOMEM)
        return gm_fail(reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    const char *code = number == ENOENT || number == ENOTDIR ? "not-found"
                       : number == EACCES || number == EPERM ? "no-permission"
                                                             : otherwise;
    gm_status status = gm_fail(reterr, GM_IO, code, path, GM_OFFSET_NONE);
    if (reterr)
        reterr->system = number;
    return status;
}

static gm_status file_read(gm_source *source, uint64_t offset, void *buffer, size_t size,
                           size_t *got, gm_error *reterr)
{
    const struct file_source *file = (const struct file_source *)source;
    ssize_t count;
    *got = 0;
    if (offset > INT64_MAX)
        return GM_OK;
    do
        count = pread(file->descriptor, buffer, size, (off_t)offset);
    while (count < 0 && errno == EINTR);
    if (count < 0) {
        gm_status status = system_error(reterr, "cannot-read", NULL);
        if (reterr)
            reterr->offset = offset;
        return status;
    }
    *got = (size_t)count;
    if (count == 0 && size > 0)
        gm_os_note_shrunk(source, offset);
    return GM_OK;
}

static void file_close(gm_source *source)
{
    close(((struct file_source *)source)->descriptor);
    free(source);
}

static gm_os_kind kind_of(mode_t mode)
{
    return S_ISREG(mode)   ? GM_OS_FILE
           : S_ISDIR(mode) ? GM_OS_DIRECTORY
           : S_ISLNK(mode) ? GM_OS_LINK
                           : GM_OS_OTHER;
}

gm_os_kind gm_os_path_kind(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 ? kind_of(facts.st_mode) : GM_OS_NOTHING;
}

bool gm_os_is_link(const char *path)
{
    struct stat facts;
    return lstat(path, &facts) == 0 && S_ISLNK(facts.st_mode);
}

gm_status gm_os_open(const char *path, gm_source **ret_source, gm_error *reterr)
{
    struct stat facts;
    /* O_NONBLOCK: a pipe without a writer must not hold the program up; files do not care. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return system_error(reterr, "cannot-open", path);
    struct file_source *file = NULL;
    if (fstat(descriptor, &facts) != 0)
        system_error(reterr, "cannot-open", path);
    else if (S_ISDIR(facts.st_mode))
        gm_fail(reterr, GM_IO, "is-a-directory", path, GM_OFFSET_NONE);
    else if (!S_ISREG(facts.st_mode))
        gm_fail(reterr, GM_IO, "not-a-file", path, GM_OFFSET_NONE);
    else if (!(file = calloc(1, sizeof *file)))
        gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    if (!file) {
        close(descriptor);
        return reterr ? reterr->status : GM_IO;
    }
    /* Leaves no trace of the reading, which is faster as well; only a file's owner may. */
    fcntl(descriptor, F_SETFL, O_NONBLOCK | O_NOATIME);
    file->source.read = file_read;
    file->source.close = file_close;
    file->source.size_bytes = (uint64_t)facts.st_size;
    file->descriptor = descriptor;
    *ret_source = &file->source;
    return GM_OK;
}

static gm_os_kind entry_kind(int directory, const struct dirent64 *entry)
{
    struct stat facts;
    switch (entry->d_type) {
    case DT_REG:
        return GM_OS_FILE;
    case DT_DIR:
        return GM_OS_DIRECTORY;
    case DT_LNK:
        return GM_OS_LINK;
    case DT_UNKNOWN:
        return fstatat(directory, entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0
                   ? kind_of(facts.st_mode)
                   : GM_OS_OTHER;
    default:
        return GM_OS_OTHER;
    }
}

static gm_status add_entries(gm_os_listing *listing, int directory, const char *bytes, size_t size)
{
    gm_status status = GM_OK;
    for (size_t at = 0; status == GM_OK && at < size;) {
        const struct dirent64 *entry = (const struct dirent64 *)(bytes + at);
        status = gm_os_add_entry(listing, entry->d_name, entry_kind(directory, entry));
        at += entry->d_reclen;
    }
    return status;
}

/* Not readdir: its buffer on the heap and its fstat cost a fifth of listing a tree. */
gm_status gm_os_list_wanted(const char *path, bool (*wanted)(const char *name), size_t limit,
                            gm_arena *arena, gm_os_entries *ret_entries, gm_error *reterr)
{
    char bytes[32768] __attribute__((aligned(_Alignof(struct dirent64))));
    gm_os_listing listing = {path, wanted, limit, arena, ret_entries, reterr};
    gm_status status = GM_OK;
    ssize_t size = 1;
    *ret_entries = (gm_os_entries){0};
    int directory = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NONBLOCK);
    if (directory < 0) {
        if (errno == ENOMEM)
            gm_arena_fail(arena);
        return system_error(reterr, "cannot-open", path);
    }
    while (status == GM_OK && size > 0) {
        size = getdents64(directory, bytes, sizeof bytes);
        status = size < 0 ? system_error(reterr, "cannot-read", path)
                          : add_entries(&listing, directory, bytes, (size_t)size);
    }
    close(directory);
    gm_os_sort(ret_entries);
    return status;
}
