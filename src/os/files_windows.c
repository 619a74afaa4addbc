/* SPDX-License-Identifier: MIT */
#include "os/files.h"

#include <stdlib.h>
#include <string.h>

#include "os/entries.h"
#include "os/windows.h"

struct file_source {
    gm_source source;
    HANDLE handle;
};

static gm_status system_error(gm_error *reterr, const char *otherwise, const char *path)
{
    DWORD number = GetLastError();
    const char *code = number == ERROR_FILE_NOT_FOUND || number == ERROR_PATH_NOT_FOUND ||
                               number == ERROR_INVALID_NAME
                           ? "not-found"
                       : number == ERROR_ACCESS_DENIED ? "no-permission"
                                                       : otherwise;
    gm_status status = gm_fail(reterr, GM_IO, code, path, GM_OFFSET_NONE);
    if (reterr)
        reterr->system = (int)number;
    return status;
}

/* ReadFile with an offset of its own, as pread: no file pointer is shared. */
static gm_status file_read(gm_source *source, uint64_t offset, void *buffer, size_t size,
                           size_t *got, gm_error *reterr)
{
    const struct file_source *file = (const struct file_source *)source;
    OVERLAPPED place = {.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
    DWORD count = 0, ask = size > 0x40000000 ? 0x40000000 : (DWORD)size;
    *got = 0;
    if (!ReadFile(file->handle, buffer, ask, &count, &place) &&
        GetLastError() != ERROR_HANDLE_EOF) {
        system_error(reterr, "cannot-read", NULL);
        if (reterr)
            reterr->offset = offset;
        return GM_IO;
    }
    *got = count;
    if (count == 0 && size > 0)
        gm_os_note_shrunk(source, offset);
    return GM_OK;
}

static void file_close(gm_source *source)
{
    CloseHandle(((struct file_source *)source)->handle);
    free(source);
}

static gm_os_kind kind_of(DWORD attributes)
{
    if (attributes & FILE_ATTRIBUTE_REPARSE_POINT)
        return GM_OS_LINK;
    return attributes & FILE_ATTRIBUTE_DIRECTORY ? GM_OS_DIRECTORY : GM_OS_FILE;
}

static DWORD attributes_of(const char *path)
{
    wchar_t *wide = gm_os_widen(path);
    DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
    free(wide);
    return attributes;
}

bool gm_os_is_link(const char *path)
{
    DWORD attributes = attributes_of(path);
    return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_REPARSE_POINT;
}

gm_os_kind gm_os_path_kind(const char *path)
{
    DWORD attributes = attributes_of(path);
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return GM_OS_NOTHING;
    return attributes & FILE_ATTRIBUTE_DIRECTORY ? GM_OS_DIRECTORY : GM_OS_FILE;
}

gm_status gm_os_open(const char *path, gm_source **ret_source, gm_error *reterr)
{
    if (gm_os_path_kind(path) == GM_OS_DIRECTORY)
        return gm_fail(reterr, GM_IO, "is-a-directory", path, GM_OFFSET_NONE);
    wchar_t *wide = gm_os_widen(path);
    if (!wide)
        return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    HANDLE handle =
        CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    free(wide);
    if (handle == INVALID_HANDLE_VALUE)
        return system_error(reterr, "cannot-open", path);
    LARGE_INTEGER size;
    struct file_source *file = NULL;
    if (!GetFileSizeEx(handle, &size))
        system_error(reterr, "cannot-open", path);
    else if (!(file = calloc(1, sizeof *file)))
        gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    if (!file) {
        CloseHandle(handle);
        return reterr ? reterr->status : GM_IO;
    }
    file->source.read = file_read;
    file->source.close = file_close;
    file->source.size_bytes = (uint64_t)size.QuadPart;
    file->handle = handle;
    *ret_source = &file->source;
    return GM_OK;
}

static gm_status add_found(gm_os_listing *listing, const WIN32_FIND_DATAW *found)
{
    char *name = gm_os_narrow(found->cFileName);
    if (!name)
        return gm_fail(listing->reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    gm_status status = gm_os_add_entry(listing, name, kind_of(found->dwFileAttributes));
    free(name);
    return status;
}

gm_status gm_os_list_wanted(const char *path, bool (*wanted)(const char *name), size_t limit,
                            gm_arena *arena, gm_os_entries *ret_entries, gm_error *reterr)
{
    gm_os_listing listing = {path, wanted, limit, arena, ret_entries, reterr};
    WIN32_FIND_DATAW found;
    gm_status status = GM_OK;
    const char *pattern = gm_os_join(arena, path, "*");
    wchar_t *wide = pattern ? gm_os_widen(pattern) : NULL;
    *ret_entries = (gm_os_entries){0};
    if (!wide)
        return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    HANDLE search = FindFirstFileW(wide, &found);
    free(wide);
    if (search == INVALID_HANDLE_VALUE)
        return GetLastError() == ERROR_FILE_NOT_FOUND ? GM_OK
                                                      : system_error(reterr, "cannot-open", path);
    do
        status = add_found(&listing, &found);
    while (status == GM_OK && FindNextFileW(search, &found));
    FindClose(search);
    gm_os_sort(ret_entries);
    return status;
}
