/* SPDX-License-Identifier: MIT */
#include "os/stdio.h"

#include <stdlib.h>

#include "os/terminal.h"
#include "os/windows.h"

FILE *gm_os_fopen(const char *path, const char *mode)
{
    wchar_t *wide_path = gm_os_widen(path), *wide_mode = gm_os_widen(mode);
    FILE *file = wide_path && wide_mode ? _wfopen(wide_path, wide_mode) : NULL;
    free(wide_path);
    free(wide_mode);
    return file;
}

bool gm_os_rename(const char *from, const char *to)
{
    wchar_t *wide_from = gm_os_widen(from), *wide_to = gm_os_widen(to);
    bool ok = wide_from && wide_to && MoveFileExW(wide_from, wide_to, MOVEFILE_REPLACE_EXISTING);
    free(wide_from);
    free(wide_to);
    return ok;
}

void gm_os_remove(const char *path)
{
    wchar_t *wide = gm_os_widen(path);
    if (wide)
        _wremove(wide);
    free(wide);
}

bool gm_os_is_replaceable(const char *path)
{
    const DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    BY_HANDLE_FILE_INFORMATION facts;
    wchar_t *wide = gm_os_widen(path);
    HANDLE handle =
        wide ? CreateFileW(wide, 0, share, NULL, OPEN_EXISTING,
                           FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, NULL)
             : INVALID_HANDLE_VALUE;
    free(wide);
    if (handle == INVALID_HANDLE_VALUE)
        return true;
    bool plain = GetFileType(handle) == FILE_TYPE_DISK &&
                 GetFileInformationByHandle(handle, &facts) &&
                 !(facts.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT);
    CloseHandle(handle);
    return plain;
}

bool gm_os_is_file(const char *path)
{
    wchar_t *wide = gm_os_widen(path);
    DWORD facts = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
    free(wide);
    return facts != INVALID_FILE_ATTRIBUTES && !(facts & FILE_ATTRIBUTE_DIRECTORY);
}
