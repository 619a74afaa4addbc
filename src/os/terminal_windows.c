/* SPDX-License-Identifier: MIT */
#include "os/terminal.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "os/windows.h"

static volatile LONG interrupted;

static BOOL WINAPI on_interrupt(DWORD event)
{
    return event == CTRL_C_EVENT && InterlockedExchange(&interrupted, 1) == 0;
}

/* The command line as UTF-8: argv of main has lost what the ANSI code page cannot hold. */
static char **utf8_arguments(int *count)
{
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), count);
    char **arguments = wide ? calloc((size_t)*count + 1, sizeof *arguments) : NULL;
    for (int i = 0; arguments && i < *count; i++) {
        arguments[i] = gm_os_narrow(wide[i]);
        if (!arguments[i])
            arguments = NULL;
    }
    LocalFree(wide);
    return arguments;
}

int gm_os_main(int argc, char **argv, int (*run)(int argc, char **argv))
{
    char **arguments = utf8_arguments(&argc);
    UINT before = GetConsoleOutputCP();
    DWORD mode;
    HANDLE console = GetStdHandle(STD_OUTPUT_HANDLE);
    (void)argv;
    if (!arguments)
        return gm_status_exit(GM_MEMORY);
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    _setmode(_fileno(stderr), _O_BINARY);
    SetConsoleOutputCP(CP_UTF8);
    if (GetConsoleMode(console, &mode))
        SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    SetConsoleCtrlHandler(on_interrupt, TRUE);
    int exit_status = run(argc, arguments);
    bool flushed = fflush(stdout) == 0 && !ferror(stdout);
    if (before)
        SetConsoleOutputCP(before);
    for (int i = 0; i < argc; i++)
        free(arguments[i]);
    free(arguments);
    return flushed ? exit_status : gm_status_exit(GM_IO);
}

static bool add_wide(gm_text *text, const wchar_t *wide)
{
    char *narrow = gm_os_narrow(wide);
    if (!narrow)
        return false;
    gm_text_add(text, narrow);
    free(narrow);
    return true;
}

bool gm_os_getenv(const char *name, gm_text *value)
{
    wchar_t *wide_name = gm_os_widen(name);
    const wchar_t *wide = wide_name ? _wgetenv(wide_name) : NULL;
    bool found = wide && *wide && add_wide(value, wide);
    free(wide_name);
    return found;
}

bool gm_os_config_directory(gm_text *path)
{
    if (gm_os_getenv("APPDATA", path))
        gm_text_add(path, "\\gpumatch");
    return path->size > 0 && !path->failed;
}

/* The languages of Windows's own windows and menus; it ends its list with an empty name. */
bool gm_os_languages(gm_text *tags)
{
    wchar_t names[8 * LOCALE_NAME_MAX_LENGTH];
    ULONG count = 0, size = sizeof names / sizeof *names;
    if (!GetUserPreferredUILanguages(MUI_LANGUAGE_NAME, &count, names, &size) || count == 0)
        return GetUserDefaultLocaleName(names, LOCALE_NAME_MAX_LENGTH) && add_wide(tags, names);
    for (const wchar_t *name = names; *name; name += wcslen(name) + 1) {
        gm_text_add(tags, name == names ? "" : ":");
        add_wide(tags, name);
    }
    return tags->size > 0;
}

#define PIECE_BYTES ((size_t)4096)

/* A console gets UTF-16: the C library would hand it UTF-8 byte by byte, and no console puts
 * characters together out of that. */
static bool write_console(HANDLE console, const char *data, size_t size)
{
    wchar_t wide[PIECE_BYTES];
    while (size > 0) {
        size_t piece = size <= PIECE_BYTES ? size : gm_utf8_floor(data, PIECE_BYTES);
        DWORD count = (DWORD)MultiByteToWideChar(CP_UTF8, 0, data, (int)piece, wide, PIECE_BYTES);
        for (DWORD at = 0, written = 0; at < count; at += written)
            if (!WriteConsoleW(console, wide + at, count - at, &written, NULL) || written == 0)
                return false;
        data += piece;
        size -= piece;
    }
    return true;
}

static bool write_to(DWORD stream, FILE *file, const char *data, size_t size)
{
    DWORD mode;
    HANDLE handle = GetStdHandle(stream);
    return GetConsoleMode(handle, &mode) ? write_console(handle, data, size)
                                         : fwrite(data, 1, size, file) == size;
}

bool gm_os_write_stdout(const char *data, size_t size)
{
    return write_to(STD_OUTPUT_HANDLE, stdout, data, size);
}

bool gm_os_write_stderr(const char *data, size_t size)
{
    return write_to(STD_ERROR_HANDLE, stderr, data, size);
}

/* A console without virtual terminal sequences goes to the next line after a full one by itself. */
unsigned gm_os_terminal_columns(void)
{
    DWORD mode = 0;
    CONSOLE_SCREEN_BUFFER_INFO info;
    HANDLE console = GetStdHandle(STD_OUTPUT_HANDLE);
    if (!GetConsoleMode(console, &mode) || !GetConsoleScreenBufferInfo(console, &info))
        return 0;
    return (unsigned)(info.srWindow.Right - info.srWindow.Left) +
           (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING ? 1 : 0);
}

bool gm_os_stdout_has_color(void)
{
    DWORD mode;
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return GetConsoleMode(GetStdHandle(STD_OUTPUT_HANDLE), &mode) &&
           mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING && (!no || !*no) &&
           !(term && !strcmp(term, "dumb"));
}

bool gm_os_stdin_is_terminal(void)
{
    DWORD mode;
    return GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode) != 0;
}

bool gm_os_stderr_rewrites(void)
{
    DWORD mode;
    const char *term = getenv("TERM");
    return GetConsoleMode(GetStdHandle(STD_ERROR_HANDLE), &mode) &&
           !(term && !strcmp(term, "dumb"));
}

void gm_os_flush_stderr(void)
{
    fflush(stderr);
}

double gm_os_seconds(void)
{
    return (double)GetTickCount64() / 1e3;
}

static bool is_interrupted(void *user)
{
    (void)user;
    return interrupted != 0;
}

gm_os_cancelled_fn gm_os_cancelled(void)
{
    return is_interrupted;
}
