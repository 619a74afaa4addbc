/* SPDX-License-Identifier: MIT */
/* Linked into a copy of the program, with --wrap for each function below: the call that
 * GPUMATCH_FAIL names fails.
 *
 *   memory:N   the Nth allocation (a file that is opened and a thread that is started are one, too)
 *   read:N     the Nth reading of a file, a directory or a link, with EIO
 *   cut:N      the Nth reading of a file and all behind it find its end: it shrinks meanwhile
 *
 * Allocations of shared libraries (jansson, zlib) are not among them: jansson 2.14 frees twice
 * what it could not put into an object, which is for jansson to mend.
 *
 * GPUMATCH_CALLS names a file that gets the numbers of both, at the end. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
FILE *__real_fopen64(const char *path, const char *mode);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *user), void *user);
ssize_t __real_pread64(int file, void *buffer, size_t size, off_t offset);
size_t __real_fread(void *buffer, size_t size, size_t count, FILE *file);
ssize_t __real_getdents64(int directory, void *buffer, size_t size);
ssize_t __real_readlink(const char *path, char *buffer, size_t size);

enum kind { MEMORY, READ, CUT, NOTHING };

static enum kind failing = NOTHING;
static unsigned long fail_at;
static atomic_ulong allocations, readings;

static void write_calls(void)
{
    const char *path = getenv("GPUMATCH_CALLS");
    FILE *file = path ? __real_fopen64(path, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%lu %lu\n", atomic_load(&allocations), atomic_load(&readings));
    fclose(file);
}

__attribute__((constructor)) static void begin(void)
{
    static const char *const kinds[] = {"memory:", "read:", "cut:"};
    const char *text = getenv("GPUMATCH_FAIL");
    for (int i = 0; text && i < NOTHING; i++)
        if (!strncmp(text, kinds[i], strlen(kinds[i]))) {
            failing = (enum kind)i;
            fail_at = strtoul(text + strlen(kinds[i]), NULL, 10);
        }
    atexit(write_calls);
}

static bool allocation_fails(void)
{
    bool fails = atomic_fetch_add(&allocations, 1) + 1 == fail_at && failing == MEMORY;
    if (fails)
        errno = ENOMEM;
    return fails;
}

static bool reading_fails(void)
{
    bool fails = atomic_fetch_add(&readings, 1) + 1 == fail_at && failing == READ;
    if (fails)
        errno = EIO;
    return fails;
}

static bool is_cut(void)
{
    return failing == CUT && atomic_load(&readings) >= fail_at;
}

void *__wrap_malloc(size_t size)
{
    return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return allocation_fails() ? NULL : __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text)
{
    return allocation_fails() ? NULL : __real_strdup(text);
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
    return allocation_fails() ? NULL : __real_fopen64(path, mode);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*run)(void *user), void *user)
{
    return allocation_fails() ? EAGAIN : __real_pthread_create(thread, attributes, run, user);
}

ssize_t __wrap_pread64(int file, void *buffer, size_t size, off_t offset)
{
    if (reading_fails())
        return -1;
    return is_cut() ? 0 : __real_pread64(file, buffer, size, offset);
}

/* A failing stream must say so by ferror: reading from a descriptor that is closed does. */
size_t __wrap_fread(void *buffer, size_t size, size_t count, FILE *file)
{
    bool fails = reading_fails();
    if (is_cut())
        return 0;
    if (fails)
        close(fileno(file));
    return __real_fread(buffer, size, count, file);
}

ssize_t __wrap_getdents64(int directory, void *buffer, size_t size)
{
    return reading_fails() ? -1 : __real_getdents64(directory, buffer, size);
}

ssize_t __wrap_readlink(const char *path, char *buffer, size_t size)
{
    return reading_fails() ? -1 : __real_readlink(path, buffer, size);
}
